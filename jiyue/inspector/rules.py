"""The rules of the page checks: how bad, by which clause, how sure that clause is, and what to do.

Confidence as in our collection of the regulations: A2 read in two sources or more, A in one, B known and partly
confirmed. What is not confirmed is never given out as a clause: those rules have none and are our own advice.
"""

from dataclasses import dataclass
from typing import Final

from jiyue.inspector.findings import Severity, Tier


@dataclass(frozen=True, slots=True)
class Rule:
    severity: Severity
    tier: Tier
    clause: str  # empty: advice of ours
    confidence: str
    title: str
    remedy: str
    title_en: str
    remedy_en: str


VETO, SERIOUS, ERROR, STYLE = Severity.VETO, Severity.SERIOUS, Severity.ERROR, Severity.STYLE
SURE, PERHAPS = Tier.CERTAIN, Tier.PROBABLE
_V1C: Final = "国办秘函〔2019〕19号 单项否决：发布或链接反动、暴力、色情等内容"
_V1D: Final = "国办秘函〔2019〕19号 单项否决：安全攻击未及时有效处置"
_TAGS: Final = "国办发〔2017〕47号 附件《网页设计规范》网页标签"
_FOOT: Final = "国办发〔2017〕47号 底部功能区"
_SHOWN: Final = "国办发〔2017〕47号 内容页"
_BLIND: Final = "GB/T 37668-2019（条款号待核）"
_CHECK: Final = "国办发〔2017〕47号 链接巡检"

RULES: Final = {
    # hijack
    "hijack-title": Rule(VETO, SURE, _V1D, "A", "网页标题带有博彩、色情推广词语，疑似被篡改", "立即断开该页访问并保留证据，从备份恢复，排查入侵途径；确属本单位发布的，改写标题", "Gambling or pornographic words in the title: the page has probably been hijacked", "Take the page off line, keep the evidence, restore it and find the way in"),
    "hijack-meta": Rule(VETO, SURE, _V1D, "A", "网页标签带有博彩、色情推广词语，疑似被篡改", "恢复标签原值，检查模板文件和数据库是否被改写", "Gambling or pornographic words in the page's tags", "Restore the tags; check templates and database"),
    "hijack-name": Rule(VETO, SURE, _V1D, "A", "正文首尾或标题行的单位名称被换成推广词语", "与原文核对并恢复；若地址不在本单位域名下，按仿冒网站报告", "Promotion stands where the name of the office stood", "Compare with the original and restore; report a copy under a foreign domain as forged"),
    "hijack-text": Rule(VETO, PERHAPS, _V1C, "A", "正文多处出现博彩、色情推广词语", "人工核实；确属植入的，清除并排查入侵途径", "Gambling or pornographic names throughout the text", "Verify by hand; remove and find the way in"),
    "hijack-decoys": Rule(VETO, SURE, _V1D, "A", "夹杂大量无内容的杂乱标签（群发篡改工具的痕迹）", "与原页逐字节比对，清除植入的标签，排查入侵途径", "Sown with empty, senseless tags, as tools of mass hijacking do", "Compare with the original byte by byte and remove what was sown"),
    "hijack-coded": Rule(VETO, SURE, _V1D, "A", "标题或标签以字符编码书写，躲避关键词检查", "查看解码后的文字，恢复为正常汉字", "Title or tags written in character codes, to pass filters", "Read what they say and restore plain characters"),
    "hijack-pinyin": Rule(VETO, PERHAPS, _V1D, "A", "汉字之间逐字夹杂拼音，疑似群发篡改", "与原文核对并恢复；教材等确有需要的可忽略", "Pinyin behind every character, as mass hijackers write", "Compare with the original; ignore where it is a lesson"),
    "hijack-cloak": Rule(VETO, PERHAPS, _V1D, "A", "脚本按来访者是否来自搜索引擎转向外部网站", "删除该脚本，排查入侵途径", "A script sends visitors from search engines elsewhere", "Remove the script and find the way in"),
    "hijack-packed": Rule(VETO, SURE, _V1D, "A", "编码过的脚本含有博彩、色情地址或词语", "删除该脚本，排查入侵途径", "A packed script holds gambling or pornographic words or targets", "Remove the script and find the way in"),
    # hidden
    "hidden-vice": Rule(VETO, SURE, _V1C, "A", "暗链：隐藏的链接指向博彩、色情内容", "删除链接，排查入侵途径", "A hidden link leads to gambling or pornography", "Remove it and find the way in"),
    "hidden-open": Rule(VETO, PERHAPS, _V1C, "A", "链接指向疑似博彩、色情的网站（可能是到期域名被他人注册）", "人工打开核实（勿在办公网内），删除或更换链接", "A link leads to what looks like gambling or pornography (perhaps a domain somebody else has registered since)", "Verify outside the office network; remove or replace"),
    "hidden-link": Rule(VETO, PERHAPS, _V1C, "A", "暗链：以移出屏幕、缩为零、同色等方式隐藏的外部链接", "删除链接，排查入侵途径；确属正常功能的可忽略", "An external link kept off screen, shrunk to nothing or painted in the colour of its ground", "Remove it and find the way in"),
    "hidden-links": Rule(SERIOUS, PERHAPS, _V1C, "A", "一组不显示的链接指向多个陌生网站", "核实是否为折叠菜单；不是的删除并排查", "Several strangers are linked where nobody sees it", "Verify that it is a folded menu; otherwise remove"),
    "hidden-frame": Rule(VETO, PERHAPS, _V1D, "A", "隐藏的框架载入外部网站（挂马常用手法）", "删除框架，排查入侵途径", "A hidden frame loads a foreign site", "Remove it and find the way in"),
    # foreign
    "foreign-script": Rule(ERROR, SURE, "", "", "载入外部网站的脚本", "改用本站保存的副本；外部网站被控制时本页随之被控制", "A script of another server runs here", "Keep a copy on your own server"),
    "foreign-frame": Rule(ERROR, SURE, "", "", "嵌入外部网站的框架", "改为链接，或确认对方为政府网站", "A frame of another server", "Link to it instead"),
    "foreign-tracker": Rule(ERROR, SURE, "", "", "载入商业访问统计，访问者的行为提供给了第三方", "改用本平台或主管部门提供的统计", "A commercial tracker tells others who reads here", "Use the platform's own statistics"),
    "foreign-advertiser": Rule(SERIOUS, SURE, "国办发〔2017〕47号 不得刊登商业广告", "A2", "载入广告联盟的脚本", "删除；政府网站不得刊登商业广告或链接商业广告页面", "A script of an advertising network", "Remove it: no commercial advertisements on government websites"),
    "foreign-jump": Rule(VETO, PERHAPS, _V1D, "A", "网页自动转向陌生的外部网站", "核实目标，删除自动转向", "The page sends its readers to a stranger by itself", "Verify and remove"),
    "foreign-moved": Rule(STYLE, SURE, "", "", "网页以标签自动转向其他网站", "改用服务器转向（301），并留下说明", "The page moves to another site by a tag", "Redirect at the server (301)"),
    # meta
    "meta-title": Rule(ERROR, SURE, "", "", "网页没有标题", "填写 <title>", "No title", "Fill in <title>"),
    "meta-titles": Rule(STYLE, SURE, "", "", "网页有两个以上标题", "只保留一个 <title>", "More than one title", "Keep one <title>"),
    "meta-missing": Rule(ERROR, SURE, _TAGS, "A2", "缺少必选的网页标签", "在模板中补上该标签", "A required tag is missing", "Add it to the template"),
    "meta-empty": Rule(ERROR, SURE, _TAGS, "A2", "必选的网页标签没有内容", "填写内容", "A required tag is empty", "Fill it in"),
    "meta-double": Rule(STYLE, SURE, _TAGS, "A2", "网页标签重复", "只保留一个", "A tag stands more than once", "Keep one"),
    "meta-code": Rule(ERROR, SURE, _TAGS, "A2", "网站标识码格式不对", "应为十位数字，或 bm 加八位数字", "The identification code has a wrong form", "Ten digits, or bm and eight digits"),
    "meta-domain": Rule(SERIOUS, PERHAPS, _TAGS, "A2", "标签中的域名不是本页所在的域名", "改正标签；若本页不在本单位域名下，按仿冒网站报告", "The domain in the tags is not the one the page stands on", "Correct the tag, or report a forged copy"),
    "meta-pubdate": Rule(STYLE, SURE, _TAGS, "A2", "发布日期标签的格式不对", "写成 YYYY-MM-DD HH:MM（半角冒号）", "PubDate has a wrong form", "Write YYYY-MM-DD HH:MM with a plain colon"),
    "meta-no-date": Rule(ERROR, SURE, _TAGS, "A2", "发布日期标签不是日期", "写成 YYYY-MM-DD HH:MM", "PubDate is no date", "Write YYYY-MM-DD HH:MM"),
    "meta-other-title": Rule(ERROR, PERHAPS, _TAGS, "A2", "标签中的标题与网页标题不同", "核对哪一个正确", "The title in the tags differs from the page's", "Find out which is right"),
    # foot
    "foot-organ": Rule(ERROR, SURE, _FOOT, "A2", "页脚没有党政机关网站标识", "按机构编制部门要求加挂标识", "The foot has no mark of a party or government organ", "Add the mark"),
    "foot-errors": Rule(ERROR, SURE, _FOOT, "A2", "页脚没有“我为政府网站找错”入口", "加上监督举报平台入口", "The foot has no way to report errors (找错)", "Add it"),
    "foot-code": Rule(ERROR, SURE, _FOOT, "A2", "页脚没有网站标识码", "加上网站标识码", "The foot has no identification code", "Add it"),
    "foot-code-form": Rule(ERROR, SURE, _FOOT, "A2", "页脚的网站标识码格式不对", "应为十位数字，或 bm 加八位数字", "The identification code in the foot has a wrong form", "Ten digits, or bm and eight digits"),
    "foot-code-other": Rule(ERROR, SURE, _FOOT, "A2", "页脚与标签的网站标识码不一致", "核对哪一个正确", "The codes in the foot and in the tags differ", "Find out which is right"),
    "foot-host": Rule(ERROR, SURE, _FOOT, "A2", "页脚没有主办单位", "写明主办单位", "The foot does not say who runs the site", "Add it"),
    "foot-contact": Rule(ERROR, SURE, _FOOT, "A2", "页脚没有联系方式", "写明联系电话或地址", "The foot has no contact", "Add a telephone number or an address"),
    "foot-icp": Rule(ERROR, SURE, _FOOT, "A2", "页脚没有ICP备案编号", "加上备案编号", "The foot has no ICP filing", "Add it"),
    "foot-police": Rule(ERROR, SURE, _FOOT, "A2", "页脚没有公安机关备案标识", "加上公安备案编号", "The foot has no police filing", "Add it"),
    "foot-map": Rule(STYLE, SURE, _FOOT, "A2", "没有网站地图", "加上网站地图", "No site map", "Add one"),
    # published
    "published-no-time": Rule(ERROR, PERHAPS, _SHOWN, "A2", "内容页没有发布时间", "在标题下写明发布时间；没有发布时间的，检查时按未更新计算", "A page of content does not say when it was published", "Show it under the title"),
    "published-time-form": Rule(STYLE, SURE, _SHOWN, "A2", "发布时间的格式不是 YYYY-MM-DD HH:MM", "在模板中改格式", "The time of publication is not YYYY-MM-DD HH:MM", "Change the template"),
    "published-no-source": Rule(ERROR, PERHAPS, _SHOWN, "A2", "内容页没有信息来源", "在标题下写明来源；转载的注明原文链接", "A page of content does not name its source", "Show it under the title"),
    "published-other-day": Rule(SERIOUS, PERHAPS, "国办秘函〔2019〕19号 单项否决：弄虚作假（如伪造发稿日期）", "A", "标签中的发布日期与显示的不是同一天", "核对首次发布时间，改正不实的一个", "PubDate and the date shown are different days", "Compare with the first publication and correct"),
    "published-future": Rule(SERIOUS, SURE, "国办秘函〔2019〕19号 单项否决：弄虚作假（如伪造发稿日期）", "A", "发布日期晚于检查的时刻", "改正发布日期", "PubDate lies in the future", "Correct it"),
    # fresh
    "fresh-home": Rule(VETO, SURE, "国办秘函〔2019〕19号 单项否决：首页不更新", "A2", "首页十四天没有更新", "发布信息；首页仅为导航的，改查各栏目", "The home page has not been updated for fourteen days", "Publish; where it is only navigation, its columns count"),
    "fresh-unknown": Rule(STYLE, PERHAPS, "", "", "首页没有可识别的日期，更新情况未测得", "列表旁显示发布日期", "No date on the home page: freshness was not measured", "Show dates beside the lists"),
    "fresh-blank": Rule(SERIOUS, PERHAPS, "国办秘函〔2019〕19号 单项否决：空白栏目", "A2", "空白栏目", "补充内容，或合并、下线该栏目", "A blank column", "Fill, merge or close it"),
    # links
    "links-inside": Rule(SERIOUS, SURE, "", "", "链接指向内部网络地址，公众打不开且暴露内网结构", "改为公开地址", "A link leads into the office's own network", "Use the public address"),
    "links-disk": Rule(ERROR, SURE, _CHECK, "A2", "链接指向本机磁盘上的文件", "上传文件后重新链接", "A link leads to a file on somebody's disk", "Upload the file and link to it"),
    "links-malformed": Rule(ERROR, SURE, _CHECK, "A2", "链接地址书写错误", "改正地址", "A malformed address", "Correct it"),
    "links-fragment": Rule(STYLE, PERHAPS, "", "", "页内链接的目标不存在", "补上锚点或改正链接", "A link to a place in the page that is not there", "Add the place or correct the link"),
    # access
    "access-language": Rule(STYLE, SURE, _BLIND, "B", "没有声明网页语言", '写 <html lang="zh-CN">', "The language is not declared", 'Write <html lang="zh-CN">'),
    "access-alt": Rule(STYLE, SURE, _BLIND, "B", "图片没有替代文字", '写 alt；装饰图片写 alt=""', "Pictures without an alternative text", 'Write alt; alt="" for decoration'),
    "access-link": Rule(STYLE, SURE, _BLIND, "B", "链接没有文字", "给链接加文字或 aria-label", "Links without a name", "Give them text or aria-label"),
    "access-label": Rule(STYLE, SURE, _BLIND, "B", "表单控件没有标签", "用 <label> 或 aria-label 说明", "Fields without a label", "Use <label> or aria-label"),
    "access-frame": Rule(STYLE, SURE, _BLIND, "B", "框架没有标题", "写 title", "Frames without a title", "Write title"),
    "access-heading": Rule(STYLE, SURE, _BLIND, "B", "标题层级跳跃", "逐级使用 h1、h2、h3", "Heading levels are skipped", "Use h1, h2, h3 in turn"),
    "access-zoom": Rule(STYLE, SURE, _BLIND, "B", "禁止读者放大页面", "去掉 user-scalable=no 和 maximum-scale", "Readers are kept from zooming", "Remove user-scalable=no and maximum-scale"),
    # charset
    "charset-header": Rule(ERROR, SURE, "", "", "服务器声明的字符编码与实际不符，浏览器会显示乱码", "改正 Content-Type 的 charset", "The server names another charset than the bytes are in", "Correct charset in Content-Type"),
    "charset-tag": Rule(ERROR, SURE, "", "", "网页声明的字符编码与实际不符", "改正 <meta charset>，建议统一用 UTF-8", "The page names another charset than the bytes are in", "Correct <meta charset>; best use UTF-8"),
    "charset-none": Rule(STYLE, SURE, "", "", "没有声明字符编码", "声明 charset=utf-8", "No charset is declared", "Declare charset=utf-8"),
    "charset-broken": Rule(ERROR, SURE, "", "", "有无法识别的字符", "找到原文重新录入", "Characters that cannot be read", "Enter them again"),
    "charset-lost": Rule(ERROR, SURE, "", "", "有转码造成的乱码（锟斤拷）", "找到原文重新录入", "Text destroyed by a conversion (锟斤拷)", "Enter it again"),
    # headers
    "headers-plain": Rule(ERROR, SURE, "", "", "没有使用HTTPS", "启用HTTPS并将HTTP转向过去", "No HTTPS", "Turn on HTTPS and redirect to it"),
    "headers-hsts": Rule(STYLE, SURE, "", "", "没有 Strict-Transport-Security", "在服务器上设置", "No Strict-Transport-Security", "Set it at the server"),
    "headers-sniff": Rule(STYLE, SURE, "", "", "没有 X-Content-Type-Options: nosniff", "在服务器上设置", "No X-Content-Type-Options: nosniff", "Set it at the server"),
    "headers-policy": Rule(STYLE, SURE, "", "", "没有 Content-Security-Policy", "在服务器上设置", "No Content-Security-Policy", "Set it at the server"),
    "headers-frame": Rule(STYLE, SURE, "", "", "可以被其他网站嵌入", "设置 frame-ancestors 或 X-Frame-Options", "Others may frame the page", "Set frame-ancestors or X-Frame-Options"),
    "headers-version": Rule(STYLE, SURE, "", "", "响应头暴露了软件版本", "在服务器上关闭", "Headers tell the version of the software", "Turn it off"),
    "headers-cookie": Rule(STYLE, SURE, "", "", "Cookie 没有设置 HttpOnly、SameSite 或 Secure", "在应用中设置", "A cookie without HttpOnly, SameSite or Secure", "Set them"),
    # weight
    "weight-page": Rule(STYLE, SURE, "", "", "网页过大", "拆分内容，去掉内嵌的图片和样式", "A heavy page", "Split it; move pictures and styles out"),
    "weight-files": Rule(STYLE, SURE, "", "", "网页引用的文件过多", "合并样式和脚本", "A page of too many files", "Join styles and scripts"),
    "weight-mixed": Rule(ERROR, SURE, "", "", "HTTPS网页载入HTTP内容", "改用 https 地址", "Plain content on an encrypted page", "Use https addresses"),
}  # fmt: skip


def table() -> str:
    """The reference page's table."""
    lines = ["| 规则 | 级别 | 把握 | 问题 | 依据 | 可信度 | 怎么办 |", "|---|---|---|---|---|---|---|"]
    for name, rule in RULES.items():
        sure = "确定" if rule.tier is Tier.CERTAIN else "疑似"
        basis = rule.clause or "本平台建议"
        lines.append(
            f"| `{name}` | {rule.severity} | {sure} | {rule.title}<br>{rule.title_en} | {basis} | {rule.confidence or '—'} "
            f"| {_cell(rule.remedy)}<br>{_cell(rule.remedy_en)} |"
        )
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
