"""A cluster whose own people typed an attack into every field they can fill.

``python -m tests.assurance.canary`` fills the empty installation of the environment by the actions and prints, as JSON,
what there is to open and who may: the material of test_input_canary.py. An attack is alive four ways: ``canary()`` is
called, something is asked of the host ``canary.invalid``, an element of it stands in the page, a template did the sum.
"""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import django

from jiyue.common.html import clean


PASSWORD = "yunzhou-2026-demo"  # of every person the factories make
SUM, RESULT = "7919*7919", "62710561"
CALL = "canary()"
# Out of an attribute, a script, a title, a text box; into markup and into templates. The longest that fits is taken.
ATTACKS = (
    (
        f"'\"--></script></title></textarea></style><svg onload={CALL}><img src=//canary.invalid/i onerror={CALL}>"
        f"<script>{CALL}</script>{{{{{SUM}}}}}${{{SUM}}}"
    ),
    f"'\"><img src=//canary.invalid onerror={CALL}>{{{{{SUM}}}}}",
    f"'\"><svg onload={CALL}>",
    "'\"><b canary>",
    "<i canary>",
)
ADDRESS = f"https://canary.example/'\"><svg/onload={CALL}>"
MAIL = f'"<svg/onload={CALL}>"@canary.example'
# Text that no person can fill with anything but what the system gives: table.column → why.
GIVEN = {
    **dict.fromkeys(
        ("accounts_user.password", "accounts_pastpassword.encoded", "accounts_recoverycode.digest", "accounts_factor.credential"),
        "密码、恢复码和凭据的摘要",
    ),
    **dict.fromkeys(
        ("accounts_rolereview.digest", "accounts_rolereview.quarter", "content_submission.digest", "library_receipt.digest",
         "library_release.digest", "onboarding_origin.digest", "accounts_auditentry.digest", "accounts_auditentry.prev"),
        "摘要和季度由系统计算",
    ),
    **dict.fromkeys(
        ("library_basepage.path", "library_basepage.slug", "library_basepage.url_path", "library_release.address",
         "organisations_unit.path", "organisations_unit.code", "websites_website.code", "websites_host.name"),
        "代码、路径、域名和由此生成的地址，只收字母、数字、汉字和连字符",
    ),
    **dict.fromkeys(
        ("organisations_unit.credit_code", "websites_website.identification_code", "websites_website.icp_filing",
         "websites_website.police_filing", "websites_website.index_number_template", "websites_website.skin",
         "library_release.index_number", "library_release.doc_number", "content_policydocument.doc_number", "library_release.cover", "library_release.theme"),
        "有固定格式，别的写法不收",
    ),
    **dict.fromkeys(
        ("accounts_auditentry.action", "accounts_auditentry.target_type", "accounts_auditentry.target_id",
         "accounts_auditentry.address", "accounts_auditentry.request", "websites_websitechange.field", "library_receipt.checklist",
         "accounts_user.username", "accounts_user.subject", "accounts_user.last_name", "notices_alarm.code"),
        "由程序写入的代号、编号和清单；登录名只收字母、数字和 @.+-_",
    ),
    **dict.fromkeys(
        ("library_picture.file", "library_picture.file_hash", "library_picturerendition.file", "library_attachment.file",
         "library_picturerendition.filter_spec", "library_picturerendition.focal_point_key", "library_attachment.file_hash",
         "library_picture.description"),
        "文件名按白名单改写，其余由程序计算；说明取自替代文字",
    ),
    **dict.fromkeys(
        ("websites_suspension.path", "publishing_tampering.right_digest", "publishing_tampering.foreign_digest",
         "publishing_tampering.facts", "notices_alarm.evidence", "notices_alarm.failure", "search_searchquery.term"),
        "由巡检和检索写入：摘要、已存在的地址、切分后的词",
    ),
}  # fmt: skip
OURS = ("accounts", "content", "library", "notices", "onboarding", "organisations", "websites", "publishing", "search")
SYSTEMS = ("accounts_sitting", "accounts_guesscount", "accounts_audit", "publishing_output", "accounts_membership")


def attack(most: int | None = None) -> str:
    return next((text for text in ATTACKS if most is None or len(text) <= most), ATTACKS[-1])


def build(port: str) -> dict[str, Any]:
    from django.core.management import call_command

    from jiyue.common.clock import now
    from jiyue.publishing.actions import publish_all
    from jiyue.search.actions import reindex
    from tests import factories
    from tests.assurance import planting

    call_command("migrate", run_syncdb=True, verbosity=0)
    at = now()
    cast = factories.cluster(at=at)
    planting.word = lambda _unit, kind: escape(attack()) if kind == "body" else attack(SHORT.get(kind))
    owned = planting.plant(cast.bureau, cast.site, at=at)
    planting.share(owned, planting.plant(cast.other_bureau, cast.other_site, at=at), at=at)
    _registers(cast, owned, at=at)
    _structure(owned, at=at)
    _items(owned, at=at)
    _people(cast, owned, at=at)
    call_command("collectstatic", interactive=False, verbosity=0)
    publish_all(at=now(), workers=1)
    reindex(at=now())
    return {
        "screens": list(_screens(owned, cast)),
        "public": list(_public(port)),
        "fields": sorted(_without_attack()),
        "codes": {factor.user.username: factor.codes[0] for factor in owned.things["factor"]},
        "people": {**{r: p.username for r, p in owned.people.items()}, **{r: r for r in ADMINISTRATORS}},
    }


SHORT = {"file name": 20, "factor": 50, "tampering": 60, "origin": 60, "tag": 90}
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")


def _registers(cast: Any, owned: Any, *, at: dt.datetime) -> None:
    from jiyue.accounts import actions as accounts
    from jiyue.websites import actions as websites

    unit = accounts.rename_unit(
        owned.unit, name=f"教{attack(80)}", short_name=attack(40), by=cast.security_admin, at=at
    )
    owned.unit.name, owned.unit.short_name = unit.name, unit.short_name
    accounts.establish_unit(
        parent=cast.city, by=cast.security_admin, at=at,
        name=f"新{attack(80)}", short_name=attack(40), code="new", level="city", kind="department",
    )  # fmt: skip
    texts = {name: attack(length) for name, length in TEXTS_OF_A_WEBSITE.items()}
    for contact in ("云小舟", attack(40), "云小舟", attack(40)):
        named = {**texts, "contact_name": contact, "email": MAIL}
        owned.website = websites.amend(owned.website, by=owned.people["site_manager"], at=at, **named)


TEXTS_OF_A_WEBSITE = {
    "name": 100, "short_name": 40, "operator": 100, "description": 200, "mark_code": 40, "address": 120, "phone": 40,
    "contact_name": 40,
}  # fmt: skip


def _structure(owned: Any, *, at: dt.datetime) -> None:
    """The home page and a column, with every block there is."""
    from jiyue.content import actions
    from jiyue.content.models import ColumnPage, HomePage

    manager = owned.people["site_manager"]
    column = ColumnPage.objects.get(website=owned.website, slug="gzdt")
    home = HomePage.objects.get(website=owned.website)
    tab = {"label": attack(20), "column": column}
    tile = {"label": attack(20), "icon": attack(20), "url": ADDRESS}
    blocks = [
        ("headline", {"column": column}),
        ("picture_news", {"column": column, "count": 5}),
        ("news_tabs", {"title": attack(20), "tabs": [tab], "count": 8}),
        ("policy_list", {"title": attack(20), "tabs": [tab], "count": 8}),
        ("disclosure_box", {"links": [tab]}),
        ("service_tiles", {"title": attack(20), "groups": [{"label": attack(20), "tiles": [tile]}], "hot": [tile]}),
        ("interaction_box", {"title": attack(20), "entrances": [tile], "tabs": [tab]}),
        ("topics", {"column": ColumnPage.objects.get(website=owned.website, slug="ztzl"), "count": 4}),
        ("figures", {"title": attack(20), "source": attack(60), "figures": [
            {"label": attack(30), "value": attack(20), "unit": attack(20), "note": attack(40)}]}),
        ("site_cluster", None),
        ("links", {"title": attack(20), "links": [tile]}),
    ]  # fmt: skip
    actions.revise(home, by=manager, at=at, title=attack(255), blocks=blocks)
    texts = {"title": attack(255), "description": attack(200), "keywords": attack(100), "owner_name": attack(60)}
    actions.revise(column, by=manager, at=at, **texts)
    for page in (home, column):
        _through(owned, actions.submit(page, by=manager, at=at), at=at)


def _items(owned: Any, *, at: dt.datetime) -> None:
    """One item of every kind, each field of text filled; online, and one of them withdrawn."""
    from jiyue.content import actions
    from jiyue.content.models import Article
    from jiyue.content.models.items import ITEM_MODELS
    from jiyue.onboarding import actions as onboarding
    from jiyue.onboarding.blocks import blocks_of
    from jiyue.onboarding.page import Page
    from jiyue.onboarding.reading import Document

    editor = owned.people["editor"]
    made = []
    for model in (*ITEM_MODELS, Article):
        column = _column_for(model, owned, at=at)
        item = actions.draft(model, column, by=editor, at=at, **_values(model, owned))
        _through(owned, actions.submit(item, by=editor, at=at), at=at)
        owned.put("page", item)
        made.append(item)
    actions.withdraw(made[-1], reason=attack(200), by=owned.people["reviewer"], at=at)
    urgent = actions.draft(Article, column, by=editor, at=at, **_values(Article, owned))
    told = actions.publish_in_emergency(urgent, reason=attack(200), by=owned.people["signing_leader"], at=at)
    actions.review_afterwards(told, opinion=attack(500), keep=True, by=owned.people["reviewer"], at=at)
    old = Page(attack(200), f"<p>{attack()}</p>", source=attack(100), author=attack(60), address=ADDRESS)
    document = Document(old, blocks_of(f"<p>旧网站的正文。</p><p>{attack()}</p>"))
    brought = onboarding.bring_in(document, column, source=attack(200), by=editor, at=at)
    owned.put("page", brought.item)


def _column_for(model: Any, owned: Any, *, at: dt.datetime) -> Any:
    """One that takes such items; leaders have none in a new website."""
    from jiyue.content import actions
    from jiyue.content.columns import ACCEPTS
    from jiyue.content.models import ColumnPage, HomePage

    columns = ColumnPage.objects.filter(website=owned.website).exclude(slug__startswith="c-").order_by("pk")
    found = next((column for column in columns if model.can_create_at(column)), None)
    if found is None:
        kind = next(kind for kind, taken in ACCEPTS.items() if model.kind in taken)
        texts = {"title": attack(255), "description": attack(200), "keywords": attack(100)}
        found = ColumnPage(slug=f"x-{model.kind}", column_kind=kind, live=False, **texts)
        HomePage.objects.get(website=owned.website).add_child(instance=found)
        found.save_revision(user=owned.people["site_manager"], log_action=False)
        _through(owned, actions.submit(found, by=owned.people["site_manager"], at=at), at=at)
    return found


def _values(model: Any, owned: Any) -> dict[str, Any]:
    from django.db import models
    from wagtail.fields import RichTextField

    values: dict[str, Any] = {"body": _body(owned), "title": attack(255)}
    for field in model._meta.local_concrete_fields:
        if isinstance(field, RichTextField):
            values[field.name] = _rich()
        elif isinstance(field, models.EmailField):
            values[field.name] = MAIL
        elif isinstance(field, models.URLField):
            values[field.name] = ADDRESS
        elif isinstance(field, models.CharField | models.TextField) and not field.choices:
            values[field.name] = attack(field.max_length)
        elif type(field) is models.DateField and not field.null:
            values[field.name] = dt.date(2026, 1, 5)
    if hasattr(model, "genre"):
        values |= {"genre": "通知", "doc_number": "云教发〔2026〕8号"}
    if hasattr(model, "sections"):
        values["sections"] = [("text", _rich()), ("items", {"title": attack(20), "pages": []})]
    values["cover"] = owned.things["picture"][0]
    return values


def _rich() -> str:
    """Typed into the editor as words, and pasted as markup: what comes in is written anew."""
    pasted = f'<p onclick={CALL}>{attack()}</p><p><a href="javascript:{CALL}">点</a></p>'
    return f"<p>{escape(attack())}</p>{clean(pasted)}"


def _body(owned: Any) -> list[tuple[str, Any]]:
    picture, attachment = owned.things["picture"][0], owned.things["attachment"][0]
    return [
        ("text", _rich()),
        ("table", f"<table><tr><th>{escape(attack())}</th><td onclick={CALL}>{attack()}</td></tr></table>"),
        ("image", {"picture": picture, "alt": attack(200), "caption": attack(200)}),
        ("file", {"file": attachment, "title": attack(200)}),
    ]


def _people(cast: Any, owned: Any, *, at: dt.datetime) -> None:
    from jiyue.accounts import audit
    from jiyue.accounts.models import User
    from jiyue.accounts.report import confirm_list, digest_of_list
    from jiyue.library.models import Release
    from jiyue.notices.actions import raise_alarm
    from jiyue.publishing.models import Tampering
    from jiyue.search.actions import record_search
    from jiyue.websites.emergency import suspend
    from tests.accounts.kit import an_app

    for role in ADMINISTRATORS:
        person = cast.people[role]
        person.first_name, person.email = attack(150), MAIL
        person.save(update_fields=["first_name", "email"])
    User.objects.filter(pk__in=[person.pk for person in owned.people.values()]).update(email=MAIL)
    for factor in owned.things["factor"]:
        factor.kind, factor.credential = factor.Kind.PASSKEY, "Y2FuYXJ5"
        factor.save()
        factor.codes = an_app(factor.user, at)[1]
    confirm_list(seen=digest_of_list()[0], remark=attack(200), by=cast.security_admin, at=at)
    audit.denied(by=owned.people["editor"], at=at, view="canary", path=attack(200), reason=attack(200))
    Tampering.objects.create(
        website=owned.website,
        place=attack(300),
        path=f"/{attack(200)}",
        kind="stranger",
        outcome="removed",
        found_at=at,
    )
    told = {"reason": attack(300), "text": attack(300), "by": owned.people["signing_leader"], "at": at}
    online = Release.objects.live().filter(website=owned.website, kind="news").order_by("pk").last()
    suspend(owned.website, path=online.address, **told)
    raise_alarm("publishing.tampered", subject=attack(200), text=attack(), at=at, evidence=attack(300))
    record_search(owned.website, attack(), found=0, at=at)
    for thing in (*owned.things["picture"], *owned.things["attachment"]):
        thing.tags.add(attack(100))


def _through(owned: Any, submission: Any, *, at: dt.datetime) -> None:
    from jiyue.content import actions

    opinion = attack(500)
    actions.review(submission, by=owned.people["reviewer"], at=at, opinion=opinion)
    points = list(actions.CHECKLIST)
    actions.clear(submission, by=owned.people["secrecy_reviewer"], at=at, checklist=points, opinion=opinion)
    submission.refresh_from_db()
    if submission.state == submission.State.SIGNATURE:
        actions.sign(submission, by=owned.people["signing_leader"], at=at)


def _screens(owned: Any, cast: Any) -> Iterator[dict[str, Any]]:
    """Every address of the back office, and who holds what it asks for."""
    from jiyue.accounts.roles import MATRIX, Role
    from tests.assurance import isolation

    holders = {role: frozenset(MATRIX[Role(role)]) for role in (*owned.people, *ADMINISTRATORS)}
    for door in isolation.doors():
        policy = door.policy
        if policy is None or not door.is_known or (policy.public and not door.route.startswith("admin")):
            continue
        who = [role for role, verbs in holders.items() if not policy.verbs or policy.verbs & verbs]
        who = ["", *who] if policy.anonymous or policy.public else who
        for address in isolation.addresses(door, owned):
            yield {"name": door.name, "address": address, "who": who}


def _public(port: str) -> Iterator[str]:
    """Every page a reader can ask for."""
    from django.conf import settings

    from jiyue.websites.models import Host

    for host in Host.objects.select_related("website"):
        root = Path(settings.PUBLIC_ROOT) / host.website.code
        for file in sorted(root.rglob("*")):
            if file.suffix in {".html", ".xml", ".json", ".txt", ".css", ".webmanifest"}:
                path = str(file.relative_to(root)).removesuffix("index.html")
                yield f"http://{host.name}:{port}/{path}"


def _without_attack() -> Iterator[str]:
    """Columns of text of our tables in which no attack stands, as table.column."""
    from django.apps import apps
    from django.db import models

    for model in apps.get_models():
        meta = model._meta
        if meta.app_label not in OURS or meta.db_table.startswith(SYSTEMS):
            continue
        for field in meta.local_concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField | models.JSONField | models.FileField)
            if not is_text or field.choices or f"{meta.db_table}.{field.name}" in GIVEN:
                continue
            values = model._base_manager.values_list(field.column, flat=True)
            if not any("canary" in str(value) for value in values):
                yield f"{meta.db_table}.{field.name}"


if __name__ == "__main__":
    django.setup()
    from django.conf import settings

    json.dump(build(str(settings.PORT)), sys.stdout, ensure_ascii=False)
