"""Bringing old content in, through the actions and through the command."""

import json

import pytest
from django.core.management import CommandError, call_command

from jiyue.accounts.models import AuditEntry
from jiyue.common.errors import Refused
from jiyue.content.models import Announcement, PolicyDocument, Submission
from jiyue.library.models import Attachment, BasePage, Picture, Release
from jiyue.onboarding import actions
from jiyue.onboarding.models import Origin
from jiyue.onboarding.reading import entries_in, read
from tests.onboarding.samples import PARAGRAPHS, SENTENCES, list_page, page, png


pytestmark = pytest.mark.django_db


def document(tmp_path, html=None, name="1.html"):
    (tmp_path / name).write_text(html or page())
    return read(next(entry for entry in entries_in(tmp_path) if entry.path.name == name))


def brought(cluster, document, column="tzgg", source="1.html"):
    return actions.bring_in(document, cluster.column(column), source=source, by=cluster.editor, at=cluster.at)


def run(tmp_path, cluster, *options, column="tzgg"):
    report = tmp_path.parent / "report.json"
    call_command("import", str(tmp_path), "--website", "jyj", "--column", column, "--json", str(report), *options)
    return json.loads(report.read_text())


def test_a_page_becomes_a_draft_that_keeps_its_first_publication(cluster, tmp_path):
    item = brought(cluster, document(tmp_path)).item

    assert isinstance(item, Announcement)
    assert item.title == "青溪镇供水管网改造停水通告"
    assert item.originally_published_at.isoformat()[:16] == "2021-03-05T09:30"
    assert (item.live, item.source) == (False, "云州市水利局")
    assert SENTENCES[0] in str(item.body)
    assert not Release.objects.filter(item=item.pk).exists()
    assert AuditEntry.objects.filter(action="onboarding.bring_in", target_id=str(item.pk)).exists()


@pytest.mark.clause("S-2.3a")
def test_what_was_imported_is_published_with_the_old_date(cluster, tmp_path, settings):
    settings.DEMO = True
    item = brought(cluster, document(tmp_path)).item

    actions.approve_in_demo(item, by=cluster.editor, at=cluster.at)

    release = Release.objects.get(item=item.pk)
    submission = Submission.objects.get(page=item.pk)
    assert release.released_at.isoformat()[:10] == "2021-03-05"
    assert len({submission.author_id, submission.reviewer_id, submission.secrecy_reviewer_id}) == 3


def test_approval_outside_a_demonstration_is_refused(cluster, tmp_path, settings):
    settings.DEMO = False
    item = brought(cluster, document(tmp_path)).item

    with pytest.raises(Refused, match="只有演示环境"):
        actions.approve_in_demo(item, by=cluster.editor, at=cluster.at)


def test_pictures_and_attachments_are_stored_once(cluster, tmp_path):
    (tmp_path / "a.png").write_bytes(png())
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4")
    body = f"<p><img src='a.png' alt='现场'></p>{PARAGRAPHS}<p><img src='a.png'></p><p><a href='b.pdf'>附件：管网图</a></p>"

    item = brought(cluster, document(tmp_path, page(body=body))).item

    assert [block.block_type for block in item.body] == ["image", "text", "image", "text", "file"]
    assert "<a" not in item.body[3].value.source
    assert (Picture.objects.count(), Attachment.objects.count()) == (1, 1)
    assert item.body[0].value["alt"] == "现场"
    assert Picture.objects.get().unit == cluster.bureau


@pytest.mark.parametrize(
    ("name", "data"), [("a.png", b"<svg onload='x'/>"), ("b.pdf", b"MZ executable"), ("b.exe.pdf", b"")]
)
def test_files_that_are_not_what_they_claim_stay_out_and_are_named(cluster, tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    body = f"<p><img src='a.png'></p>{PARAGRAPHS}<p><a href='{name}'>附件</a></p>"

    taken = brought(cluster, document(tmp_path, page(body=body)))

    assert [block.block_type for block in taken.item.body] == ["text"]
    assert any("未带入" in note for note in taken.notes)


def test_the_same_text_comes_in_once(cluster, tmp_path):
    brought(cluster, document(tmp_path))

    with pytest.raises(actions.Duplicate, match=r"1\.html"):
        brought(cluster, document(tmp_path, page(below="<p>另一个页脚</p>"), "2.html"))


def test_the_same_title_and_day_with_another_text_is_doubted(cluster, tmp_path):
    brought(cluster, document(tmp_path))

    taken = brought(
        cluster, document(tmp_path, page(body=PARAGRAPHS + "<p>　　补充：下周三恢复供水，请相互转告。</p>"), "2.html")
    )

    assert any("可能重复" in doubt for doubt in taken.doubts)


def test_a_title_already_written_here_is_doubted(cluster, tmp_path):
    cluster.draft("青溪镇供水管网改造停水通告")

    assert any("同名" in doubt for doubt in brought(cluster, document(tmp_path)).doubts)


def test_a_date_in_the_future_is_not_believed(cluster, tmp_path):
    taken = brought(cluster, document(tmp_path, page(info="<span>发布日期：2099-01-01</span>")))

    assert taken.item.originally_published_at is None
    assert any("将来" in doubt for doubt in taken.doubts)


def test_a_policy_column_takes_policy_documents_with_their_metadata(cluster, tmp_path):
    title = "云州市教育局办公室关于做好校车安全工作的通知"
    body = f"<p align=center>云教办发[2021]07号</p>{PARAGRAPHS}<p align=right>2021年3月4日</p>"

    item = brought(cluster, document(tmp_path, page(body=body, title=title)), column="zcwj").item

    assert isinstance(item, PolicyDocument)
    assert (item.doc_number, item.issuer, item.genre) == ("云教办发〔2021〕7号", "云州市教育局办公室", "通知")
    assert item.issued_on.isoformat() == "2021-03-04"


def test_a_column_without_texts_is_refused(cluster, tmp_path):
    with pytest.raises(Refused, match="不收文字信息"):
        brought(cluster, document(tmp_path), column="zwgk")


def test_an_outsider_brings_nothing_in(cluster, tmp_path):
    with pytest.raises(Refused, match="信息员"):
        actions.bring_in(document(tmp_path), cluster.column("tzgg"), source="x", by=cluster.outsider, at=cluster.at)


def test_a_broken_file_never_stops_the_rest(cluster, tmp_path):
    (tmp_path / "1.html").write_bytes(b"\x00\xff" * 500)
    (tmp_path / "2.html").write_text(list_page())
    record = json.dumps({"title": "停水通告", "text": "".join(SENTENCES)})
    (tmp_path / "3.jsonl").write_text(f'{{"title":\n{record}\n')
    (tmp_path / "4.html").write_text(page())
    (tmp_path / "5.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / "unused.png").write_bytes(png())

    report = run(tmp_path, cluster)

    assert report["counts"] == {"taken": 2, "duplicate": 0, "refused": 4, "approved": 0, "doubtful": 0}
    assert [line["result"] for line in report["lines"]] == [
        "refused",
        "refused",
        "refused",
        "taken",
        "taken",
        "refused",
    ]
    assert all(line["reason"] for line in report["lines"] if line["result"] == "refused")
    assert report["unused"] == [str(tmp_path / "unused.png")]


def test_a_second_run_takes_nothing_again(cluster, tmp_path):
    (tmp_path / "1.html").write_text(page())
    run(tmp_path, cluster)

    assert run(tmp_path, cluster)["counts"]["duplicate"] == 1
    assert Origin.objects.count() == 1


def test_in_a_demonstration_the_undoubted_go_through_the_chain(cluster, tmp_path, settings):
    settings.DEMO = True
    (tmp_path / "1.html").write_text(page())
    (tmp_path / "2.html").write_text(page(title="另一则通告", body=PARAGRAPHS + "<p>【1】【2】</p>"))

    report = run(tmp_path, cluster, "--approve-in-demo")

    assert [line["approved"] for line in report["lines"]] == [True, False]
    assert Release.objects.items().count() == 1


def test_the_report_is_shown(cluster, tmp_path, capsys):
    (tmp_path / "2.html").write_text(list_page())

    run(tmp_path, cluster)

    shown = capsys.readouterr().out
    assert "未迁入 1 条" in shown
    assert "列表" in shown


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"website": "nowhere"}, "没有代码"),
        ({"column": "nowhere"}, "可用的栏目"),
        ({"column": "zwgk"}, "不收文字信息"),
        ({"by": "nobody"}, "没有用户"),
        ({"approve_in_demo": True}, "只能在演示环境使用"),
        ({"path": "/nowhere"}, "没有这个文件"),
    ],
)
def test_wrong_options_are_answered_in_words(cluster, tmp_path, settings, options, said):
    settings.DEMO = False
    given = {"path": str(tmp_path), "website": "jyj", "column": "tzgg", "by": "", **options}

    with pytest.raises(CommandError, match=said):
        call_command("import", given.pop("path"), **given)
    assert not BasePage.objects.filter(origin__isnull=False).exists()
