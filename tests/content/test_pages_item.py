import datetime as dt

import pytest

from jiyue.common import pages
from jiyue.content.models import Announcement, Interpretation, OutsideLink, PolicyDocument, Topic, UnitProfile, Video
from jiyue.content.pages.body import body_html, contents_of
from jiyue.content.pages.item import headline, size_text
from jiyue.library import actions as library
from jiyue.library.models import Release
from tests.content.pages_kit import html, metas, page, policy, straight, structured


def test_content_page_carries_the_required_tags_in_the_required_form(cluster):
    release = cluster.published("全市中小学秋季开学")

    tags = dict(metas(html(cluster.site, release.address)))

    assert tags["ArticleTitle"] == "全市中小学秋季开学"
    assert tags["PubDate"] == "2026-09-04 16:00"
    assert tags["ContentSource"] == "市教育局"
    assert tags["ColumnName"] == "工作动态"


def test_no_tag_stands_twice_or_empty_on_a_content_page(cluster):
    release = cluster.published("全市中小学秋季开学")

    found = [(name, value) for name, value in metas(html(cluster.site, release.address)) if name != "SiteIDCode"]

    assert len({name for name, _ in found}) == len(found)
    assert [name for name, value in found if not value] == []


def test_page_shows_time_source_address_and_code(cluster):
    text = html(cluster.site, cluster.published("全市中小学秋季开学").address)

    assert "2026-09-04 16:00" in text
    assert "来源：市教育局" in text
    assert "手机打开当前页" in text
    assert "/report.html?url=http%3A%2F%2Fjyj.localhost" in text


def test_title_is_escaped_everywhere(cluster):
    release = cluster.published("<script>alert(1)</script>关于“&”的通知")

    text = html(cluster.site, release.address)

    assert "<script>alert" not in text
    assert structured(text)["headline"] == "<script>alert(1)</script>关于“&”的通知"


def test_page_depends_on_its_item_and_its_frame_only(cluster):
    release = cluster.published("全市中小学秋季开学")

    keys = page(cluster.site, release.address).keys

    assert {f"item:{release.item_id}", f"frame:{cluster.site.pk}"} <= keys
    assert f"column:{release.column_id}" not in keys


def test_withdrawn_page_answers_gone_with_its_reason(cluster):
    release = cluster.published("全市中小学秋季开学")
    library.withdraw(release.item, by=None, at=cluster.at, reason="信息有误，已另行发布")

    made = page(cluster.site, release.address)

    assert made.status == 410
    assert "信息有误，已另行发布" in made.body.decode()
    assert "今天上午" not in made.body.decode()


def test_policy_has_the_header_table(cluster):
    text = html(cluster.site, policy(cluster).address)

    for label in ("索引号", "主题分类", "发文机关", "成文日期", "标题", "发文字号", "发布日期", "有效性", "施行日期"):
        assert f'<th scope="row">{label}</th>' in text
    assert "2026年6月1日" in text
    assert structured(text)["legislationIdentifier"] == "云教发〔2026〕8号"


def test_repealed_policy_says_so_and_names_its_successor(cluster):
    new = policy(cluster, "云州市教育局关于规范招生工作的新通知", doc_number="云教发〔2026〕9号")
    document = PolicyDocument.objects.get(pk=new.item_id)
    old = policy(cluster, doc_number="云教发〔2019〕3号", validity="repealed", replaced_by=document)

    text = html(cluster.site, old.address)

    assert 'class="stamp"' in text
    assert "已废止" in text
    assert f'href="{new.address}"' in text
    assert old.address in html(cluster.site, new.address)


@pytest.mark.clause("J-1.3c")
def test_policy_and_interpretation_lead_to_each_other(cluster):
    document = policy(cluster)
    reading = cluster.published(
        "一图读懂",
        model=Interpretation,
        column="zcjd",
        form="chart",
        documents=[PolicyDocument.objects.get(pk=document.item_id)],
    )

    assert reading.address in html(cluster.site, document.address)
    assert document.address in html(cluster.site, reading.address)
    assert "本解读对应政策" in html(cluster.site, reading.address)
    assert f"item:{reading.item_id}" in page(cluster.site, document.address).keys


def test_withdrawn_interpretation_leaves_the_policy_page(cluster):
    document = policy(cluster)
    reading = cluster.published(
        "一图读懂",
        model=Interpretation,
        column="zcjd",
        form="chart",
        documents=[PolicyDocument.objects.get(pk=document.item_id)],
    )
    library.withdraw(reading.item, by=None, at=cluster.at, reason="有误")

    assert reading.address not in html(cluster.site, document.address)


def test_link_page_says_where_it_leads(cluster):
    release = straight(
        OutsideLink(title="报名", source="市教育局", url="https://join.example.org/a"),
        cluster.column("tzgg"),
        cluster.at,
    )

    text = html(cluster.site, release.address)

    assert "即将离开" in text
    assert "join.example.org" in text
    assert release.address in html(cluster.site, "/zwgk/tzgg/")


def test_link_to_another_government_website_needs_no_warning(cluster):
    straight(
        OutsideLink(title="国务院文件", source="中国政府网", url="https://www.gov.cn/zhengce/"),
        cluster.column("tzgg"),
        cluster.at,
    )

    assert 'href="https://www.gov.cn/zhengce/"' in html(cluster.site, "/zwgk/tzgg/")


@pytest.mark.clause("C-2.1.1a")
def test_profile_shows_how_to_reach_the_unit(cluster):
    item = UnitProfile(
        title="云州市教育局",
        source="市教育局",
        functions="<p>主管教育。</p>",
        address="文昌路8号",
        hours="工作日",
        phone="0899-0000008",
    )

    text = html(cluster.site, straight(item, cluster.column("jggk"), cluster.at).address)

    assert "文昌路8号" in text
    assert "0899-0000008" in text
    assert "传真" not in text


def test_video_page_has_its_words(cluster):
    item = Video(title="三分钟", source="市教育局", transcript="第一句。\n第二句。")

    text = html(cluster.site, straight(item, cluster.column(), cluster.at).address)

    assert "<p>第二句。</p>" in text


def test_topic_that_ended_is_marked_as_archived(cluster):
    topic = Topic(title="防汛", source="办公室", starts_on=dt.date(2020, 6, 1), ends_on=dt.date(2020, 10, 1))

    assert "已归档" in html(cluster.site, straight(topic, cluster.column("ztzl"), cluster.at).address)


def test_a_batch_costs_the_same_queries_as_one_page(cluster, django_assert_num_queries):
    targets = [_target(cluster, cluster.published(f"第{n}条").item_id) for n in range(3)]
    with django_assert_num_queries(5):
        list(pages.render(cluster.site.pk, "item", targets[:1]))

    with django_assert_num_queries(5):
        list(pages.render(cluster.site.pk, "item", targets))


def test_target_that_does_not_exist_is_not_rendered(cluster):
    assert (
        list(pages.render(cluster.site.pk, "item", [pages.Target(cluster.site.pk, "/x.html", "item", "999999")])) == []
    )


def test_attachments_stand_below_the_text_with_size(cluster):
    release = cluster.published("关于报名的通知", model=Announcement, column="tzgg")
    files = [{"title": "报名表", "path": "/m/ab/cd.docx", "size": 40960, "ext": "docx"}]
    Release.objects.filter(pk=release.pk).update(facts={"attachments": files})

    text = html(cluster.site, release.address)

    assert 'href="/m/ab/cd.docx"' in text
    assert "DOCX · 40 KB" in text


def test_headings_of_a_body_follow_the_title_without_gaps():
    assert body_html("<h3>一</h3><h4>二</h4><h3>三</h3><h2>四</h2>") == "<h2>一</h2><h3>二</h3><h2>三</h2><h2>四</h2>"


def test_tables_scroll_in_boxes_of_their_own():
    html = body_html("<table><tr><td>1</td></tr></table><table></table>")

    assert html.count('role="region"') == 2
    assert 'aria-label="表格 2"' in html


def test_contents_come_from_the_numbered_parts():
    body, contents = contents_of(body_html("<p><strong>一、总体要求</strong></p><p>正文。</p><p>二、保障措施</p>"))

    assert [entry["text"] for entry in contents] == ["一、总体要求", "二、保障措施"]
    assert '<p id="s1"><strong>一、总体要求</strong></p>' in body


def test_title_breaks_before_about_and_after_spaces():
    assert headline("市政府关于开会 研究<工作>的通知") == "市政府<wbr>关于开会 <wbr>研究&lt;工作&gt;的通知"


@pytest.mark.parametrize(("size", "text"), [(0, ""), (10, "1 KB"), (40960, "40 KB"), (3 * 1024 * 1024, "3.0 MB")])
def test_sizes_are_readable(size, text):
    assert size_text(size) == text


def _target(cluster, item):
    return next(t for t in pages.targets_of(cluster.site.pk) if t.kind == "item" and t.ref == str(item))
