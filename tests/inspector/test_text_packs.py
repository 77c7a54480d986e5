"""The format of rule packs: the shipped one keeps it, and a bad row is named by file and line."""

import pytest

from jiyue.inspector.text import Checker
from jiyue.inspector.text.loading import PackError, load, shipped
from jiyue.inspector.text.packs import Default


HEAD = "id,category,kind,wrong,right,default,severity,guard,trigger,basis,reason\n"


def table(folder, *rows, head=HEAD):
    path = folder / "own.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_the_shipped_pack_is_complete():
    pack = shipped()

    assert pack.label == "wording-2026.11"
    assert len(pack.rules) > 500
    assert len(pack.terms) >= 60
    assert {rule.category.code for rule in pack.rules} <= pack.categories.keys()


def test_what_must_not_be_in_it_is_not():
    words = {rule.wrong for rule in shipped().rules}

    assert words.isdisjoint({"以既", "以极", "谐调"})


def test_no_rule_of_the_shipped_pack_fires_on_its_own_correction():
    checker = Checker([shipped()], without=["document-form", "punctuation"])
    fired = [
        (rule.wrong, rule.right)
        for rule in shipped().rules
        if not rule.is_pattern and rule.right and rule.default is Default.ON
        for finding in checker.check(rule.right)
        if finding.rule != "protected"
    ]

    assert fired == []


def test_every_rule_that_is_on_fires_on_its_own_word():
    checker = Checker([shipped()])
    silent = [
        rule.wrong
        for rule in shipped().rules
        if not rule.is_pattern
        and not rule.guard
        and rule.default is Default.ON
        and not checker.check(f"（{rule.wrong}）")
    ]

    assert silent == []


def test_one_table_is_a_pack(tmp_path):
    pack = load(table(tmp_path, "typo-9001,typo,literal,云洲市,云州市,,,,,,"))

    (found,) = Checker([shipped(), pack]).check("云洲市人民政府")

    assert (found.rule, found.suggestion) == ("typo-9001", "云州市")


def test_a_later_pack_switches_a_rule_off(tmp_path):
    pack = load(table(tmp_path, "typo-138,typo,literal,布署,部署,off,,,,,"))

    assert Checker([shipped()]).check("布署工作")
    assert Checker([shipped(), pack]).check("布署工作") == []


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("typo-1,typo,literal,云洲,云州,,,,,", "11 列"),
        ("typo-1,nothing,literal,云洲,云州,,,,,,", "没有这个类别"),
        ("typo-1,typo,magic,云洲,云州,,,,,,", "kind"),
        ("typo-1,typo,literal,云,云州,,,,,,", "2 到 64"),
        ("typo-1,typo,literal, 云洲,云州,,,,,,", "2 到 64"),
        ("typo-1,typo,literal,云州,云州,,,,,,", "相同"),
        ("typo-1,typo,literal,云洲,云州,maybe,,,,,", "maybe"),
        ("typo-1,typo,literal,云洲,云州,,S9,,,,", "S9"),
        ("typo-1,typo,literal,云洲,云州,,,(,,,", "unterminated"),
        ("Typo 1,typo,literal,云洲,云州,,,,,,", "编号"),
        ("typo-1,typo,regex,云(洲,云州,,,,云,,", "unterminated"),
        ("typo-1,typo,regex,云?,云州,,,,云,,", "空串"),
        ("typo-1,typo,regex,云洲,云州,,,,,,", "触发词"),
        (r"typo-1,typo,regex,云洲,\1,,,,云,,", "分组"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(tmp_path, row, complaint):
    path = table(tmp_path, "typo-0,typo,literal,甲乙,甲丙,,,,,,", row)

    with pytest.raises(PackError) as refused:
        load(path)

    assert str(refused.value).startswith(f"{path}:3: ")
    assert complaint in str(refused.value)


def test_an_id_stands_once(tmp_path):
    path = table(tmp_path, "typo-1,typo,literal,甲乙,甲丙,,,,,,", "typo-1,typo,literal,甲丁,甲丙,,,,,,")

    with pytest.raises(PackError, match="重复"):
        load(path)


@pytest.mark.parametrize(
    ("head", "complaint"),
    [
        ("这不是 TOML", "own.toml"),
        ('name = "own"\nversion = "1"\n', "categories"),
        ('name = "own"\nversion = "1"\n[categories.typo]\ntitle = "错别字"\n', "title_en"),
        (
            'name = "own"\nversion = "1"\nrules = "gone.csv"\n[categories]\n[categories.typo]\ntitle="a"\ntitle_en="a"\nseverity="S3"\nreason="a"\nreason_en="a"\n',
            "gone.csv",
        ),
    ],
)
def test_a_bad_head_is_refused(tmp_path, head, complaint):
    path = tmp_path / "own.toml"
    path.write_text(head, encoding="utf-8")

    with pytest.raises(PackError, match=complaint):
        load(path)


@pytest.mark.parametrize("name", ["gone.csv", "gone.toml"])
def test_a_missing_pack_is_refused(tmp_path, name):
    with pytest.raises(PackError, match=name):
        load(tmp_path / name)


def test_another_table_is_refused(tmp_path):
    path = table(tmp_path, "1,2", head="a,b\n")

    with pytest.raises(PackError, match=r"own\.csv:1: "):
        load(path)
