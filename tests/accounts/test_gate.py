"""Isolation in the back office: every view × everybody × GET and POST, with canaries planted in another bureau."""

import re

import pytest
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver

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
PRINCIPALS = [role.value for role in Role] + ["anonymous"]


@pytest.mark.clause("S-2.5.1a")
@pytest.mark.parametrize("principal", PRINCIPALS)
def test_nobody_sees_anything_of_another_bureau(client, cluster, canary, principal):
    ids, pks = canary
    if principal != "anonymous":
        client.force_login(cluster.people[principal])
    client.raise_request_exception = False  # Wagtail's link form fails on an empty POST; here only leaks count
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


def test_pages_of_another_bureau_answer_404_and_not_403(client, cluster, canary):
    client.force_login(cluster.editor)

    assert client.get(f"/admin/pages/{canary[0]['page_id']}/edit/").status_code == 404
    assert client.get(f"/admin/images/{canary[0]['image_id']}/").status_code == 404
