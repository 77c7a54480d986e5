"""共享调用 through the browser."""

import pytest
from django.urls import reverse

from jiyue.library.models import Placement
from jiyue.websites.models import Website
from tests.factories import a_person


@pytest.fixture
def release(cluster):
    return cluster.published("全市中小学今日开学")


@pytest.fixture
def portal_editor(cluster, friday):
    return a_person("portal-editor", "editor", cluster.city, at=friday)


def call(client, release, column):
    return client.post(reverse("content_call", args=[release.pk]), {"column": column.pk})


def test_whatever_is_online_in_the_cluster_is_found_by_a_piece_of_its_title(client, cluster, release):
    cluster.draft("还没发布的稿")
    client.force_login(cluster.outsider)

    text = client.get(reverse("content_call_search"), {"q": "小学今日"}).text
    assert release.title in text
    assert "还没发布的稿" not in client.get(reverse("content_call_search")).text


def test_called_into_a_column_that_takes_calls_at_once(client, cluster, release):
    client.force_login(cluster.outsider)

    call(client, release, cluster.column("gzdt", cluster.other_site))

    placement = Placement.objects.get(home=False)
    assert (placement.approved, placement.by) == (True, cluster.outsider)


def test_a_call_into_a_column_with_review_waits_for_another_person(client, cluster, release, portal_editor, friday):
    reviewer = a_person("portal-reviewer", "reviewer", cluster.city, at=friday)
    client.force_login(portal_editor)
    call(client, release, cluster.column("tzgg", cluster.portal))
    placement = Placement.objects.get(home=False)
    approve = reverse("content_call_approve", args=[placement.pk])
    assert client.post(approve).status_code == 404

    client.force_login(reviewer)
    client.post(approve)

    placement.refresh_from_db()
    assert placement.approved


def test_nobody_calls_into_a_column_of_another_website(client, cluster, release):
    client.force_login(cluster.outsider)

    response = call(client, release, cluster.column("tzgg", cluster.portal))

    assert response.status_code == 200
    assert not Placement.objects.filter(home=False).exists()


def test_a_call_is_ended_by_the_receiving_website_only(client, cluster, release):
    client.force_login(cluster.outsider)
    call(client, release, cluster.column("gzdt", cluster.other_site))
    end = reverse("content_call_end", args=[Placement.objects.get(home=False).pk])

    client.force_login(cluster.editor)
    assert client.post(end).status_code == 404

    client.force_login(cluster.outsider)
    client.post(end)
    assert not Placement.objects.filter(home=False).exists()


def test_the_list_of_calls_offers_their_end_where_they_are_shown(client, cluster, release):
    client.force_login(cluster.outsider)
    call(client, release, cluster.column("gzdt", cluster.other_site))
    end = reverse("content_call_end", args=[Placement.objects.get(home=False).pk])

    text = client.get(reverse("content_calls")).text

    assert release.title in text
    assert f'action="{end}"' in text
    assert "csrfmiddlewaretoken" in text.partition(f'action="{end}"')[2].partition("</form>")[0]


def test_what_stands_on_a_website_that_is_not_online_is_nobody_elses(client, cluster, release):
    """Not in the search, and not for whoever guesses its number either."""
    Website.objects.filter(pk=cluster.site.pk).update(state=Website.State.OFFLINE)
    client.force_login(cluster.outsider)

    assert release.title not in client.get(reverse("content_call_search")).text
    assert client.get(reverse("content_call", args=[release.pk])).status_code == 404
    assert call(client, release, cluster.column("gzdt", cluster.other_site)).status_code == 404
