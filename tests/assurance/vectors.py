"""Hostile markup: known ways into a page, and endless mutations of them. Whatever runs calls ``pwned()``."""

import random
from collections.abc import Iterator


CALL = "pwned()"
# Fire by themselves when put into a page without a sanitiser, each of them: the proof that the oracle is alive.
LIVE = [
    f"<img src=x onerror={CALL}>",
    f"<svg><animate onbegin={CALL} attributeName=x dur=1s>",
    f"<details open ontoggle={CALL}>",
    f"<video><source onerror={CALL}></video>",
    f"<audio src=x onerror={CALL}>",
    f"<input autofocus onfocus={CALL}>",
    f"<iframe srcdoc='<script>parent.{CALL}</script>'></iframe>",
    f"<iframe src='javascript:parent.{CALL}'></iframe>",
    f"<img src=x:x onerror={CALL} style='position:fixed'>",
    f"<object data=x onerror={CALL}></object>",
    f"<style onload={CALL}></style>",
    f"<svg><image href=x onerror={CALL}>",
    f"<math><img src=x onerror={CALL}>",
    f"<img srcset='x 1x' onerror={CALL}>",
    f"<picture><source srcset=x><img onerror={CALL}></picture>",
]
# Parsed one way and written another (mXSS), namespaces, raw text, comments; and what runs only while a page is loaded.
CONFUSED = [
    f"<svg onload={CALL}>",
    f"<body onload={CALL}><img/src=x/onerror={CALL}>",
    f"<link rel=stylesheet href=/none.css onerror={CALL}>",
    f"<svg></p><style><a id='</style><img src=1 onerror={CALL}>'>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={CALL}&gt;'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={CALL}>",
    f"<noscript><p title='</noscript><img src=x onerror={CALL}>'>",
    f"<textarea><img title='</textarea><img src onerror={CALL}>'></textarea>",
    f"<title><a href='</title><img src onerror={CALL}>'>",
    f"<xmp><p title='</xmp><img src onerror={CALL}>'></xmp>",
    f"<noembed><img title='</noembed><img src onerror={CALL}>'></noembed>",
    f"<svg><![CDATA[><img src=x onerror={CALL}>]]></svg>",
    f"<!--><img src=x onerror={CALL}>-->",
    f"<!--!><img src=x onerror={CALL}>--!>",
    f"<![endif]--><img src=x onerror={CALL}>",
    f"<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>{CALL}</x:script>",
    f"<math><annotation-xml encoding='text/html'><style><img title='</style><img src onerror={CALL}>'></math>",
    f"<svg><foreignObject><math><mi><mglyph><style><a title='</style><img src onerror={CALL}>'>",
    f"<svg><desc><table><tr><td><style><!--</style><img src onerror={CALL}>--></style>",
    f"<select><template><img src=x onerror={CALL}></template></select>",
    f"<template><img src=x onerror={CALL}></template><template shadowrootmode=open><img src=x onerror={CALL}></template>",
    f"<p><table><p></table><svg><style><img src=x onerror={CALL}></style></svg>",
    f"<plaintext><img src=x onerror={CALL}>",
    f"<scr<script>ipt>{CALL}</scr</script>ipt>",
    f"&lt;img src=x onerror={CALL}&gt;",
    f"&amp;lt;img src=x onerror={CALL}&amp;gt;",
    f"<b title='`onmouseover={CALL}'>`</b><img src=`/m/a.png` alt='`><img src=x onerror={CALL}>'>",
    f'<p title="\'><img src=x onerror={CALL}>">',
]
# Need somebody who clicks: the test clicks every link there is.
CLICKED = [
    f"<a href='{scheme}'>点</a>"
    for scheme in (
        *(f"javascript:{CALL}", f"JaVaScRiPt:{CALL}", f" \x01javascript:{CALL}", f"java\tscript:{CALL}"),
        *(
            f"java&#10;script:{CALL}",
            f"java&Tab;script:{CALL}",
            f"&#x6A;avascript&colon;{CALL}",
            f"\u200bjavascript:{CALL}",
        ),
        *(f"javascript://a.gov.cn/%0a{CALL}", f"javascript&#x3A;{CALL}", f"vbscript:{CALL}", f"feed:javascript:{CALL}"),
        *(f"data:text/html,<script>opener.{CALL}</script>", f"view-source:javascript:{CALL}", f"\x00javascript:{CALL}"),
        *(
            f"ｊavascript:{CALL}",
            f"javascript\u2028:{CALL}",
            f"jav\u00adascript:{CALL}",
            f"{chr(0x202E)}javascript:{CALL}",
        ),
    )
] + [
    f"<svg><a xlink:href='javascript:{CALL}'><text y=20>点</text></a></svg>",
    f"<form action='javascript:{CALL}'><button>点</button></form><button formaction='javascript:{CALL}' form=f>点</button>",
    f"<math href='javascript:{CALL}'>点</math><math><mi xlink:href='javascript:{CALL}'>点</mi></math>",
    f"<area href='javascript:{CALL}'><map name=m><area href='javascript:{CALL}' shape=default></map><img usemap=#m src=x>",
    f"<base href='javascript:{CALL}//'><a href='x'>点</a><a href=''>点</a>",
    f"<a href='/ok\" onmouseover=\"{CALL}'>点</a><a href='#' onclick={CALL}>点</a>",
    f"<meta http-equiv=refresh content='0;url=javascript:{CALL}'>",
]
INERT = [
    "{{7*7}}", "{% debug %}", "${7*7}", "{{ ''.__class__.__mro__ }}", "%(x)s {0.__class__}", "<%= 7*7 %>",
    "<p style='background:url(javascript:1);behavior:url(x);width:expression(alert(1))'>一</p>",
    "<p style=\"text-align:center;--x:'</p>'\">一</p>", "<table background='javascript:1'><td colspan=99999999>甲<td>乙</table>",
    "<ul><table><li><tr><ul></table><li>", "<b><p><b><i><p></b></i></p></b>", "\ud800\ufeff\u202e文", "　　一<br><br>　　二",
    "<a href='/1'><a href='/2'><div><a href='/3'>一</a></div></a>", "<h1>题</h1><h6>末</h6>", "<img src='/m/ab/cd.png' alt='校'>",
]  # fmt: skip
KNOWN = [*LIVE, *CONFUSED, *CLICKED, *INERT]
OPENERS = (
    "<svg> <math> <mtext> <mglyph> <annotation-xml> <foreignObject> <desc> <title> <style> <noscript> <textarea> <xmp> "
    "<noembed> <noframes> <iframe> <select> <option> <template> <table> <tr> <td> <caption> <colgroup> <form> <p> <a> <b> "
    "<i> <ul> <li> <h2> <blockquote> <div> <button> <frameset> <plaintext> <ruby> <rt> <!-- <![CDATA[ <? <! </"
).split()
CLOSERS = [
    *(f"</{tag.strip('<>')}>" for tag in OPENERS if tag.endswith(">")),
    "-->",
    "--!>",
    "]]>",
    "?>",
    "/>",
    ">",
    '"',
    "'",
]
SWAPS = [
    (" ", "/"), (" ", "\f"), (" ", "\t"), (" ", "\n"), ("=", " = "), ("<", "<\x00"), ("<", "&lt;"), ("<", "＜"), (">", ""),
    ("'", '"'), ("'", "`"), ("'", ""), ("'", "&#39;"), ("o", "O"), ("o", "&#111;"), ("s", "ſ"), ("k", "\u212a"), ("i", "İ"),
    ("r", "\x00r"), ("(", "&lpar;"), (":", "&colon;"), ("a", "\u200ba"), ("<", "<<"), ("--", "--\x00"), ("e", "&#x65"),
]  # fmt: skip


def hostile(count: int, seed: int) -> Iterator[str]:
    """The known vectors, then mutations: wrapped, joined, nested, cut, swapped, encoded."""
    chance = random.Random(seed)
    yield from KNOWN[:count]
    for _ in range(count - len(KNOWN)):
        yield _mutated(chance)


def _mutated(chance: random.Random) -> str:
    html = chance.choice(KNOWN)
    for _ in range(chance.randint(1, 5)):
        html = chance.choice(_MUTATIONS)(html, chance)
    return html[:4000]


def _wrap(html: str, chance: random.Random) -> str:
    before = "".join(chance.choices(OPENERS, k=chance.randint(1, 4)))
    return before + html + "".join(chance.choices(CLOSERS, k=chance.randint(0, 4)))


def _join(html: str, chance: random.Random) -> str:
    return html + chance.choice(KNOWN)


def _nest(html: str, chance: random.Random) -> str:
    at = chance.randint(0, len(html))
    return html[:at] + chance.choice(KNOWN) + html[at:]


def _cut(html: str, chance: random.Random) -> str:
    start = chance.randint(0, len(html))
    return html[:start] + html[start + chance.randint(1, 6) :]


def _swap(html: str, chance: random.Random) -> str:
    old, new = chance.choice(SWAPS)
    return html.replace(old, new, chance.choice((1, 2, -1)))


def _quote(html: str, chance: random.Random) -> str:
    quote = chance.choice("\"'`")
    return f"<{chance.choice(('p', 'a', 'img', 'td', 'b'))} {chance.choice(('title', 'alt', 'href', 'class'))}={quote}{html}{quote}>"


def _insert(html: str, chance: random.Random) -> str:
    at = chance.randint(0, len(html))
    return (
        html[:at] + chance.choice([*OPENERS, *CLOSERS, "\x00", "\x0b", "\u2028", "&", "&#", "&#x3c;", "中"]) + html[at:]
    )


_MUTATIONS = (_wrap, _wrap, _join, _nest, _cut, _swap, _swap, _quote, _insert)
