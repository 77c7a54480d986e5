"""Search in the back office: Wagtail's own, with the backend that compares substrings."""

import pytest

from jiyue.content.models import Article


@pytest.mark.parametrize("query", ["秋季", "开学", "中小学秋"])
def test_chinese_substrings_of_titles_are_found(cluster, query):
    page = cluster.draft("全市中小学秋季开学")

    assert [found.pk for found in Article.objects.search(query)] == [page.pk]


def test_a_search_stays_within_its_scope(cluster):
    cluster.draft("全市中小学秋季开学")

    assert list(Article.objects.filter(website=cluster.other_site).search("秋季")) == []


def listing(cluster, site):
    home = cluster.column(site=site).get_parent()
    return f"/admin/pages/{home.pk}/"


def test_an_editor_finds_drafts_of_the_own_site(cluster, client):
    cluster.draft("全市中小学秋季开学")
    client.force_login(cluster.editor)
    address = listing(cluster, cluster.site)

    assert "全市中小学秋季开学" in client.get(address, {"q": "秋季"}).text
    assert "全市中小学秋季开学" not in client.get(address, {"q": "春季"}).text


def test_an_outsider_finds_nothing_of_it(cluster, client):
    cluster.draft("全市中小学秋季开学")
    client.force_login(cluster.outsider)

    own = client.get(listing(cluster, cluster.other_site), {"q": "秋季"})
    assert own.status_code == 200
    assert "全市中小学秋季开学" not in own.text
    assert client.get(listing(cluster, cluster.site), {"q": "秋季"}).status_code == 404
