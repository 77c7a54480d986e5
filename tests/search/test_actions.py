import datetime as dt
import shutil

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, transaction

from jiyue.common.outbox import drain, waiting
from jiyue.library.actions import withdraw
from jiyue.library.models import Release
from jiyue.search.actions import record_search, reindex
from jiyue.search.engine import search_index
from jiyue.search.index import Query
from jiyue.search.models import SearchQuery
from jiyue.search.text import terms_of
from jiyue.websites.actions import put_online, take_offline


@pytest.fixture(autouse=True)
def released_writer(home):
    yield
    search_index().close()


def found(query):
    return [hit.title for hit in search_index().search(Query(terms_of(query))).hits]


def test_a_published_item_is_found(cluster, friday):
    cluster.published("全市中小学秋季开学")
    drain("search", at=friday)

    assert found("秋季开学") == ["全市中小学秋季开学"]
    assert found("如期开学") == ["全市中小学秋季开学"]
    assert waiting("search") == 0


def test_a_draft_is_never_in_the_index(cluster, friday):
    cluster.draft("未经审核的草稿")
    cluster.submitted("正在审核的稿件")
    drain("search", at=friday)
    reindex(at=friday)

    assert found("未经审核") == []
    assert found("正在审核") == []


def test_changes_after_publication_stay_out_until_they_are_reviewed(cluster, friday):
    release = cluster.published("全市中小学秋季开学")
    page = release.item.specific
    page.title = "改过的标题"
    page.save_revision()
    drain("search", at=friday)
    reindex(at=friday)

    assert found("改过的标题") == []
    assert found("秋季开学") == ["全市中小学秋季开学"]


def test_a_withdrawn_item_is_gone(cluster, friday):
    release = cluster.published()
    drain("search", at=friday)
    withdraw(release.item.specific, by=None, at=friday, reason="内容有误")

    drain("search", at=friday)

    assert found("秋季开学") == []


def test_a_website_taken_offline_takes_its_items_along_and_brings_them_back(cluster, friday):
    cluster.published()
    drain("search", at=friday)
    cluster.site.refresh_from_db()
    supervisor = cluster.supervisor

    take_offline(cluster.site, by=_supervisor_of_the_city(cluster, supervisor), at=friday, reason="整改")
    drain("search", at=friday)
    assert found("秋季开学") == []

    cluster.site.refresh_from_db()
    put_online(cluster.site, by=None, at=friday)
    drain("search", at=friday)
    assert found("秋季开学") == ["全市中小学秋季开学"]


def _supervisor_of_the_city(cluster, user):
    from jiyue.accounts.actions import grant
    from jiyue.accounts.roles import Role

    grant(user, Role.SUPERVISOR, cluster.city, by=None, at=cluster.at)
    return type(user).objects.get(pk=user.pk)


def test_reindexing_finds_everything_again_and_asks_again_for_what_changed_meanwhile(cluster, friday):
    release = cluster.published()
    drain("search", at=friday)
    steps = []

    def progress(count):
        steps.append(count)

    assert reindex(at=friday, progress=progress) >= 1
    assert found("秋季开学") == ["全市中小学秋季开学"]
    assert waiting("search") == 0
    assert Release.objects.filter(pk=release.pk).exists()


def test_an_index_whose_folder_was_lost_is_made_whole_with_the_next_change(cluster, friday):
    cluster.published("全市中小学秋季开学")
    drain("search", at=friday)
    search_index().close()
    folder = settings.HOME / "search" / "current"
    shutil.rmtree(folder.resolve())

    cluster.published("学校食堂检查")
    drain("search", at=friday)

    assert found("秋季开学") == ["全市中小学秋季开学"]
    assert found("食堂检查") == ["学校食堂检查"]


def test_what_is_withdrawn_during_a_reindex_goes_through_the_outbox_again(cluster, friday, monkeypatch):
    release = cluster.published()
    drain("search", at=friday)
    index = search_index()
    rebuild = index.rebuild

    def rebuild_and_withdraw(documents, sample):
        count = rebuild(documents, sample)
        withdraw(release.item.specific, by=None, at=friday, reason="内容有误")
        drain("search", at=friday, limit=0)
        return count

    monkeypatch.setattr(index, "rebuild", rebuild_and_withdraw)
    reindex(at=friday)

    drain("search", at=friday)
    assert found("秋季开学") == []


def test_searches_are_counted_per_day_and_word(cluster, friday):
    for at in (friday, friday + dt.timedelta(hours=1), friday + dt.timedelta(days=1)):
        record_search(cluster.site, " 营商环境　政策 ", found=0, at=at)

    rows = SearchQuery.objects.order_by("day").values_list("term", "times", "found")
    assert list(rows) == [("营商环境 政策", 2, 0), ("营商环境 政策", 1, 0)]


def test_words_that_found_nothing_are_listed_by_demand(cluster, friday):
    for term, times, count in (("公积金提取", 3, 0), ("入学", 2, 5), ("医保", 1, 0)):
        for _ in range(times):
            record_search(cluster.site, term, found=count, at=friday)

    assert list(SearchQuery.objects.fruitless().values_list("term", flat=True)) == ["公积金提取", "医保"]


@pytest.mark.parametrize("term", ["", "　", "13800000000", "张三 530102199001011234", "name@example.cn"])
def test_what_looks_personal_or_empty_is_not_kept(cluster, friday, term):
    record_search(cluster.site, term, found=0, at=friday)

    assert not SearchQuery.objects.exists()


def test_a_word_is_kept_once_a_day(cluster, friday):
    values = {"website": cluster.site, "day": friday.date(), "term": "入学", "found": 1}
    SearchQuery.objects.create(**values)

    with pytest.raises(IntegrityError), transaction.atomic():
        SearchQuery.objects.create(**values)


def test_a_counted_word_was_asked_at_least_once(cluster, friday):
    with pytest.raises(IntegrityError), transaction.atomic():
        SearchQuery.objects.create(website=cluster.site, day=friday.date(), term="入学", found=1, times=0)


def test_the_command_says_how_much_it_indexed(cluster, capsys):
    cluster.published()

    call_command("reindex")

    assert "已索引 1 条信息。" in capsys.readouterr().out
    assert found("秋季开学") == ["全市中小学秋季开学"]
