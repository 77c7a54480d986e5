"""The role matrix: which role may do what, in plain words. There is no other.

A verb is granted by holding a role in a unit (``Membership``). Supervisors and signing leaders act for their whole
subtree, everybody else for their unit alone. The three administrators exclude each other and exclude every role that
touches content (三员分立, 苏政办发〔2017〕96号 二(五)一).
"""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    EDITOR = "editor", _("信息员")
    REVIEWER = "reviewer", _("审核员")
    SECRECY_REVIEWER = "secrecy_reviewer", _("保密审查员")
    SIGNING_LEADER = "signing_leader", _("签发领导")
    SITE_MANAGER = "site_manager", _("站点管理员")
    SUPERVISOR = "supervisor", _("监管员")
    CLERK = "clerk", _("经办人")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


class Verb(StrEnum):
    READ = "read"  # see drafts and the back office pages of a website
    WRITE = "write"  # create and change drafts, submit them, take them back
    REVIEW = "review"
    CLEAR = "clear"  # the confidentiality conclusion
    SIGN = "sign"
    WITHDRAW = "withdraw"  # take down, put back
    EMERGENCY = "emergency"  # publish first, reviewed afterwards
    AFTER_REVIEW = "after_review"
    ARRANGE = "arrange"  # columns, look, home page, register of the own site
    CALL = "call"  # show an item of another site in a column of the own
    SUPERVISE = "supervise"  # open sites, see all of the subtree
    ANSWER = "answer"
    RUN = "run"  # the platform: sites' hosts, jobs, health
    GRANT = "grant"  # users and memberships
    AUDIT = "audit"  # read the trail


VERB_NAMES = {
    Verb.READ: _("查看草稿与后台页面"),
    Verb.WRITE: _("采编：新建、修改、提交、撤回"),
    Verb.REVIEW: _("内容审核"),
    Verb.CLEAR: _("保密审查"),
    Verb.SIGN: _("签发"),
    Verb.WITHDRAW: _("撤下与恢复"),
    Verb.EMERGENCY: _("紧急发布"),
    Verb.AFTER_REVIEW: _("紧急发布的事后审核"),
    Verb.ARRANGE: _("栏目、首页、外观与网站登记"),
    Verb.CALL: _("共享调用其他网站的信息"),
    Verb.SUPERVISE: _("监管下级网站"),
    Verb.ANSWER: _("办理办件"),
    Verb.RUN: _("平台运行"),
    Verb.GRANT: _("账号与授权"),
    Verb.AUDIT: _("查阅审计记录"),
}

MATRIX: dict[Role, frozenset[Verb]] = {
    Role.EDITOR: frozenset({Verb.READ, Verb.WRITE, Verb.CALL}),
    Role.REVIEWER: frozenset({Verb.READ, Verb.REVIEW, Verb.WITHDRAW, Verb.AFTER_REVIEW}),
    Role.SECRECY_REVIEWER: frozenset({Verb.READ, Verb.CLEAR}),
    Role.SIGNING_LEADER: frozenset({Verb.READ, Verb.SIGN, Verb.EMERGENCY, Verb.WITHDRAW}),
    Role.SITE_MANAGER: frozenset({Verb.READ, Verb.WRITE, Verb.ARRANGE, Verb.CALL, Verb.WITHDRAW}),
    Role.SUPERVISOR: frozenset({Verb.READ, Verb.SUPERVISE, Verb.WITHDRAW}),
    Role.CLERK: frozenset({Verb.ANSWER}),
    Role.SYSTEM_ADMIN: frozenset({Verb.RUN}),
    Role.SECURITY_ADMIN: frozenset({Verb.GRANT}),
    Role.AUDIT_ADMIN: frozenset({Verb.AUDIT}),
}

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
SUBTREE = frozenset({Role.SUPERVISOR, Role.SIGNING_LEADER})


def roles_with(verb: Verb) -> frozenset[Role]:
    return frozenset(role for role, verbs in MATRIX.items() if verb in verbs)
