"""固定调用 through the browser."""

import pytest
from django.urls import reverse

from jiyue.accounts.models import AuditEntry
from jiyue.common.errors import Refused
from jiyue.common.models import DirtyKey
from jiyue.library import actions as library
from jiyue.library.models import Release, StandingCall
from tests.factories import a_person


LIST = "/admin/calls/standing/"


@pytest.fixture
def manager(client, cluster, friday):
    """Of the portal, which shows the bureau's news."""
    person = a_person("portal-manager", "site_manager", cluster.city, at=friday)
    client.force_login(person)
    return person


@pytest.fixture
def target(cluster):
    return cluster.column("tzgg", cluster.portal)


def shown(column):
    return set(Release.objects.in_column(column.pk))


def set_up(client, source, target):
    return client.post(reverse("content_standing_new", args=[source.pk]), {"column": target.pk})


def test_a_manager_lets_a_column_follow_one_of_another_website(client, cluster, manager, target):
    old = cluster.published("旧的")
    source = cluster.column("gzdt")
    address = reverse("content_standing_new", args=[source.pk])
    assert address in client.get(reverse("content_standing_search"), {"q": source.title}).text

    set_up(client, source, target)

    new = cluster.published("新的")
    assert shown(target) == {old, new}
    assert StandingCall.objects.get().by == manager
    assert source.title in client.get(LIST).text
    assert DirtyKey.objects.filter(key=f"item:{old.item_id}").exists()


def test_when_it_ends_only_what_it_brought_goes(client, cluster, manager, target, friday):
    picked = cluster.published("逐条调用的")
    library.call(picked, target, by=manager, at=friday, approved=True)
    cluster.published("旧的")
    set_up(client, cluster.column("gzdt"), target)
    cluster.published("新的")
    end = reverse("content_standing_end", args=[StandingCall.objects.get().pk])
    assert "2 条信息" in client.get(end).text
    DirtyKey.objects.all().delete()

    client.post(end)

    assert shown(target) == {picked}
    assert Release.objects.in_column(cluster.column("gzdt").pk).count() == 3
    assert DirtyKey.objects.filter(key=f"column:{target.pk}").exists()
    assert AuditEntry.objects.get(action="library.end_standing_call").data["placements"] == 2


def test_a_column_does_not_follow_one_of_its_own_website(cluster, manager, target, friday):
    with pytest.raises(Refused, match="其他网站"):
        library.call_always(cluster.column("zcwj", cluster.portal), target, by=manager, at=friday)


def test_standing_calls_are_the_receiving_website_s_affair(client, cluster, manager, target, friday):
    standing = library.call_always(cluster.column("gzdt"), target, by=manager, at=friday)
    end = reverse("content_standing_end", args=[standing.pk])

    client.force_login(cluster.site_manager)
    assert client.post(end).status_code == 404
    assert target.title not in client.get(LIST).text
    assert set_up(client, cluster.column("gzdt", cluster.other_site), target).status_code == 200
    with pytest.raises(Refused):
        library.end_standing_call(standing, by=cluster.site_manager, at=friday)
    client.force_login(cluster.editor)
    assert client.get(LIST).status_code == 404
    assert StandingCall.objects.get() == standing
