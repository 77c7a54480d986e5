"""Sweeps over every address and every parser: forged requests, pages that call out, sessions in caches, CSV, bytes."""

import contextlib
import random
import re
import time
from pathlib import Path

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from selectolax.lexbor import LexborHTMLParser

from jiyue.common.errors import Refused
from jiyue.common.spreadsheets import cell
from jiyue.inspector.charset import decode
from jiyue.inspector.dates import found_in
from jiyue.library.uploads import checked_attachment, checked_picture
from tests.assurance.vectors import hostile
from tests.content.pages_kit import many, policy, rendered
from tests.library.hostile_files import DANGEROUS, HARMLESS, picture


CODE = Path(__file__).parent.parent.parent / "jiyue"
LOADS = {"script": "src", "img": "src", "iframe": "src", "link": "href", "video": "src", "audio": "src", "source": "src", "object": "data", "embed": "src", "form": "action"}  # fmt: skip


def _patterns(resolver, namespace=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield f"{namespace}{entry.name}", entry
        else:
            yield from _patterns(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)


def addresses():
    """Every named address of the resolver, with numbers and words for its arguments."""
    for name, entry in _patterns(get_resolver()):
        converters = entry.pattern.converters
        given = {key: 1 if type(converter).__name__ == "IntConverter" else "x" for key, converter in converters.items()}
        try:
            yield name, reverse(name, kwargs=given)
        except NoReverseMatch:
            continue


@pytest.mark.promise("input", "没有令牌的改动请求在任何地址都不被接受", "全部地址 × POST/PUT/PATCH/DELETE，0 次成功")
def test_no_address_takes_a_forged_request(cluster, measured):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(cluster.editor)
    tried, taken = 0, []
    for name, address in addresses():
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(client, method)(address, HTTP_ORIGIN="https://evil.example")
            tried += 1
            if answer.status_code < 400 and "/login" not in answer.headers.get("Location", ""):
                taken.append(f"{method} {name} {answer.status_code}")
    measured(请求=tried, 接受=len(taken))

    assert taken == []


@pytest.mark.promise(
    "input", "任何公开页面都不从别的主机加载东西", "渲染出的每一页：脚本、样式、图片、框架、表单只在本站"
)
def test_no_public_page_loads_from_another_host(cluster, measured):
    many(cluster, 25)
    policy(cluster)
    foreign, pages = [], 0
    for website in (cluster.portal, cluster.site, cluster.other_site):
        for path, made in rendered(website).items():
            if not path.endswith(("/", ".html")):
                continue
            pages += 1
            text = made.body.decode()
            for node in LexborHTMLParser(text).root.traverse(include_text=False):
                address = node.attributes.get(LOADS.get(node.tag, ""), "") or ""
                canonical = node.tag == "link" and node.attributes.get("rel") in {"canonical", "alternate"}
                if not canonical and re.match(r"(?:[a-z]+:)?//", address):
                    foreign.append(f"{path} {node.html[:200]}")
                if "style" in node.attributes or any(name.startswith("on") for name in node.attributes):
                    foreign.append(f"inline {path} {node.html[:200]}")
    measured(页面=pages, 外部=len(foreign))

    assert foreign[:5] == []


@pytest.mark.promise(
    "input", "公开地址的答复不带会话，不因登录而异", "登录与否：无 Set-Cookie、无 Vary: Cookie、字节相同"
)
def test_no_public_answer_knows_who_asks(cluster, measured):
    cluster.published("全市中小学秋季开学")
    known, unknown = Client(), Client()
    known.force_login(cluster.editor)
    checked = 0
    for path in ("/search?q=开学", "/search.json?q=开学", "/search?q=", "/-/healthz"):
        answers = [client.get(path, HTTP_HOST="jyj.localhost") for client in (known, unknown)]
        for answer in answers:
            checked += 1
            assert not answer.cookies
            assert "cookie" not in answer.headers.get("Vary", "").lower()
        bodies = [
            re.sub(rb'"?took_ms"?\D+\d+|\d+ ?(ms|\xe6\xaf\xab\xe7\xa7\x92)', b"", answer.content) for answer in answers
        ]
        assert bodies[0] == bodies[1]
    measured(答复=checked)


@pytest.mark.promise("input", "登录后的去向不出本站", "next= 的各种写法，0 次跳到别处")
def test_login_leads_nowhere_else(cluster, measured):
    led = []
    targets = ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "http:evil.example", "javascript:alert(1)", "///evil.example", "https:///evil.example", "/%09/evil.example", "\t//evil.example", "https://testserver@evil.example/"]  # fmt: skip
    for target in targets:
        client = Client()
        answer = client.post(
            reverse("wagtailadmin_login"),
            {"username": "editor", "password": "yunzhou-2026-demo", "next": target},
            query_params={"next": target},
        )
        location = answer.headers.get("Location", "")
        if location and not re.match(r"/(?![/\\])", location):
            led.append(location)
    measured(写法=len(targets), 外跳=len(led))

    assert led == []


@pytest.mark.promise("input", "导出的表格里没有会运行的公式", "任意文字写入单元格都不以公式符号开头；CSV 只有一个出口")
def test_no_cell_is_a_formula_and_there_is_one_exporter(size, measured):
    chance = random.Random(5)
    starts = [
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        "＝",
        "＋",
        "－",
        "＠",
        " =",
        "\u200b=",
        "\ufeff=",
        "\xa0=",
        "\x00=",
        "'=",
        "|",
        "%",
    ]
    count = size(20_000, 1_000_000)
    for _ in range(count):
        text = "".join(chance.choices(starts, k=chance.randint(1, 3))) + 'HYPERLINK("http://evil","x")'
        written = cell(text)
        assert written.startswith("'") or re.match(r"[^\t\r\n\x00=+\-@＝＋－＠]", written), repr(written)
    elsewhere = [
        str(path.relative_to(CODE))
        for path in CODE.rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)|from csv import|openpyxl|xlsxwriter", path.read_text(encoding="utf-8"))
        and path.name != "spreadsheets.py"
    ]
    measured(单元格=count)

    assert elsewhere == []


def _damaged(data: bytes, chance: random.Random) -> bytes:
    body = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(body) + 1)
        body[at : at + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 4))
    return bytes(body[: chance.randint(len(body) // 2, len(body))] if chance.random() < 0.3 else body)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")  # our own limit is lower and comes next
@pytest.mark.promise(
    "input", "损坏的文件不使解析程序崩溃或变慢", "各种格式的任意损坏：只有拒绝，没有异常，0 次超过 2 秒"
)
def test_damaged_bytes_crash_no_parser(size, measured):
    chance = random.Random(11)
    files = {**HARMLESS, **{name: data for name, data in DANGEROUS.items() if len(data) < 100_000}}
    pictures = {f"a.{kind.lower()}": picture(kind) for kind in ("PNG", "GIF", "WEBP")} | {"a.jpg": picture("JPEG")}
    words = list(hostile(300, 3))
    slowest, count = 0.0, size(3_000, 100_000)
    for number in range(count):
        began = time.perf_counter()
        name = chance.choice([*files, *pictures])
        data = _damaged(files.get(name) or pictures[name], chance)
        with contextlib.suppress(Refused):
            checked_picture(data, name=name) if name in pictures else checked_attachment(data, name=name)
        if number % 5 == 0:
            text = chance.choice(words).encode(chance.choice(("utf-8", "gb18030", "utf-16")), "ignore")
            decode(_damaged(text, chance))
            found_in(_damaged(f"发布时间：2026年9月4日 {chance.random()}".encode(), chance).decode("utf-8", "replace"))
        slowest = max(slowest, time.perf_counter() - began)
    measured(损坏文件=count, 最慢毫秒=round(slowest * 1000))

    assert slowest < 2
