import re

import pytest
from django.test import Client

from jiyue.common.outbox import drain
from jiyue.library.actions import withdraw
from jiyue.search import views
from jiyue.search.engine import search_index
from jiyue.search.models import SearchQuery


@pytest.fixture(autouse=True)
def released_writer(home):
    views._frame.cache_clear()
    yield
    search_index().close()


@pytest.fixture
def ask(cluster, friday):
    """Asks the bureau's public host as a citizen would."""
    client = Client(headers={"host": "jyj.localhost:8000"})

    def get(path="/search", **given):
        drain("search", at=friday)
        return client.get(path, given)

    return get


def titles(response):
    hits = re.findall(r'<li><h2>.*?<a href="([^"]*)">(.*?)</a>', response.text)
    return [re.sub("<.*?>", "", title) for _, title in hits]


@pytest.mark.clause("J-2.1c")
def test_a_citizen_finds_an_item_with_the_words_marked(cluster, ask):
    release = cluster.published("全市中小学秋季开学")

    response = ask(q="秋季开学")

    assert response.status_code == 200
    assert titles(response) == ["全市中小学秋季开学"]
    assert f'href="{release.address}"' in response.text
    assert "全市中小学<mark>秋季开学</mark>" in response.text


def test_the_answer_knows_no_session_and_may_be_kept_for_moments_only(ask):
    response = ask(q="开学")

    assert not response.cookies
    assert response["Cache-Control"] == "public, max-age=5"
    assert "Cookie" not in response.get("Vary", "")


def test_the_page_speaks_the_language_of_the_website_whatever_the_browser_wants(cluster, friday):
    cluster.published("全市中小学秋季开学")
    drain("search", at=friday)

    response = Client(headers={"host": "jyj.localhost:8000", "accept-language": "en"}).get("/search", {"q": "开学"})

    assert "发布单位" in response.text
    assert "By date" not in response.text
    assert response["Content-Language"] == "zh-hans"


def test_the_empty_page_asks_for_words(ask):
    assert "请输入要找的内容" in ask().text


def test_a_withdrawn_item_is_not_shown_even_before_the_index_knows(cluster, friday):
    release = cluster.published()
    drain("search", at=friday)
    withdraw(release.item.specific, by=None, at=friday, reason="内容有误")

    answer = Client(headers={"host": "jyj.localhost"}).get("/search.json", {"q": "秋季开学"}).json()

    assert (answer["total"], answer["hits"]) == (0, [])


@pytest.mark.clause("Y-5i")
def test_a_site_is_searched_alone_or_with_all_others(cluster, ask):
    cluster.published()
    elsewhere = Client(headers={"host": "slj.localhost"})
    ask(q="开学")

    assert elsewhere.get("/search.json", {"q": "开学", "scope": "cluster"}).json()["total"] == 1
    assert elsewhere.get("/search.json", {"q": "开学", "scope": "site"}).json()["total"] == 0


def test_hits_of_other_sites_lead_to_their_hosts(cluster, ask):
    release = cluster.published()
    ask(q="开学")

    page = Client(headers={"host": "slj.localhost"}).get("/search", {"q": "开学"}).text

    assert f'href="http://jyj.localhost:8000{release.address}"' in page


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "'--", "\0开学"]
)
def test_a_query_is_only_text(ask, query):
    response = ask(q=query)

    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "<img src=x" not in response.text


def test_a_title_is_only_text(cluster, ask):
    cluster.published("<img src=x onerror=alert(1)>秋季开学")

    response = ask(q="秋季开学")

    assert "<img src=x" not in response.text
    assert "&lt;img src=x onerror=alert(1)&gt;<mark>秋季开学</mark>" in response.text


@pytest.mark.parametrize(
    ("page", "shown"), [("0", 1), ("-3", 1), ("abc", 1), ("²", 1), ("2", 2), ("99", 2), ("9" * 40, 1)]
)
def test_pages_out_of_bounds_lead_to_the_nearest_one(cluster, ask, page, shown):
    for number in range(12):
        cluster.published(f"开学第{number}课")

    answer = ask("/search.json", q="开学", page=page).json()

    assert (answer["page"], answer["total"]) == (shown, 12)
    assert len(answer["hits"]) == {1: 10, 2: 2}[shown]


@pytest.mark.parametrize(
    "given", [{"kind": "<b>"}, {"site": "1;drop"}, {"year": "⑨"}, {"validity": "x"}, {"sort": "x"}, {"scope": "x"}]
)
def test_what_is_not_understood_is_left_out(cluster, ask, given):
    cluster.published()

    assert ask("/search.json", q="开学", **given).json()["total"] == 1


@pytest.mark.clause("J-1.2c")
def test_facets_count_and_lead_to_narrower_answers(cluster, ask):
    cluster.published("秋季开学")
    cluster.published("春季开学")

    answer = ask("/search.json", q="开学").json()

    facets = {facet["name"]: facet["values"] for facet in answer["facets"]}
    assert [(value["label"], value["count"]) for value in facets["year"]] == [("2026年", 2)]
    assert [(value["label"], value["count"]) for value in facets["site"]] == [("云州市教育局网站", 2)]
    narrowed = ask("/search.json" + facets["kind"][0]["url"].removeprefix("/search")).json()
    assert narrowed["total"] == 2


def test_words_that_stand_nowhere_together_are_offered_one_by_one(cluster, ask):
    cluster.published("全市中小学秋季开学")

    answer = ask("/search.json", q="中小学开学").json()

    assert answer["total"] == 0
    assert "中小学 开学" in [suggestion["text"] for suggestion in answer["suggestions"]]


def test_an_unknown_host_has_no_search(ask):
    assert Client(headers={"host": "nobody.localhost"}).get("/search").status_code == 404


def test_a_very_long_query_is_cut(ask):
    assert ask(q="长" * 5000).status_code == 200


def test_nothing_can_be_posted(cluster):
    assert Client(headers={"host": "jyj.localhost"}).post("/search", {"q": "x"}).status_code == 405


def test_what_people_look_for_is_counted_on_the_first_page_only(cluster, ask):
    ask(q="公积金提取")
    ask(q="公积金提取", page="2")
    ask(q="公积金提取", year="2024")

    assert list(SearchQuery.objects.values_list("website", "term", "times", "found")) == [
        (cluster.site.pk, "公积金提取", 1, 0)
    ]


def test_the_number_of_queries_does_not_grow_with_the_hits(cluster, ask, django_assert_max_num_queries):
    cluster.published("开学第一课")
    ask(q="开学")
    with django_assert_max_num_queries(12):
        ask(q="开学", page="1")
    for number in range(4):
        cluster.published(f"开学第{number}课")
    ask(q="开学")

    with django_assert_max_num_queries(12):
        assert len(titles(ask(q="开学", page="1"))) == 5
