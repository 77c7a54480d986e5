import re
import time
from collections import Counter
from datetime import timedelta

import pytest

from jiyue.demo import markup
from jiyue.demo.city import city
from jiyue.demo.shapes import FIRST_DAY, LAST_DAY


REAL_PLACES = re.compile("北京|上海|天津|重庆|广州|深圳|江苏|浙江|湖南|吉林省|衡阳|江西|广东|四川")
LOREM = re.compile(r"\{|\}|None|TODO|lorem|　　|。。|，，|，。|、。|；。|：。|（）|“”|》《解读")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;!?()]|[,;!?()][\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def sample():
    return city()


def text_of(item) -> str:
    return " ".join(
        [item.title, item.summary, *(re.sub("<[^>]+>", " ", value) for name, value in item.body if name != "image")]
    )


def test_the_default_city_has_a_portal_four_counties_and_twenty_departments(sample):
    kinds = Counter((unit.level, unit.kind) for unit in sample.units if unit.code not in {"portal", "zfb"})

    assert kinds == {("county", "government"): 4, ("city", "department"): 20}
    assert len(sample.websites) == 25


def test_a_hundred_and_fifty_websites_have_names_and_codes_of_their_own():
    websites = city(150).websites

    for field in ("code", "name", "domain", "identification_code", "icp_filing", "police_filing"):
        assert len({getattr(site, field) for site in websites}) == 150, field


def test_the_city_is_the_same_every_time(sample):
    assert city().items == sample.items


def test_one_website_is_enough():
    assert {item.website for item in city(1).items} == {"portal"}


def test_no_website_says_the_same_thing_twice(sample):
    titles = Counter((item.website, item.title) for item in sample.items)

    assert [title for title, count in titles.items() if count > 1] == []


def test_everything_happens_within_the_year_and_in_office_hours(sample):
    for item in sample.items:
        assert FIRST_DAY <= item.released_at.date() <= LAST_DAY + timedelta(days=1), item.key
        assert item.released_at.weekday() < 5, item.key
        assert 8 <= item.released_at.hour < 18, item.key


def test_every_policy_has_its_interpretation_and_every_link_leads_somewhere(sample):
    keys = {item.key for item in sample.items}
    interpreted = {key for item in sample.items for key in item.links.get("documents", ())}

    assert {item.key for item in sample.items if item.kind == "policy"} == interpreted
    assert {key for item in sample.items for chosen in item.links.values() for key in chosen} <= keys


def test_documents_are_written_in_full(sample):
    documents = [item for item in sample.items if item.kind == "policy"]

    assert len(documents) >= 100
    assert min(markup.length(item.body) for item in documents) > 650
    assert {item.values["validity"] for item in documents} == {"valid", "amended", "repealed"}


def test_there_is_enough_to_read_on_every_website(sample):
    news = Counter(item.website for item in sample.items if item.kind == "news")

    assert news["portal"] >= 120
    assert min(news.values()) >= 25


def test_the_text_keeps_the_norms_of_official_writing(sample):
    for item in sample.items:
        text = text_of(item)
        assert not LOREM.search(text), (item.key, LOREM.search(text))
        assert not HALF_WIDTH.search(text), (item.key, HALF_WIDTH.search(text))
        assert not REAL_PLACES.search(text), (item.key, REAL_PLACES.search(text))


def test_only_fictional_telephone_numbers(sample):
    numbers = {number for item in sample.items for number in re.findall(r"0\d{2,3}-\d{7,8}", text_of(item))}

    assert all(number.startswith("0899-000") for number in numbers)


def test_items_can_be_filled_up_for_benchmarks():
    counts = Counter(item.website for item in city(6, items_per_site=200).items)

    assert set(counts.values()) <= {200, 200 + 4}  # the portal's topics come on top


def test_the_whole_cluster_is_made_in_a_moment():
    began = time.process_time()

    city(150)

    assert time.process_time() - began < 3
