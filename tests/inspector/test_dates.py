import datetime as dt

import pytest

from jiyue.inspector import dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发布日期：2021-03-05 09:30", "2021-03-05T09:30"),
        ("2021年3月5日09:30", "2021-03-05T09:30"),
        ("2021/3/5", "2021-03-05T00:00"),
        ("2021.03.05", "2021-03-05T00:00"),
        ("时间 2021-03-05 09∶30∶15", "2021-03-05T09:30"),
        ("２０２１年０３月０５日　０９：３０", "2021-03-05T09:30"),
        ("2021-03-05T09:30:00", "2021-03-05T09:30"),
        ("2021-03-05-09:30:00", "2021-03-05T09:30"),
        ("2021年3月5日 星期五 9:30", "2021-03-05T09:30"),
        ("1953-01-02 之后 2020-01-02", "2020-01-02T00:00"),
        ("2021-02-30", None),
        ("2021-13-01", None),
        ("编号20210305", None),
        ("", None),
    ],
)
def test_dates_as_pages_write_them(text, expected):
    found = dates.found_in(text)

    assert (found.isoformat()[:16] if found else None) == expected


def test_dates_are_beijing_time():
    assert dates.found_in("2021-03-05").utcoffset() == dt.timedelta(hours=8)


@pytest.mark.parametrize(
    "address",
    [
        "/art/2021/3/05/art_1_2.html",
        "/xwdt/202103/t20210305_123.html",
        "/local/2021-03/05/c_1.htm",
        "/n1/2021/0305/c1-2.html",
    ],
)
def test_the_address_of_a_page_tells_its_day(address):
    assert dates.in_address(f"http://www.yunzhou.example{address}").date() == dt.date(2021, 3, 5)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("二〇一一年十一月二十五日", dt.date(2011, 11, 25)),
        ("二○○六年十月三十日", dt.date(2006, 10, 30)),
        ("2017年6月28日　", dt.date(2017, 6, 28)),
        ("（2017年6月28日）", dt.date(2017, 6, 28)),
    ],
)
def test_the_date_under_a_signature(line, day):
    assert dates.alone_in(line).date() == day


def test_a_date_inside_a_sentence_is_no_signature():
    assert dates.alone_in("本办法自2017年6月28日起施行，有效期五年。") is None


def test_eight_figures_are_a_date_when_they_can_be():
    assert dates.compact_in("简报20230731").date() == dt.date(2023, 7, 31)
    assert dates.compact_in("编号20239931") is None
