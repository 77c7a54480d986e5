"""``jiyue check-text`` as it is called: what it prints, how it ends, and that Django stays asleep."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from jiyue.inspector import cli


ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def run(monkeypatch, capsysbinary):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def _run(*arguments, given=b""):
        out, err = io.BytesIO(), io.BytesIO()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out))
        monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(err))
        try:
            status = cli.main(arguments)
        except SystemExit as ended:
            status = ended.code
        sys.stdout.flush()
        sys.stderr.flush()
        return status, out.getvalue().decode(), err.getvalue().decode()

    return _run


WRONG = "第一行\n云州市人民攻府布署工作\n"


def test_a_person_reads_place_excerpt_reason_and_sum(run, tmp_path):
    path = tmp_path / "通知.txt"
    path.write_text(WRONG, encoding="utf-8")

    status, out, err = run(str(path))

    assert (status, err) == (1, "")
    assert f"{path}:2:4: S1 严重 国名、机构和重要提法 [state-013]" in out
    assert "云州市【人民攻府】布署工作" in out
    assert "建议：人民政府" in out
    assert out.endswith("共 2 处：S1 严重 1，S3 差错 1（wording-2026.11）\n")
    assert "\x1b" not in out


def test_nothing_wrong_ends_with_0(run):
    assert run(given="云州市人民政府".encode()) == (0, "没有发现问题（wording-2026.11）\n", "")


def test_json_has_exactly_the_promised_keys(run):
    status, out, _ = run("--json", "-", given=WRONG.encode())

    first = json.loads(out)["findings"][0]
    assert status == 1
    assert (first["offset"], first["length"], first["tier"], first["severity"]) == (7, 4, 1, "S1")
    assert list(first) == ["offset", "length", "rule", "tier", "severity", "suggestion", "reason"]


def test_json_of_nothing(run):
    assert run("--json", given=b"") == (0, '{"findings": []}\n', "")


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_charsets_are_recognised_and_offsets_count_characters(run, charset):
    text = "关于印发工作方案的通知，各单位要认真学习，" * 3 + "𠮷布署"

    _, out, _ = run("--json", given=text.encode(charset))

    (found,) = json.loads(out)["findings"]
    assert (found["rule"], found["offset"]) == ("typo-138", len(text) - 2)


@pytest.mark.parametrize(
    ("arguments", "given", "complaint"),
    [
        (["/nowhere/gone.txt"], b"", "gone.txt"),
        ([], bytes(range(256)) * 20, "不是文本"),
        (["--only", "spelling"], b"", "没有这个类别：spelling"),
        (["--pack", "/nowhere/own.toml"], b"", "own.toml"),
        (["--color"], b"", "--color"),
    ],
)
def test_what_cannot_be_checked_ends_with_2_and_says_why(run, arguments, given, complaint):
    status, out, err = run(*arguments, given=given)

    assert (status, out) == (2, "")
    assert complaint in err
    assert "Traceback" not in err


def test_a_pack_is_added_and_its_bad_row_named(run, tmp_path):
    path = tmp_path / "own.csv"
    head = "id,category,kind,wrong,right,default,severity,guard,trigger,basis,reason\n"
    path.write_text(head + "typo-9001,typo,literal,云洲市,云州市,,,,,,\n", encoding="utf-8")

    status, out, _ = run("--pack", str(path), given="云洲市".encode())
    assert status == 1
    assert "（wording-2026.11、own）" in out

    path.write_text(head + "oops\n", encoding="utf-8")
    status, _, err = run("--pack", str(path), given="云洲市".encode())
    assert status == 2
    assert f"{path}:2: " in err


def test_categories_are_chosen(run):
    _, out, _ = run("--json", "--without", "state,typo,protected", given=WRONG.encode())
    assert json.loads(out)["findings"] == []
    _, out, _ = run("--json", "--only", "typo", given=WRONG.encode())
    assert [each["rule"] for each in json.loads(out)["findings"]] == ["typo-138"]


@pytest.mark.parametrize(("arguments", "lang"), [(["--lang", "en"], "C.UTF-8"), ([], "en_US.UTF-8")])
def test_english_by_option_or_environment(run, monkeypatch, arguments, lang):
    monkeypatch.setenv("LC_ALL", lang)

    _, out, _ = run(*arguments, given=WRONG.encode())

    assert "S1 severe State, organs, fixed phrases [state-013]" in out
    assert out.endswith("2 found: S1 severe 1，S3 error 1 (wording-2026.11)\n")


def test_a_terminal_is_not_obeyed_by_the_text(run):
    _, out, _ = run(given="\x1b[2J布署\x07\r工作".encode())

    assert "\x1b" not in out
    assert "\x07" not in out
    assert "\r" not in out


def test_django_is_not_loaded():
    program = (
        "import sys; sys.argv = ['jiyue', 'check-text', '--json'];\n"
        "from jiyue.cli import main\n"
        "try: main()\n"
        "except SystemExit as ended: print(ended.code, 'django' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        input="布署",
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )

    assert told.stdout.splitlines()[-1] == "1 False"
