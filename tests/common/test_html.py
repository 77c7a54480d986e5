"""The sanitiser: nothing outside its grammar comes out, nothing a reader needs is lost, cleaning twice is cleaning once."""

import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from jiyue.common.html import address_of, clean, clean_table, text_of


def words(text):
    return text.split()


ALLOWED = {
    "p": {"class"},
    "h2": {"class"},
    "h3": {"class"},
    "h4": {"class"},
    "td": {"class", "colspan", "rowspan"},
    "th": {"class", "colspan", "rowspan", "scope"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    **{tag: set() for tag in words("br hr strong em sub sup ul ol li blockquote table caption thead tbody tr")},
}

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='/m/ab/cd.png' onerror=alert(1) style='position:fixed'>",
    "<img src='javascript:alert(1)'>",
    "<img src='/m/../admin/logout'>",
    "<img src='//evil.example/m/ab/cd.png'>",
    "<img src=`/m/a.png` alt='`><script>alert(1)</script>'>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>点我</text></a></svg>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<noembed><img title='</noembed><img src onerror=alert(1)>'></noembed>",
    "<textarea><img title='</textarea><img src onerror=alert(1)>'></textarea>",
    "<title><a href='</title><img src onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src onerror=alert(1)>'></xmp>",
    "<template><script>alert(1)</script></template>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object><embed src=x>",
    "<a href='javascript:alert(1)'>一</a>",
    "<a href='JaVaScRiPt:alert(1)'>一</a>",
    "<a href=' \x01javascript:alert(1)'>一</a>",
    "<a href='java\tscript:alert(1)'>一</a>",
    "<a href='java\nscript:alert(1)'>一</a>",
    "<a href='java&#0000115cript:alert(1)'>一</a>",
    "<a href='&#x6A;avascript&colon;alert(1)'>一</a>",
    "<a href='javascript&#x3A;alert(1)'>一</a>",
    "<a href='\u200bjavascript:alert(1)'>一</a>",
    "<a href='vbscript:msgbox(1)'>一</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>一</a>",
    "<a href='view-source:javascript:1'>一</a>",
    "<a href='feed:javascript:alert(1)'>一</a>",
    "<a href='//evil.example\\@gov.example/'>一</a>",
    "<a href='https://gov.example@evil.example/'>一</a>",
    "<a href='http:///x'>一</a><a href='http://[::1'>一</a>",
    "<a href='/ok\" onmouseover=\"alert(1)'>一</a>",
    "<p onclick=alert(1) style='background:url(javascript:1)' class='center evil'>一</p>",
    "<p style='behavior:url(x);text-align:center'>一</p>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='https://evil.example/'><a href='x'>一</a>",
    "<link rel=stylesheet href=x><style>@import 'x';</style>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![endif]--><img src=x onerror=alert(1)>",
    "<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<table><td background='javascript:1' colspan='999999999999' onclick=x>一</td><td rowspan='-1'>二</td></table>",
    "<table><caption><script>alert(1)</script>题</caption><tr><th scope='x onclick=1'>甲<td>乙</table>",
    "<p><table><p></table><a href='/1'><table><a href='/2'></table>",
    "<b><p><b><i><p></b></i></p></b>",
    "<a href='/1'><a href='/2'><div><a href='/3'>一</a></div></a>",
    "<ul><table><li><tr><ul></table><li>",
    "<select><option><img src=x onerror=alert(1)></select>",
    "<button formaction='javascript:alert(1)'>一</button><input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>一</details><video><source onerror=alert(1)></video>",
    "<plaintext><img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    "\ufeff<p>\u202e反向\u202c\u200b</p>\ud800",
    "<p>一\x00<scr\x00ipt>alert(1)</scr\x00ipt></p>",
    "<ruby>集<rp>(</rp><rt onclick=1>jí</rt><rp>)</rp></ruby>",
]


def escapes(html: str) -> list[str]:
    """What the output holds that the grammar does not know."""
    found = []
    body = LexborHTMLParser(f"<body>{html}").body
    for node in body.traverse(include_text=False):
        if node.tag == "body":
            continue
        if node.tag not in ALLOWED or set(node.attributes) - ALLOWED[node.tag]:
            found.append(node.html)
        if node.attributes.get("class", "center") not in {"center", "right"}:
            found.append(node.html)
        if re.match(r"\s*(?:javascript|data|vbscript)\s*:", node.attributes.get("href") or "", re.IGNORECASE):
            found.append(node.html)
        if not (node.attributes.get("src") or "/m/").startswith("/m/"):
            found.append(node.html)
    return found


@pytest.mark.parametrize("html", HOSTILE)
def test_hostile_markup_leaves_nothing_outside_the_grammar(html):
    cleaned = clean(html)

    assert escapes(cleaned) == []
    assert clean(cleaned) == cleaned
    assert escapes(clean_table(html)) == []


FRAGMENTS = st.sampled_from(
    [
        *HOSTILE,
        *words(
            "<p> </p> <b> </b> <i> <a href='/x'> </a> <table> <tr> <td> <th> </table> <caption> <ul> <ol> <li> </ul> <h1> <h3> </h3>"
        ),
        *words(
            "<blockquote> </blockquote> <div align=center> </div> <br> <hr> <sup> <sub> <pre> <font> <center> <svg> <math> <style>"
        ),
        *words("<!-- --> ]]> <![CDATA[ </ < > & &amp; &#60; \" ' ` <form> <mglyph> <annotation-xml> <desc> <tbody>"),
        "　　",
        "\xa0\xa0\xa0\xa0",
        "\n",
        " ",
        "中文",
        "word",
        "<img src='/m/ab/cd.png'>",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(FRAGMENTS, max_size=14).map("".join))
@example("<li>a<ul><li><p>b</p><br></li></ul>c")
@example("<td>x<table><td>y")
@example("<b> <br> </b><p> </p>")
def test_cleaning_any_soup_keeps_to_the_grammar_and_settles(html):
    cleaned = clean(html)
    table = clean_table(html)

    assert escapes(cleaned + table) == []
    assert clean(cleaned) == cleaned
    assert clean_table(table) == table


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_plain_characters_never_become_markup(text):
    cleaned = clean(text.replace("<", "&lt;"))

    assert escapes(cleaned) == []
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 60_000,
        "<b>x" * 20_000,
        "<table><tr><td>" * 3_000,
        "<ul><li>" * 20_000,
        "<p " * 50_000,
        "<" * 100_000,
    ],
)
def test_pathological_input_is_answered_at_once(html):
    started = time.perf_counter()

    assert escapes(clean(html)) == []
    assert time.perf_counter() - started < 5


def test_headings_fit_below_the_title_of_the_page():
    assert clean("<h1>一、总则</h1><h5>细目</h5>") == "<h2>一、总则</h2><h4>细目</h4>"


def test_paragraph_indents_and_empty_paragraphs_go():
    assert clean("<p>　　第一条&nbsp;</p><p>&nbsp;</p><p><br></p><p><b> </b></p>") == "<p>第一条</p>"


def test_loose_text_and_divisions_become_paragraphs():
    assert clean("开头<div>甲<div>乙</div>丙</div>") == "<p>开头</p><p>甲</p><p>乙</p><p>丙</p>"


def test_breaks_before_an_indent_begin_a_paragraph():
    html = "<div>　　第一段。<br>　　第二段，<br>同一段。<br><br>第三段。</div>"

    assert clean(html) == "<p>第一段。</p><p>第二段，<br>同一段。</p><p>第三段。</p>"


def test_alignment_of_titles_and_signatures_survives_as_a_class():
    html = "<center>标题</center><p style='text-align:right'>云州市人民政府</p><p align='justify'>正文</p>"

    assert clean(html) == '<p class="center">标题</p><p class="right">云州市人民政府</p><p>正文</p>'


def test_marks_are_named_merged_and_never_nested_in_themselves():
    html = "<b>甲</b><strong>乙<b>丙</b></strong><i>丁</i> m<sup>2</sup>"

    assert clean(html) == "<p><strong>甲乙丙</strong><em>丁</em> m<sup>2</sup></p>"


def test_marks_around_blocks_move_inside():
    assert clean("<b><p>甲</p><p>乙</p></b>") == "<p><strong>甲</strong></p><p><strong>乙</strong></p>"


@pytest.mark.parametrize(
    ("given_address", "kept"),
    [
        ("https://www.gov.example/a?x=1&y=2", "https://www.gov.example/a?x=1&y=2"),
        ("//www.gov.example/a", "https://www.gov.example/a"),
        ("../附件 1.doc", "../附件%201.doc"),
        ("mailto:office@yunzhou.example", "mailto:office@yunzhou.example"),
        ("mailto:x?body=javascript", None),
        ("#top", None),
        ("ftp://host/file", None),
        ("附件:1.doc", None),
        (None, None),
    ],
)
def test_link_addresses(given_address, kept):
    assert address_of(given_address) == kept


def test_images_are_kept_only_from_our_own_store():
    html = (
        "<p><img src='/m/ab/abcd.jpg' alt='会场 \"一\"' width=600 height='x'><img src='https://old.example/a.jpg'></p>"
    )

    assert clean(html) == '<p><img src="/m/ab/abcd.jpg" alt="会场 &quot;一&quot;" width="600"></p>'


def test_a_table_of_data_keeps_its_structure():
    html = (
        "<table border=1 style='mso-x:y'><caption>经费</caption><colgroup><col></colgroup><thead><tr><th scope=col>项目</th>"
        "<th>金额</th></tr></thead><tr><td rowspan=2 align=center><p>办公</p></td><td colspan=1>1</td></tr><tr><td>2</td></tr></table>"
    )

    assert clean(html) == clean_table(html)
    assert clean(html) == (
        '<table><caption>经费</caption><thead><tr><th scope="col">项目</th><th>金额</th></tr></thead>'
        '<tbody><tr><td rowspan="2" class="center">办公</td><td>1</td></tr><tr><td>2</td></tr></tbody></table>'
    )


def test_a_table_that_only_arranges_the_page_gives_up_its_content():
    html = "<table><tr><td><p>正文</p><table><tr><td>甲</td><td>乙</td></tr></table></td></tr></table>"

    assert clean(html) == "<p>正文</p><table><tbody><tr><td>甲</td><td>乙</td></tr></tbody></table>"


def test_lists_keep_their_levels():
    html = "<ul><li>甲<ul><li>乙</li></ul></li><ol><li>丙</li></ol><li><p>丁</p><p>戊</p></li></ul>"

    assert clean(html) == "<ul><li>甲<ul><li>乙</li></ul><ol><li>丙</li></ol></li><li>丁<br>戊</li></ul>"


def test_hidden_text_does_not_come_back_to_light():
    assert clean("<p>甲<span style='display: none'>彩票</span><i hidden>乙</i></p>") == "<p>甲</p>"


def test_clean_table_answers_nothing_without_a_table():
    assert clean_table("<p>无表</p>") == ""


def test_plain_text_has_a_line_for_a_paragraph_and_tabs_for_cells():
    html = "<h2>一、总则</h2><p>甲 &lt; 乙<br>丙</p><ul><li>丁</li></ul><table><tr><td>1</td><td><p>2</p></td></tr></table>"

    assert text_of(html) == "一、总则\n甲 < 乙\n丙\n丁\n1\t2"


def test_plain_text_never_holds_code():
    assert text_of("<style>p{}</style><script>x</script><p>正文</p>") == "正文"
