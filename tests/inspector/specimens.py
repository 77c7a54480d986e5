"""Pages for the tests of the inspector: an honest one in our own words, and what a hijacker makes of it.

The technique is that of the specimen met on the open web: the genuine text stays; the name of the issuer becomes a row of
advertisements; empty tags with one random id make every copy different. Beside it what stored copies of other hijacked
pages show: a head in character codes, pinyin behind every character, links kept out of sight.
"""

import random
from dataclasses import dataclass

from pypinyin import lazy_pinyin


PLACES = ("云州市", "青岚县", "临溪区", "云州市教育局", "云州市水务局", "望江镇")
MATTERS = (
    "关于做好汛期安全工作的通知",
    "关于促进政务公开规范有序发展的实施意见",
    "关于印发老旧小区改造工作方案的通知",
    "关于开展春季植树造林活动的公告",
    "关于公布行政许可事项清单的通知",
    "关于严厉打击网络赌博和电信网络诈骗违法犯罪活动的通告",
    "关于举办体育彩票公益金资助全民健身赛事的通知",
)
TEXT = (
    "各县（区）人民政府，市直各部门：为认真贯彻落实有关要求，进一步加强管理，提升服务水平，现结合我市实际，提出如下意见。"
    "一、总体要求。坚持分级分类、问题导向、利企便民、开放融合、集约节约，建设全面的公开平台和便民的服务平台。"
    "二、重点任务。要加强宣传教育，强化监督检查，依法查处违法行为，健全工作机制，明确责任分工，按时报送进展情况。"
    "三、保障措施。落实人员经费，纳入年度考核，对工作不力的予以通报。"
)
# A hijacker's words are put together here from parts, most of them in no list: what is invented tomorrow has to be found too.
BRANDS = (
    "bet365",
    "beat365",
    "亚博",
    "开云",
    "威尼斯人",
    "新葡京",
    "金沙",
    "必威",
    "乐鱼",
    "华体会",
    "永利皇宫",
    "美高梅",
)
KINDS = ("体育", "娱乐", "电竞", "棋牌", "彩票", "国际娱乐", "真人", "游戏中心", "体育投注")
INVITATIONS = (
    "官网",
    "app登录入口",
    "投注官网",
    "手机版下载",
    "app下载",
    "官方网站入口",
    "注册登录",
    "网页版",
    "手机版游戏中心官网",
)
TAGS = (
    "legend samp sup mark del track input address menuitem blockquote rt wbr meter th center delect dl rp option td acronym bdo "
    "fieldset kbd strike tt var tfoot noframes ruby progress output small thead optgroup font pre u s code cite q xdelx"
).split()


@dataclass(frozen=True)
class Variant:
    html: str
    techniques: tuple[str, ...]


def clean_page(rng: random.Random) -> str:
    place, matter = rng.choice(PLACES), rng.choice(MATTERS)
    return _page(f"{place}人民政府办公室{matter}", f"{place}人民政府办公室", rng)


def variant(rng: random.Random) -> Variant:
    """One hijacked copy: at least one technique, the specimen's own most often."""
    chosen = {
        name
        for name, share in (("name", 0.75), ("decoys", 0.6), ("coded", 0.25), ("pinyin", 0.12), ("links", 0.25))
        if rng.random() < share
    }
    chosen = chosen or {rng.choice(["name", "decoys"])}
    place, matter = rng.choice(PLACES), rng.choice(MATTERS)
    issuer = f"{place}人民政府办公室"
    title, html_title = f"{issuer}{matter}", None
    if "name" in chosen:
        forged = advertisement(rng)
        title, issuer = title.replace(place, forged), issuer.replace(place, forged)
    if "coded" in chosen:
        html_title = coded(f"{advertisement(rng)}_{title}")
    if "pinyin" in chosen:
        title = interleaved(title)
    html = _page(title, issuer, rng, html_title)
    if "decoys" in chosen:
        html = decoys(rng) + html if rng.random() < 0.5 else html.replace("<body>", f"<body>{decoys(rng)}", 1)
    if "links" in chosen:
        html = html.replace("</body>", f"{hidden_links(rng)}</body>", 1)
    return Variant(html, tuple(sorted(chosen)))


def advertisement(rng: random.Random) -> str:
    between = rng.choice(("_", "_", "-", "|", "·", " ", "—", "，"))
    praise = rng.choice(("", "", "", "(中国)", "【官方】", "·"))
    return between.join(f"{brand(rng)}{praise}{rng.choice(INVITATIONS)}" for _ in range(rng.choice((1, 2, 2, 3, 3))))


def brand(rng: random.Random) -> str:
    shape = rng.random()
    if shape < 0.4:
        return rng.choice(BRANDS) + rng.choice(("", rng.choice(KINDS)))
    if shape < 0.7:
        letters = "".join(rng.choices("abcdefghjkmnpqtvwxyz", k=rng.randint(2, 4)))
        return f"{letters}{rng.randint(6, 999)}{rng.choice(KINDS)}"
    return "".join(rng.choices("鑫盛宏鼎博万凯利豪星龙鹏耀辉腾皇", k=2)) + rng.choice(KINDS)


def decoys(rng: random.Random) -> str:
    name = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=5))
    tags = rng.sample(TAGS, rng.randint(9, 20))
    key = "id" if rng.random() < 0.8 else "class"
    pieces, index = [], 0
    while index < len(tags):
        inner = (
            f'<{tags[index + 1]} {key}="{name}"></{tags[index + 1]}>'
            if index + 1 < len(tags) and rng.random() < 0.3
            else ""
        )
        pieces.append(f'<{tags[index]} {key}="{name}">{inner}</{tags[index]}>')
        index += 2 if inner else 1
    return "\n".join(pieces)


def coded(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


def interleaved(text: str) -> str:
    return "".join(
        f"{character}{''.join(lazy_pinyin(character))}" if "\u4e00" <= character <= "\u9fff" else character
        for character in text
    )


def hidden_links(rng: random.Random) -> str:
    ways = (
        '<div style="display:none">{}</div>',
        '<div style="position:absolute;left:-9999px">{}</div>',
        '<marquee width="1" height="1" scrollamount="3000">{}</marquee>',
        '<div style="height:0;overflow:hidden">{}</div>',
        "<noscript>{}</noscript>",
        '<script>document.write(\'<div style="display:none">\')</script>{}<script>document.write("</div>")</script>',
    )
    links = "".join(
        f'<a href="http://www.{_host(rng)}/">{brand(rng)}{rng.choice(INVITATIONS)}</a>'
        for _ in range(rng.randint(1, 6))
    )
    return rng.choice(ways).format(links)


def _host(rng: random.Random) -> str:
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 8))) + rng.choice(
        (".com", ".cc", ".vip", ".xyz", ".top")
    )


def _page(title: str, issuer: str, rng: random.Random, html_title: str | None = None) -> str:
    day = f"20{rng.randint(15, 25)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{html_title or title}</title>'
        f'<meta name="ArticleTitle" content="{html_title or title}"><meta name="PubDate" content="{day} 09:30">'
        f'<meta name="ContentSource" content="{issuer}"></head><body><div class="top"><a href="/">首页</a> &gt; <a href="/tzgg/">通知公告</a></div>'
        f"<h1>{title}</h1><p>发布日期：{day} 09:30　来源：{issuer}　字体：[大 中 小]</p>"
        + "".join(f"<p>　　{part}</p>" for part in TEXT.split("。") if part)
        + f"<p>{issuer}</p><p>{day[:4]}年6月28日</p><div>相关阅读</div><div class='foot'>主办单位：云州市人民政府办公室 网站标识码：9901000001</div></body></html>"
    )
