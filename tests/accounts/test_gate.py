"""Isolation in the back office: every view × everybody × GET and POST, with canaries planted in another bureau."""

import re

import pytest
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse

from jiyue.accounts.gate import policy_of
from jiyue.accounts.roles import Role
from jiyue.content import actions
from jiyue.library.models import Attachment
from tests.factories import a_person, a_picture


CANARY = "金丝雀"


def patterns(found, prefix="", namespace=""):
    for entry in found:
        if isinstance(entry, URLPattern):
            yield ":".join(filter(None, [namespace, entry.name or ""])), prefix + str(entry.pattern)
        else:
            inner = ":".join(filter(None, [namespace, entry.namespace or ""]))
            yield from patterns(entry.url_patterns, prefix + str(entry.pattern), inner)


ADMIN = sorted(
    {
        (name, route)
        for name, route in patterns(get_resolver().url_patterns)
        if route.startswith(("admin/", "documents/"))
    }
)


def address(route, ids):
    """A concrete address for a route, its arguments naming the canary objects."""
    route = re.sub(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\))?[^()]*\)", r"<\1>", route).replace("^", "").replace("$", "")
    route = (
        re.sub(r"\(\\d\+\)", str(ids["document_id"]), route).replace("(.*)", "x").replace(".*", "x").replace(r"\.", ".")
    )
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(ids.get(m[1], ids["default"])), route)


@pytest.fixture
def canary(cluster, friday):
    """Everything another bureau may own, each thing named with the canary."""
    other_editor = cluster.outsider
    item = actions.draft(
        type(cluster.draft("x")),
        cluster.column("gzdt", cluster.other_site),
        by=other_editor,
        at=friday,
        title=f"{CANARY}草稿",
        source="市水利局",
        body=[("text", f"<p>{CANARY}正文</p>")],
    )
    submission = actions.submit(item, by=other_editor, at=friday)
    picture = a_picture(cluster.other_bureau, title=f"{CANARY}图片")
    attachment = Attachment.objects.create(
        title=f"{CANARY}附件", unit=cluster.other_bureau, file=ContentFile(CANARY.encode(), name="canary.txt")
    )
    a_person("canary-user", Role.REVIEWER, cluster.other_bureau, at=friday)
    ids = {
        "page_id": item.pk, "parent_page_id": item.get_parent().pk, "page_to_move_id": item.pk,
        "destination_id": item.get_parent().pk, "image_id": picture.pk, "document_id": attachment.pk,
        "doc_id": attachment.pk, "revision_id": item.latest_revision_id, "revision_id_a": "earliest",
        "revision_id_b": "latest", "object_id": item.pk, "submission_id": submission.pk,
        "app_label": "library", "app_name": "library", "model_name": "basepage",
        "content_type_app_name": "content", "content_type_model_name": "article", "filter_spec": "width-100",
        "path": picture.file.name, "pk": item.pk, "default": item.pk,
    }  # fmt: skip
    pks = {item.pk, submission.pk, picture.pk, attachment.pk, cluster.other_site.pk, cluster.outsider.pk}
    return ids, pks


# By design: accounts of the whole cluster for the one, the whole trail for the other.
OWN_SCREENS = {
    "security_admin": ("accounts_", "wagtailadmin_home"),
    "audit_admin": ("accounts_trail", "wagtailadmin_home"),
}
# One who writes, one who rules; tests/assurance/test_isolation_matrix.py walks as everybody, through every address.
PRINCIPALS = [Role.EDITOR.value, Role.SITE_MANAGER.value, Role.AUDIT_ADMIN.value, "anonymous"]


@pytest.mark.clause("S-2.5.1a")
@pytest.mark.parametrize("principal", PRINCIPALS)
def test_nobody_sees_anything_of_another_bureau(client, cluster, canary, principal):
    ids, pks = canary
    if principal != "anonymous":
        client.force_login(cluster.people[principal])
    leaks = []
    for name, route in ADMIN:
        if policy_of(name) is None:
            continue  # does not exist for anybody: see the next test
        if name.startswith(OWN_SCREENS.get(principal, "-")):
            continue
        for pk in pks if "<" in route or "(" in route else {ids["pk"]}:
            url = address(route, {**ids, "pk": pk, "default": pk})
            for query in ("", f"?q={CANARY}", f"?id={pk}"):
                response = client.get(url + query, follow=False)
                shown = b"".join(response) if response.streaming else response.content
                if CANARY in shown.decode("utf-8", "replace").replace(f"q={CANARY}", "").replace(
                    f'value="{CANARY}"', ""
                ):
                    leaks.append((url + query, response.status_code))
            response = client.post(url, {"title": f"{CANARY}-改"}, follow=False)
            shown = b"".join(response) if response.streaming else response.content
            if CANARY in shown.decode("utf-8", "replace").replace(f"{CANARY}-改", ""):
                leaks.append(("POST " + url, response.status_code))
    assert leaks == []


def test_a_view_nobody_reviewed_does_not_exist(client, cluster):
    client.force_login(cluster.editor)
    for name, route in ADMIN:
        if policy_of(name) is None:
            response = client.get(address(route, {"document_id": 1, "default": 1}))
            assert response.status_code == 404, name


def test_the_back_office_answers_on_its_own_host_only(client, cluster, settings):
    settings.ADMIN_HOST = "admin.yunzhou.example"
    client.force_login(cluster.editor)

    assert client.get("/admin/").status_code == 404
    assert client.get("/admin/", headers={"host": "admin.yunzhou.example"}).status_code == 200


def test_every_address_of_the_platform_is_declared(client, cluster):
    """Outside the back office, too: a view that is for everybody says so."""
    public = [
        name for name, route in patterns(get_resolver().url_patterns) if not route.startswith(("admin/", "documents/"))
    ]

    assert [name for name in public if policy_of(name) is None] == []


def test_who_is_not_logged_in_gets_no_document(client, cluster, friday):
    """Wagtail serves documents without asking for a login: the draft of a notice has attachments."""
    secret = Attachment(title="附件", unit=cluster.bureau, file=ContentFile("未公开".encode(), name="draft.txt"))
    secret.save()
    address = reverse("wagtaildocs_serve", args=[secret.pk, secret.filename])

    answer = client.get(address)
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("wagtailadmin_login"))
    client.force_login(cluster.outsider)
    assert client.get(address).status_code == 404
    client.force_login(cluster.editor)
    assert b"".join(client.get(address).streaming_content).decode() == "未公开"


def test_the_tree_offers_no_names_of_other_bureaus_staff(client, cluster, canary):
    client.force_login(cluster.site_manager)
    type(cluster.outsider).objects.filter(pk=cluster.outsider.pk).update(first_name=f"{CANARY}人")

    text = client.get(f"/admin/pages/{cluster.column('gzdt').pk}/").text

    assert CANARY not in text


@pytest.mark.parametrize("name", ["translation_of", "ancestor_of", "child_of", "descendant_of"])
def test_a_question_about_a_page_of_another_bureau_is_answered_as_if_there_were_none(client, cluster, canary, name):
    client.force_login(cluster.editor)
    listing = reverse("wagtailadmin_api:pages:listing")

    there, nowhere = (client.get(listing, {name: key}).status_code for key in (canary[0]["page_id"], 987654321))

    assert there == nowhere == 404


def test_an_incomplete_form_is_a_bad_request_and_no_error(client, cluster):
    client.force_login(cluster.editor)
    add = reverse("wagtailadmin_pages:add", args=["content", "article", cluster.column("gzdt").pk])

    assert client.post(add, {"title": "题"}).status_code == 400
    assert client.post(reverse("wagtailadmin_choose_page_external_link"), {}).status_code == 404


def test_the_text_editor_finds_pages_to_link_to(client, cluster):
    client.force_login(cluster.editor)
    asked = {"page_type": "wagtailcore.page", "allow_external_link": "true"}

    for name in ("wagtailadmin_choose_page", "wagtailadmin_choose_page_search"):
        assert client.get(reverse(name), asked).status_code == 200


def test_pages_of_another_bureau_answer_404_and_not_403(client, cluster, canary):
    client.force_login(cluster.editor)

    assert client.get(f"/admin/pages/{canary[0]['page_id']}/edit/").status_code == 404
    assert client.get(f"/admin/images/{canary[0]['image_id']}/").status_code == 404
