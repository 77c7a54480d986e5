"""A small city and the acts during which it is struck. Everything is built by calling the actions."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile

from jiyue.accounts import actions as accounts
from jiyue.accounts.anchors import anchor_head
from jiyue.common.models import DirtyKey
from jiyue.content import actions as content
from jiyue.content.actions import CHECKLIST
from jiyue.content.models import Submission
from jiyue.library.models import Attachment, BasePage, Release
from jiyue.onboarding import actions as onboarding
from jiyue.onboarding.models import Origin
from jiyue.onboarding.reading import entries_in, read
from jiyue.operations import actions as operations
from jiyue.operations.backup import secret
from jiyue.operations.databases import SQLITE_FILE
from jiyue.operations.restore import restore
from jiyue.operations.vault import snapshots
from jiyue.publishing.actions import publish_all
from jiyue.publishing.guard import Guard
from jiyue.publishing.verify import verify
from jiyue.search.actions import reindex
from jiyue.websites import actions as websites
from tests import factories
from tests.factories import Cluster
from tests.onboarding.samples import PARAGRAPHS, page, png


CANARY = "金丝雀甲乙丙"  # stands in drafts and in what was withdrawn; nothing public may contain it
LATER = timedelta(hours=1)
UNPACKED = "unpacked"  # where a backup is put back


@dataclass(frozen=True, slots=True)
class Scenario:
    """``change`` is what a person or the clock does; ``twice`` whether doing it again is harmless and is done after a
    restart (a rebuild, a backup); an act is tried again only where it has left no trace."""

    prepare: Callable[[Cluster], object]
    change: Callable[[Cluster], object]
    twice: bool = False
    counted: bool = True  # whether a second try leaves the same number of rows as a first


def found(cluster: Cluster) -> None:
    """Two items online, one withdrawn, one draft nobody has reviewed; the portal is being overhauled."""
    accounts.grant(cluster.supervisor, "supervisor", cluster.city, by=None, at=cluster.at)
    websites.take_offline(cluster.portal, by=cluster.supervisor, at=cluster.at, reason="改版")
    cluster.published("已经在网上的信息", body=[("text", "<p>秋季学期开学。</p>")])
    cluster.published("又一条已经在网上的信息", body=[("text", "<p>学校食堂检查。</p>")])
    gone = cluster.published("撤下的信息", body=[("text", f"<p>{CANARY}：撤下的正文。</p>")])
    content.withdraw(gone.item, by=cluster.reviewer, at=cluster.at, reason="内容有误")
    cluster.draft(f"{CANARY}标题", body=[("text", f"<p>{CANARY}：没有人审过。</p>")])


def _with_files(cluster: Cluster) -> list[tuple[str, object]]:
    picture = factories.a_picture(cluster.bureau)
    attachment = Attachment(title="通知附件", unit=cluster.bureau)
    attachment.file.save("fujian.pdf", ContentFile(b"%PDF-1.4 " + b"x" * 3000))
    return [
        ("text", "<p>全市中小学校九月一日开学。</p>"),
        ("image", {"picture": picture, "alt": "校园", "caption": ""}),
        ("file", {"file": attachment, "title": "附件"}),
    ]


def _submit(cluster: Cluster, **values: object) -> None:
    cluster.submitted("新发布的信息", body=_with_files(cluster), **values)


def _submit_reviewed(cluster: Cluster, **values: object) -> None:
    _submit(cluster, **values)
    content.review(_waiting(), by=cluster.reviewer, at=cluster.at)


def _waiting() -> Submission:
    return Submission.objects.order_by("-pk")[0]


def _clear(cluster: Cluster) -> None:
    content.clear(_waiting(), by=cluster.secrecy_reviewer, at=cluster.at, checklist=list(CHECKLIST))


def _sign(cluster: Cluster) -> None:
    content.sign(_waiting(), by=cluster.signing_leader, at=cluster.at)


def _submit_cleared(cluster: Cluster) -> None:
    _submit_reviewed(cluster, important=True)
    _clear(cluster)


def _review(cluster: Cluster) -> None:
    content.review(_waiting(), by=cluster.reviewer, at=cluster.at, opinion="同意")


def _online() -> BasePage:
    return Release.objects.live().get(title="已经在网上的信息").item


def _withdraw(cluster: Cluster) -> None:
    content.withdraw(_online(), by=cluster.reviewer, at=cluster.at, reason="内容有误")


def _schedule(cluster: Cluster) -> None:
    _submit_reviewed(cluster, go_live_at=cluster.at + LATER)
    _clear(cluster)


def _clock_strikes(cluster: Cluster) -> None:
    content.publish_due(at=cluster.at + LATER)


def _import(cluster: Cluster) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "a.png").write_bytes(png(40, 30))
        (root / "b.pdf").write_bytes(b"%PDF-1.4 " + b"y" * 5000)
        body = f"<p><img src='a.png' alt='现场'></p>{PARAGRAPHS}<p><a href='b.pdf'>附件：管网图</a></p><p>{CANARY}</p>"
        (root / "1.html").write_text(page(body=body))
        document = read(next(entry for entry in entries_in(root) if entry.name == "1.html"))
        if not Origin.objects.exists():
            onboarding.bring_in(document, cluster.column("tzgg"), source="1.html", by=cluster.editor, at=cluster.at)


def _revise(cluster: Cluster) -> None:
    draft = BasePage.objects.get(draft_title=f"{CANARY}标题")
    content.revise(draft, by=cluster.editor, at=cluster.at, body=[("text", f"<p>{CANARY}：改过的草稿。</p>" * 200)])


def _submit_and_publish(cluster: Cluster) -> None:
    _submit_reviewed(cluster)
    _clear(cluster)


def _call(cluster: Cluster) -> None:
    """Another website shows the item: its pictures and files have to stand there, too."""
    release = Release.objects.get(title="新发布的信息")
    column = cluster.column("gzdt", cluster.other_site)
    content.call(release, column, by=cluster.outsider, at=cluster.at)


def _publish_everything(cluster: Cluster) -> None:
    publish_all(at=cluster.at, workers=1)


def _change_unseen(cluster: Cluster) -> None:
    """What a rebuild has to find by itself: a new release whose keys were lost, a file changed, one gone."""
    _submit_and_publish(cluster)
    DirtyKey.objects.filter(consumer="publishing").delete()
    _tamper(cluster)
    (settings.PUBLIC_ROOT / "jyj" / "stranger.html").unlink()  # only ``verify`` looks for those


def _tamper(cluster: Cluster) -> None:
    root = Path(settings.PUBLIC_ROOT) / "jyj"
    pages = sorted(path for path in root.rglob("*.html") if ".gone" not in path.parts)
    for path, body in ((pages[0], b"hacked"), (pages[1], None), (root / "stranger.html", b"hacked")):
        path.unlink(missing_ok=True)
        if body:
            path.write_bytes(body)


def _verify(cluster: Cluster) -> None:
    verify(at=cluster.at)


def _reindex(cluster: Cluster) -> None:
    reindex(at=cluster.at)


def _take_offline(cluster: Cluster) -> None:
    websites.take_offline(cluster.site, by=cluster.supervisor, at=cluster.at, reason="整改")


def _put_online(cluster: Cluster) -> None:
    websites.put_online(cluster.site, by=None, at=cluster.at)


def _review_and_anchor(cluster: Cluster) -> None:
    if _waiting().state == Submission.State.REVIEW:
        _review(cluster)
    anchor_head(cluster.at)


def _back_up(cluster: Cluster) -> None:
    operations.back_up(at=cluster.at)


def _change_and_back_up(cluster: Cluster) -> None:
    _submit_and_publish(cluster)
    _back_up(cluster)
    _withdraw(cluster)


def _unpack(cluster: Cluster) -> None:
    into = settings.HOME / UNPACKED
    if not (into / SQLITE_FILE).exists():
        restore(snapshots(settings.BACKUP_TO)[0], into=into, secret=secret())


def _guard(cluster: Cluster) -> None:
    guard = Guard(events=False)
    guard.start(at=cluster.at)
    guard.close()


def _nothing(cluster: Cluster) -> None:
    """The city as it was founded."""


SCENARIOS = {
    "publish": Scenario(_submit_reviewed, _clear),
    "withdraw": Scenario(_nothing, _withdraw),
    "review": Scenario(_submit, _review),
    "sign": Scenario(_submit_cleared, _sign),
    "schedule": Scenario(_schedule, _clock_strikes),
    "import": Scenario(_nothing, _import),
    "draft": Scenario(_nothing, _revise),
    "media": Scenario(_submit_and_publish, _call),
    "offline": Scenario(_nothing, _take_offline),
    "online": Scenario(_take_offline, _put_online),
    "rebuild": Scenario(_change_unseen, _publish_everything, twice=True),
    "restore": Scenario(_tamper, _verify, twice=True),
    "audit": Scenario(_submit, _review_and_anchor, twice=True),
    "backup": Scenario(_change_and_back_up, _back_up, twice=True, counted=False),
    "unpack": Scenario(_change_and_back_up, _unpack, twice=True),
    "guard": Scenario(_tamper, _guard, twice=True, counted=False),
    "reindex": Scenario(_nothing, _reindex, twice=True),
}
