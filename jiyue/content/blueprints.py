"""建站蓝本: which columns a new website starts with. The four basic columns (衡阳网站群, 统一基本栏目) cannot be removed."""

from dataclasses import dataclass, field

from jiyue.content.columns import ColumnKind
from jiyue.websites.models import Website


@dataclass(frozen=True)
class ColumnPlan:
    code: str
    title: str
    kind: str
    description: str = ""
    basic: bool = False
    layout: str = "list"
    in_navigation: bool = True
    below: tuple["ColumnPlan", ...] = field(default_factory=tuple)


PORTAL = (
    ColumnPlan(
        "zzf", "市政府", ColumnKind.CHANNEL, "市政府领导、机构和会议", below=(
            ColumnPlan("ldxx", "市政府领导", ColumnKind.LEADER, "市政府领导姓名、职务和分工"),
            ColumnPlan("jggk", "机构概况", ColumnKind.PROFILE, "单位职能、内设机构和联系方式", basic=True),
            ColumnPlan("hyzx", "政府会议", ColumnKind.NEWS, "市政府常务会议和专题会议"),
        ),
    ),
    ColumnPlan(
        "ywdt", "要闻动态", ColumnKind.CHANNEL, "本市要闻、部门和区县动态", below=(
            ColumnPlan("yw", "本市要闻", ColumnKind.NEWS, "本市重要新闻", basic=True),
            ColumnPlan("bmdt", "部门动态", ColumnKind.NEWS, "市直部门工作动态"),
            ColumnPlan("qxdt", "区县动态", ColumnKind.NEWS, "各区县工作动态"),
            ColumnPlan("tpxw", "图片新闻", ColumnKind.NEWS, "以图片报道的新闻", layout="pictures"),
        ),
    ),
    ColumnPlan(
        "zwgk", "政务公开", ColumnKind.CHANNEL, "政府信息主动公开", below=(
            ColumnPlan("zcwj", "政策文件", ColumnKind.POLICY, "市政府及办公室文件", basic=True),
            ColumnPlan("zcjd", "政策解读", ColumnKind.INTERPRETATION, "对政策文件的解读"),
            ColumnPlan("tzgg", "通知公告", ColumnKind.NOTICE, "通知、公告和公示"),
            ColumnPlan("gkzn", "政府信息公开指南", ColumnKind.DISCLOSURE, "公开指南"),
            ColumnPlan("gkzd", "政府信息公开制度", ColumnKind.DISCLOSURE, "公开制度"),
            ColumnPlan("gknb", "政府信息公开年报", ColumnKind.DISCLOSURE, "年度报告"),
            ColumnPlan("ghjh", "规划计划", ColumnKind.DISCLOSURE, "发展规划、专项规划和年度计划"),
            ColumnPlan("czxx", "财政信息", ColumnKind.DISCLOSURE, "预算、决算和政府采购"),
        ),
    ),
    ColumnPlan("bsfw", "办事服务", ColumnKind.SERVICE, "办事指南和便民服务", basic=True),
    ColumnPlan("zmhd", "政民互动", ColumnKind.INTERACTION, "信箱、征集、调查和访谈"),
    ColumnPlan("sjkf", "数据开放", ColumnKind.DISCLOSURE, "统计数据和开放数据"),
    ColumnPlan("zjyz", "走进云州", ColumnKind.PROFILE, "本地概况"),
    ColumnPlan("ztzl", "专题专栏", ColumnKind.TOPIC, "专项工作专题"),
)  # fmt: skip

DEPARTMENT = (
    ColumnPlan("jggk", "机构概况", ColumnKind.PROFILE, "单位职能、领导、内设机构和联系方式", basic=True),
    ColumnPlan(
        "zwgk", "政务公开", ColumnKind.CHANNEL, "本单位主动公开的政府信息", below=(
            ColumnPlan("gkzn", "政府信息公开指南", ColumnKind.DISCLOSURE, "公开指南"),
            ColumnPlan("gkzd", "政府信息公开制度", ColumnKind.DISCLOSURE, "公开制度"),
            ColumnPlan("gknb", "政府信息公开年报", ColumnKind.DISCLOSURE, "年度报告"),
            ColumnPlan("tzgg", "通知公告", ColumnKind.NOTICE, "通知、公告和公示"),
        ),
    ),
    ColumnPlan("gzdt", "工作动态", ColumnKind.NEWS, "本单位工作动态", basic=True),
    ColumnPlan(
        "zcfg", "政策法规", ColumnKind.CHANNEL, "本单位政策文件和解读", basic=True, below=(
            ColumnPlan("zcwj", "政策文件", ColumnKind.POLICY, "本单位制发的文件"),
            ColumnPlan("zcjd", "政策解读", ColumnKind.INTERPRETATION, "对政策文件的解读"),
        ),
    ),
    ColumnPlan("bszn", "办事指南", ColumnKind.SERVICE, "事项办理的条件、材料和流程", basic=True),
    ColumnPlan("hdjl", "互动交流", ColumnKind.INTERACTION, "信箱、征集和访谈"),
    ColumnPlan("ztzl", "专题专栏", ColumnKind.TOPIC, "专项工作专题"),
)  # fmt: skip

BLUEPRINTS: dict[str, tuple[ColumnPlan, ...]] = {
    Website.Kind.PORTAL: PORTAL,
    Website.Kind.DEPARTMENT: DEPARTMENT,
    Website.Kind.SPECIAL: DEPARTMENT,
}
