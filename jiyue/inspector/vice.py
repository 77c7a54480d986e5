"""Gambling and pornography as hijackers of Chinese websites write them: a short list of our own, and what tells it from
a notice that fights them.

Three kinds. A *name* is never written by an office: brands, and words glued to what sells them. A *subject* may be (a
raid, a lottery, the economy of Macao) and counts only beside an invitation. An *invitation* (官网, 登录入口, app下载) is
honest alone and tells two things apart: subjects, and titles made of nothing but invitations.
"""

import re
from functools import lru_cache
from typing import Final

from jiyue.inspector.page import domain_of


_SELLS: Final = r"(?:官网|官方|app|平台|登[录陆]|注册|下载|入口|网址|网站|在线|线上|网页版|手机版|娱乐|体育|投注|开户|集团|国际|客户端|最新|首页|游戏|彩票|棋牌|电竞)"
_NAMES: Final = re.compile(
    r"be(?:a)?t\s?365|365\s?bet|365(?:体育|官网|手机版|娱乐|投注)|bet体育|体育bet|betway|必威|betvictor|伟德(?:国际|体育|官网|娱乐|亚洲|bv)"
    r"|亚博|yabo|开云(?:体育|app|kaiyun|官网|平台|全站|入口)|kaiyun|乐鱼|leyu|华体会|华体网|hth体育|爱游戏|ayx|米兰(?:体育|app|官网|milan)"
    r"|江南体育|jn江南|星空体育|南宫(?:ng|体育|娱乐|28|app)|ng(?:28|南宫|体育)|九游(?:体育|娱乐|会)|j9(?:九游|集团|国际|官网)|万博(?:体育|app|官网|man)|manbet"
    r"|必赢(?:亚洲|国际|官网|app|体育)|bwin|沙巴体育|威尼斯人?(?:娱乐|官网|平台|集团|app|线上|在线|赌|棋牌|国际)"
    r"|澳门(?:新?葡京|威尼斯|永利|银河|金沙|美高梅|皇冠|太阳城|百家乐|六合彩|百老汇|赌场|新濠|国际|娱乐)" + _SELLS +
    r"|澳门(?:新?葡京|威尼斯人|永利|金沙|太阳城|六合彩|百老汇|皇冠)|新葡京|葡京(?:娱乐|赌|app|官网|在线|集团)"
    r"|永利(?:皇宫|娱乐|官网|app|集团|澳门|在线)|金沙(?:娱乐|官网|app|国际|集团|线上|在线|澳门|赌|平台|js)|银河(?:娱乐|国际|官网|app|在线|集团|澳门|赌)"
    r"|美高梅(?:官网|app|娱乐|平台|mgm|集团|线上|在线|国际|游戏)|太阳城(?:集团|娱乐|官网|app|亚洲|平台)|皇冠(?:体育|足球|投注|官网|现金|正网|app|登录|娱乐|手机)"
    r"|凯发(?:k8|娱乐|官网|app|国际|天生|集团|一触即发)|k8凯发|尊龙(?:凯时|官网|app|人生|娱乐|d88)|人生就是博|利来(?:国际|娱乐|w66|官网)|龙8(?:国际|娱乐|官网)|优德(?:体育|88|w88|官网)"
    r"|金宝博|188bet|大发(?:娱乐|888|体育|彩票|快三|棋牌)|乐天堂|fun88|千亿(?:体育|国际|娱乐)|云顶(?:娱乐|国际|集团官|app)|新濠(?:天地|影汇)(?:官网|app|娱乐|平台)|狗万|雷火(?:电竞|体育)"
    r"|泛亚电竞|ob(?:体育|真人|电竞)|欧宝(?:体育|娱乐|平台|app|官网)|半岛(?:体育|娱乐|综合)|天博(?:体育|官网|app|综合)|博天堂|竞博|jbo(?:体育|电竞|官网)|酷游|ku游|mk体育|火狐体育"
    r"|mansion88|明升(?:体育|m88|官网)|betfair|pinnacle体育|平博(?:体育|官网)|立博(?:体育|官网)|威廉希尔|dafabet|bodog|1xbet|22bet|1win(?:体育|官网)"
    r"|pk10|幸运飞艇|时时彩|北京赛车|快三(?:投注|平台|app|官网|计划)|分分彩|极速赛车|真人(?:娱乐|荷官|视讯|百家乐|棋牌|赌)|棋牌(?:app|官网|平台|下载|娱乐|网站|手机版|登[录陆])"
    r"|彩票(?:app|平台|官网|登[录陆]|注册|软件|下载|手机版|投注)|体育(?:投注|博彩|竞猜平台|app|官网(?:登|入|下|app))|(?:滚球|足球|赛事|电竞|外围)(?:投注|下注|竞猜|博彩)"
    r"|(?:体育|娱乐|电竞|棋牌|真人)(?:手机版|网页版|官方)?(?:注册登[录陆]|登[录陆]注册|登[录陆]入口|app|手机版|网页版|下载)"
    r"|投注(?:官网|平台|网站|app|网址|入口|开户)|娱乐(?:城|平台|注册|登[录陆]|官网|app|场官|下载)|app登[录陆]入口|app(?:官网|官方)(?:下载|入口|登[录陆])|游戏中心官网|(?:pg|mg|cq9|bbin|pt|jdb)(?:电子|麻将|娱乐|老虎机|游戏官|游戏平)"
    r"|捕鱼(?:平台|游戏|app|官网|达人)|(?:炸金花|龙虎斗|牛牛|斗地主|麻将|老虎机|百家乐|轮盘|德州扑克)" + _SELLS +
    r"|(?:av|成人)(?:在线|视频|电影|影院|女优|天堂|网站|小说|片|直播|色)|亚洲(?:av|无码|成人|精品(?:视频|在线|无码|一区|久久))|(?:国产|日韩|欧美)(?:精品(?:视频|在线|一区|久久|自拍)|无码|av|成人|自拍|激情|偷拍|一区)|一区二区(?:三区|在线|免费|视频)"
    r"|黄色(?:视频|网站|电影|小说|软件)|裸聊(?:app|平台|直播|软件)|约炮|毛片|a片(?:在线|网)|招嫖|援交|楼凤|三级片|色情(?:视频|网站|片|直播)|无码(?:视频|在线|高清|av|片)|做爱视频|激情(?:视频|小说|视讯)",
)  # fmt: skip
_SUBJECTS: Final = re.compile(
    r"百家乐|六合彩|博彩|赌场|赌博|赌球|老虎机|外围|下注|投注|棋牌|彩票|葡京|永利|金沙|威尼斯人|太阳城|皇冠|美高梅|真人|电竞|娱乐|色情|裸聊|成人"
)
_INVITES: Final = re.compile(
    r"官网|官方网站|官方入口|app|登[录陆](?:入口|注册)?|入口|下载|注册|网址|开户|手机版|网页版|客户端|最新版|安卓版|苹果版|ios|娱乐|投注|游戏中心|彩金|送金|体验金|提现|返水|充值",
    re.IGNORECASE,
)
_AGAINST: Final = re.compile(
    r"打击|赌博罪|涉赌|禁赌|反诈|诈骗|查处|查获|侦破|破获|警方|公安|整治|违法|犯罪|取缔|举报|防范|警惕|拒绝|抵制|非法|网警|电信网络|专项行动|处罚|通报|曝光|不法"
)
_TRIMMINGS: Final = re.compile(
    r"[(（【\[](?:中国|官方|认证|官网|最新|安全|集团|国际|正版)[)）】\]]|(?<=[\u4e00-\u9fff])·(?=[\u4e00-\u9fff])"
)
_HOTLINE: Final = re.compile(r"1[02]\d{3}")
_PARTS: Final = re.compile(r"[_|｜\-—–,，、·•/\s>»:：()（）【】\[\]]+")
_ODD: Final = re.compile(r"[a-z]+\d+|\d+[a-z]+|\d{3}|[a-z]{3,}", re.IGNORECASE)
_GAMES: Final = re.compile(r"体育|娱乐|游戏|彩|投注|棋牌|电竞|博|赌|真人|足球|竞猜|捕鱼|电子")
# An invitation has run into the name of an office: the office's own place stood there.
_GRAFTED: Final = re.compile(
    r"(?:官网|官方网|app|登[录陆]入口|注册登[录陆]|登[录陆]注册|下载|投注|网址|手机版|网页版|开户|娱乐城?|体育|入口|平台|客户端|中心|集团|国际|[a-z0-9]{2,})"
    r"(?:省|市|县|区|自治区|自治州)?(?:人民)?政府(?:办公[厅室])?\s*(?:关于|印发|转发|文件|令|公告|通知|$)",
    re.IGNORECASE,
)
_HOSTS: Final = re.compile(
    r"bet365|beat365|365bet|\bbet\d|\d{2,}bet|betway|yabo|kaiyun|leyu|hthty|ayxty|manbet|bwin|casino|poker|baccarat|lottery\d|caipiao|boyu|bodog|1xbet|fun88|dafabet"
    r"|pujing|weinisi|jinsha\d|yinhe\d|yongli\d|huangguan|taiyangcheng|liuhecai|qipai|porn|sex|xvideo|avtt|hentai|(?:^|\.)av\d{2,}|\d{4,}(?:av|cai|vip|ty|yl)\b|(?:^|\.)(?:w88|m88|k8|js|hg|vns|ng|pj|xpj|amjs|dafa|tyc|bm|yl)\d{2,}",
    re.IGNORECASE,
)
_ENDINGS: Final = (".bet", ".casino", ".poker", ".porn", ".sex", ".xxx", ".adult", ".win", ".bingo", ".game.vip")
NEAR: Final = 24


def names_in(text: str) -> list[re.Match[str]]:
    """Names outside sentences that speak against gambling."""
    low = text.lower()
    return [match for match in _NAMES.finditer(low) if not _is_against(low, match)]


def _is_against(text: str, match: re.Match[str]) -> bool:
    return bool(_AGAINST.search(text, max(match.start() - NEAR, 0), match.end() + NEAR))


@lru_cache(maxsize=4096)  # the links and the foot of a site stand on all of its pages
def sign_in(line: str) -> str:
    """What in a title or a short line shows that a hijacker wrote it; empty for an honest one."""
    line = _TRIMMINGS.sub("", line)
    for match in names_in(line):
        return match[0]
    for match in _SUBJECTS.finditer(line):
        around = line[max(match.start() - 8, 0) : match.start()] + "\n" + line[match.end() : match.end() + 8]
        if len(_INVITES.findall(around)) >= 2 and not _is_against(line, match):
            return match[0]
    return _advertising(line) or _grafted(line)


def _advertising(line: str) -> str:
    """A title of invitations: two parts that sell, one of them with a name no office has (beat365, NG28)."""
    selling = [part for part in _PARTS.split(line[:400]) if part and _INVITES.search(part)]
    if len(selling) < 2 or _AGAINST.search(line):
        return ""
    for part in selling:
        rest = _HOTLINE.sub("", _INVITES.sub("", part))
        if _ODD.search(rest) and (_GAMES.search(line) or any(character.isdigit() for character in rest)):
            return part
    return ""


def _grafted(line: str) -> str:
    for match in _GRAFTED.finditer(line):
        if _INVITES.search(line, max(match.start() - NEAR, 0), match.end()):
            return match[0]
    return ""


def is_target(host: str) -> bool:
    """A host that speaks of gambling or pornography itself."""
    return not host.endswith((".gov.cn", ".edu.cn")) and (bool(_HOSTS.search(host)) or host.endswith(_ENDINGS))


# Whom an honest government page may link out of sight: menus for sharing, lists of friends that fold away.
_HOUSEHOLD: Final = frozenset(
    {
        *("baidu.com", "bdimg.com", "weibo.com", "weibo.cn", "qq.com", "gtimg.cn", "douban.com", "renren.com", "kaixin001.com", "163.com", "126.com"),
        *("sohu.com", "sina.com.cn", "sina.cn", "sinaimg.cn", "people.com.cn", "people.cn", "xinhuanet.com", "news.cn", "cctv.com", "cntv.cn", "cctv.cn"),
        *("chinanews.com", "chinanews.com.cn", "china.com.cn", "china.org.cn", "youth.cn", "gmw.cn", "ce.cn", "cri.cn", "chinadaily.com.cn", "cyol.com"),
        *("qstheory.cn", "12371.cn", "12380.gov.cn", "wenming.cn", "scio.gov.cn", "huanqiu.com", "ifeng.com", "toutiao.com", "douyin.com", "kuaishou.com"),
        *("zhihu.com", "bilibili.com", "jiathis.com", "bshare.cn", "conac.cn", "kaipuyun.cn", "govwza.cn", "12388.gov.cn", "xuexi.cn", "alipay.com"),
        *("adobe.com", "microsoft.com", "google.com", "twitter.com", "facebook.com", "apple.com", "linkedin.com", "w3.org", "12377.cn", "cyberpolice.cn"),
    }
)  # fmt: skip


def is_household(host: str) -> bool:
    return host.endswith((".gov.cn", ".政务", ".edu.cn", ".mil.cn", ".xn--zfr164b")) or domain_of(host) in _HOUSEHOLD
