"""People, links and the trail through the browser."""

import pytest
from django.urls import reverse

from jiyue.accounts.models import AuditEntry, Membership, User
from jiyue.accounts.reference import doors_page, roles_page
from jiyue.accounts.roles import Role
from jiyue.accounts.trail import action_names
from jiyue.accounts.trail_words import who, words_of
from jiyue.common.spreadsheets import cell
from tests.factories import a_person
from tests.queries import queries_of


PEOPLE = "/admin/people/"
PASSWORD = "蓝色的河流-2026"


def of(name, thing):
    return reverse(f"accounts_{name}", args=[thing.pk])


@pytest.fixture
def security(client, cluster):
    client.force_login(cluster.security_admin)
    return client


def link_of(client, person):
    client.post(of("link", person))
    text = client.get(of("person", person)).text
    return text.split('bo-secret">')[1].split("<")[0].removeprefix("http://testserver").removeprefix("http://localhost")


def test_a_person_is_enrolled_given_a_role_and_sets_the_password_alone(security, client, cluster):
    response = security.post(
        reverse("accounts_enrol"), {"name": "刘星雨", "username": "liuxy", "email": "", "kind": "staff"}
    )
    person = User.objects.get(username="liuxy")
    assert response.url == of("person", person)
    security.post(of("person", person), {"unit": cluster.bureau.pk, "role": "editor"})
    assert person.memberships.get().role == Role.EDITOR

    link = link_of(security, person)
    client.logout()
    client.post(link, {"password": PASSWORD, "again": PASSWORD})

    assert client.login(username="liuxy", password=PASSWORD)
    assert "我的待办" in client.get("/admin/").text


def test_a_link_works_once_and_is_shown_once(security, client, cluster):
    link = link_of(security, cluster.editor)
    assert "bo-secret" not in security.get(of("person", cluster.editor)).text

    client.logout()
    client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert client.get(link).status_code == 410


def test_a_new_link_ends_the_old_password_and_the_old_link(security, client, cluster):
    first = link_of(security, cluster.editor)
    link_of(security, cluster.editor)
    client.logout()

    assert not client.login(username="editor", password="yunzhou-2026-demo")
    assert client.get(first).status_code == 410


def test_a_weak_password_is_refused(security, client, cluster):
    link = link_of(security, cluster.editor)
    client.logout()

    response = client.post(link, {"password": "12345678", "again": "12345678"})

    assert response.status_code == 200
    assert not User.objects.get(username="editor").has_usable_password()


def test_a_role_is_taken_back_at_once(security, client, cluster):
    membership = Membership.objects.get(user=cluster.editor)
    security.post(of("revoke", membership))

    client.force_login(cluster.editor)
    assert client.get("/admin/").status_code != 200


def test_a_suspended_person_cannot_come_in_until_reinstated(security, client, cluster):
    assert "此项必填" in security.post(of("suspend", cluster.editor), {"reason": ""}).text
    security.post(of("suspend", cluster.editor), {"reason": "调离"})
    assert not User.objects.get(username="editor").is_active

    security.post(of("reinstate", cluster.editor))
    assert User.objects.get(username="editor").is_active


@pytest.mark.clause("S-2.5.1a")
def test_an_administrator_gets_no_role_that_touches_content(security, cluster):
    response = security.post(of("person", cluster.audit_admin), {"unit": cluster.bureau.pk, "role": "editor"})

    assert response.status_code == 200
    assert not Membership.objects.filter(user=cluster.audit_admin, role="editor").exists()


def test_nobody_gives_themselves_a_role(security, cluster):
    response = security.post(
        of("person", cluster.security_admin), {"unit": cluster.bureau.pk, "role": "security_admin"}
    )

    assert "不能给自己授权" in response.text


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMIN])
def test_people_are_the_security_administrators_affair_alone(client, cluster, role):
    client.force_login(cluster.people[role])

    for url in (PEOPLE, reverse("accounts_enrol"), of("person", cluster.editor), of("suspend", cluster.editor)):
        assert client.get(url).status_code == 404
    assert client.post(of("link", cluster.editor)).status_code == 404
    assert User.objects.get(username="editor").has_usable_password()


@pytest.mark.parametrize("path", ["/admin/users/", "/admin/groups/", "/admin/users/add/", "/admin/groups/new/"])
def test_wagtails_own_screens_for_users_and_groups_do_not_exist(security, path):
    assert security.get(path).status_code == 404


def test_the_list_of_people_asks_the_database_as_often_for_more_people(security, cluster, friday):
    security.get(PEOPLE)
    before = queries_of(lambda: security.get(PEOPLE))

    for number in range(3):
        a_person(f"another-{number}", Role.EDITOR, cluster.bureau, at=friday)

    assert queries_of(lambda: security.get(PEOPLE)) == before


def test_the_trail_is_read_by_the_audit_administrator_alone(client, cluster):
    cluster.published("留下痕迹的稿")
    for user in cluster.people.values():
        client.force_login(user)
        response = client.get(reverse("accounts_trail"))
        assert (response.status_code == 200) == (user == cluster.audit_admin)

    client.force_login(cluster.audit_admin)
    found = client.get(reverse("accounts_trail"), {"action": "content.clear"}).text
    assert "留下痕迹的稿" in found
    assert "保密审查通过" in found


def test_the_exported_trail_runs_no_formula(client, cluster):
    cluster.draft("=HYPERLINK(1)")
    client.force_login(cluster.audit_admin)

    response = client.get(reverse("accounts_trail"), {"export": "csv", "q": "HYPERLINK"})

    text = b"".join(response).decode("utf-8-sig")
    assert text.startswith("序号,时间,人员")
    assert ",'=HYPERLINK(1)," in text
    response.close()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝", "＠"])
def test_what_a_spreadsheet_would_run_is_quoted(start):
    assert cell(f"{start}1+1") == f"'{start}1+1"


def test_everybody_may_read_the_role_matrix(client, cluster):
    client.force_login(cluster.clerk)

    text = client.get(reverse("accounts_roles")).text

    assert all(f'<th scope="row">{role.label}' in text for role in Role)


def test_the_page_of_roles_in_the_documentation_is_fresh(settings):
    page = settings.BASE.parent / "docs" / "reference" / "roles.md"

    assert page.read_text(encoding="utf-8") == roles_page(), "run: jiyue docs_roles"


def test_the_page_of_doors_in_the_documentation_is_fresh(settings):
    page = settings.BASE.parent / "docs" / "reference" / "doors.md"

    assert page.read_text(encoding="utf-8") == doors_page(), "run: jiyue docs_doors"


def test_every_audited_action_has_words(cluster, client):
    cluster.published()
    client.force_login(cluster.audit_admin)
    client.get("/admin/")  # the names come with the back office

    assert set(AuditEntry.objects.values_list("action", flat=True)) <= set(action_names())


def test_what_one_may_not_see_is_answered_in_plain_words(client, cluster):
    client.force_login(cluster.clerk)

    response = client.get(PEOPLE)

    assert response.status_code == 404
    assert "没有这个页面" in response.text
    assert "回到工作台" in response.text


def test_a_link_that_voids_the_password_says_so_before(security, cluster):
    before = cluster.editor.password

    text = security.get(of("link", cluster.editor)).text

    assert "原密码立即作废" in text
    cluster.editor.refresh_from_db()
    assert cluster.editor.password == before


def test_what_is_wrong_with_a_password_is_said_in_chinese(security, client, cluster):
    link = link_of(security, cluster.editor)
    client.logout()

    text = client.post(link, {"password": "abc", "again": "abc"}).text

    assert "密码太短，至少 10 个字符。" in text
    assert "must contain" not in text


@pytest.mark.parametrize(
    ("action", "data", "words"),
    [
        ("accounts.grant", {"role": "editor"}, [("role", "角色", "信息员")]),
        ("accounts.login", {"way": "password"}, [("way", "登录方式", "密码")]),
        ("content.clear", {"state": "signature"}, [("state", "办理结果", "待签发")]),
        ("notices.raise", {"code": "publishing.tampered"}, [("code", "告警代码", "网页被改动")]),
        ("publishing.tampered", {"kinds": {"内容被改": 2}}, [("kinds", "类别", "内容被改 2")]),
        ("accounts.login_failed", {"known": True, "name": ""}, [("known", "有这个账号", "是")]),
        ("accounts.enrol", {"unheard_of": ["a", "b"]}, [("unheard_of", "unheard_of", "a、b")]),
    ],
)
def test_what_an_entry_says_is_said_in_words(action, data, words):
    assert words_of(AuditEntry(action=action, data=data)) == words


def test_nobody_at_the_door_is_not_the_system():
    assert who(AuditEntry(action="accounts.login_failed", address="10.0.0.8")) == "未登录者"
    assert who(AuditEntry(action="operations.backup")) == "系统"
