"""A cluster to measure on: websites from the blueprints by the real actions, items by the thousand in bulk.

Bulk items have everything the public pages read (release, placement, receipt, page in the tree), but no revisions."""

import os
import random
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo


START = datetime(2025, 1, 6, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
NOW = datetime(2026, 11, 20, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
WORDS = (
    "为深入贯彻落实 进一步优化营商环境 全市各级各部门 坚持以人民为中心 统筹推进 重点项目建设 政务服务 一网通办 高质量发展 "
    "加强组织领导 压实工作责任 现将有关事项通知如下 各县区人民政府 市政府各部门 结合实际 认真组织实施 公开征求意见 安全生产 "
    "生态环境保护 乡村振兴 基本公共服务 社会保障 城市更新 防汛抗旱 便民利企 专项行动 监督检查 取得阶段性成效"
).split()
BULK = 500


def open_home(home: Path) -> None:
    """Sets Django up on an empty installation in ``home``, its tables made from the models in one go."""
    os.environ["JIYUE_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "jiyue.settings"
    sys.path.insert(0, str(Path(__file__).parent.parent))
    import django
    from django.conf import settings

    home.mkdir(parents=True, exist_ok=True)
    settings.MIGRATION_MODULES = {app.rpartition(".")[2]: None for app in _labels()}
    django.setup()
    if not (home / "db.sqlite3").exists() or settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        from django.core.management import call_command

        call_command("migrate", run_syncdb=True, verbosity=0)


def _labels() -> list[str]:
    from django.conf import settings

    special = ["wagtailcore", "wagtailadmin", "wagtailimages", "wagtaildocs", "wagtailsearch", "wagtailusers"]
    return [*settings.INSTALLED_APPS, *special, "wagtailsnippets", "django_tasks_database"]


def build(*, websites: int, items: int):
    """A portal and ``websites - 1`` departments with ``items`` items each; answers the websites."""
    from jiyue.common.models import DirtyKey
    from jiyue.organisations.actions import establish
    from tests import factories

    factories.foundation()
    city = establish(name="云州市人民政府", code="yunzhou", level="city", kind="government")
    made = [factories.a_website(city, "portal", at=START, host="localhost")]
    for number in range(1, websites):
        unit = establish(name=f"云州市第{number}局", code=f"ju{number}", level="city", kind="department", parent=city)
        made.append(factories.a_website(unit, "department", at=START, host=f"ju{number}.localhost"))
    for website in made:
        fill(website, items)
    DirtyKey.objects.all().delete()
    return made


def fill(website, items: int) -> None:
    """Spreads items over the news and notice columns of a website."""
    from jiyue.content.columns import ColumnKind
    from jiyue.content.models import ColumnPage

    columns = list(ColumnPage.objects.filter(website=website, column_kind__in=[ColumnKind.NEWS, ColumnKind.NOTICE]))
    step = (NOW - START) / max(items, 1)
    for start in range(0, items, BULK):
        _add(website, columns, [START + step * n for n in range(start, min(start + BULK, items))], start)


def _add(website, columns, moments, first) -> None:
    import uuid

    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Locale

    from jiyue.content.models import Article
    from jiyue.library.addresses import address_of
    from jiyue.library.models import BasePage, Placement, Receipt, Release

    rng = random.Random(f"{website.pk} {first}")
    kind = ContentType.objects.get_for_model(Article)
    locale = Locale.objects.get()
    pages, homes = [], []
    for number in range(len(moments)):
        column = columns[(first + number) % len(columns)]
        title = "关于" + "".join(rng.sample(WORDS, 3)) + f"的通知（{first + number}）"
        column.numchild += 1
        pages.append(
            BasePage(
                path=BasePage._get_path(column.path, column.depth + 1, column.numchild),
                depth=column.depth + 1,
                title=title,
                draft_title=title,
                slug=f"i{first + number}",
                url_path=f"{column.url_path}i{first + number}/",
                content_type=kind,
                locale=locale,
                translation_key=uuid.uuid4(),
                live=True,
                website_id=website.pk,
                unit_id=website.unit_id,
            )
        )
        homes.append(column)
    BasePage.objects.bulk_create(pages, batch_size=50)
    BasePage.objects.bulk_update(columns, ["numchild"])
    receipts = Receipt.objects.bulk_create(
        [
            Receipt(item=page, digest=f"bench:{page.pk}", basis="demo", at=at)
            for page, at in zip(pages, moments, strict=True)
        ]
    )
    releases = Release.objects.bulk_create(
        [
            Release(
                item=page,
                website_id=website.pk,
                unit_id=website.unit_id,
                column=column,
                kind="news",
                address=address_of(page, column, at),
                title=page.title,
                summary="".join(rng.sample(WORDS, 6)),
                source="云州市人民政府办公室",
                body_html=body(rng),
                body_text="",
                released_at=at,
                revised_at=at,
                digest=receipt.digest,
                receipt=receipt,
            )
            for page, column, at, receipt in zip(pages, homes, moments, receipts, strict=True)
        ]
    )
    Placement.objects.bulk_create(
        [
            Placement(release=r, column=c, released_at=r.released_at, home=True, at=r.released_at)
            for r, c in zip(releases, homes, strict=True)
        ]
    )


def body(rng: random.Random) -> str:
    """About 3 KB of Chinese in paragraphs, as a usual notice has."""
    return "".join(f"<p>{'，'.join(rng.choices(WORDS, k=12))}。</p>" for _ in range(8))
