"""The tree of units through the browser."""

import pytest
from django.urls import reverse

from jiyue.accounts import actions
from jiyue.accounts.models import AuditEntry
from jiyue.accounts.roles import Role
from jiyue.common.errors import Refused
from jiyue.common.models import DirtyKey
from jiyue.organisations.models import Unit
from tests.queries import queries_of


UNITS = "/admin/units/"
GIVEN = {"name": "云州市商务局", "short_name": "市商务局", "code": "swj", "level": "city", "kind": "department"}


@pytest.fixture
def security(client, cluster):
    client.force_login(cluster.security_admin)
    return client


def new(client, **values):
    return client.post(reverse("accounts_unit_new"), values)


def test_a_unit_is_added_below_another_and_stands_in_the_tree(security, cluster):
    new(security, **GIVEN, parent=cluster.city.pk)

    unit = Unit.objects.get(code="swj")
    assert (unit.parent, unit.path) == (cluster.city, f"{cluster.city.path}{unit.pk}/")
    assert "　云州市商务局" in security.get(UNITS).text
    entry = AuditEntry.objects.get(action="accounts.establish_unit")
    assert (entry.user, entry.unit, entry.target_name) == (cluster.security_admin, unit, "市商务局")


def test_a_unit_with_a_taken_name_or_no_parent_is_refused_at_its_field(security, cluster):
    assert "已存在" in new(security, **{**GIVEN, "name": cluster.bureau.name}, parent=cluster.city.pk).text
    assert "此项必填" in new(security, **GIVEN).text

    assert not Unit.objects.filter(code="swj").exists()


def test_a_renamed_unit_keeps_everything_and_its_website_says_the_new_name(security, cluster):
    DirtyKey.objects.all().delete()

    security.post(reverse("accounts_unit", args=[cluster.bureau.pk]), {"name": "云州市教育和体育局", "short_name": ""})

    cluster.bureau.refresh_from_db()
    assert (cluster.bureau.name, cluster.bureau.code) == ("云州市教育和体育局", "jyj")
    assert DirtyKey.objects.filter(key=f"frame:{cluster.site.pk}").exists()
    entry = AuditEntry.objects.get(action="accounts.rename_unit")
    assert entry.data == {"before": "云州市教育局", "after": "云州市教育和体育局"}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECURITY_ADMIN])
def test_units_are_the_security_administrators_affair_alone(client, cluster, friday, role):
    client.force_login(cluster.people[role])

    for url in (UNITS, reverse("accounts_unit_new"), reverse("accounts_unit", args=[cluster.bureau.pk])):
        assert client.get(url).status_code == 404
    with pytest.raises(Refused):
        actions.rename_unit(cluster.bureau, name="改", short_name="", by=cluster.people[role], at=friday)
    with pytest.raises(Refused):
        actions.establish_unit(parent=cluster.city, by=cluster.people[role], at=friday, **GIVEN)


def test_the_list_of_units_asks_the_database_as_often_for_more_units(security, cluster):
    security.get(UNITS)
    before = queries_of(lambda: security.get(UNITS))

    new(security, **GIVEN, parent=cluster.city.pk)
    new(security, **{**GIVEN, "name": "云州市财政局", "code": "czj"}, parent=cluster.city.pk)

    assert queries_of(lambda: security.get(UNITS)) == before
