from django.utils.translation import gettext_lazy as _

from jiyue.accounts.trail import Event, name_actions


name_actions(
    {
        "accounts.enrol": Event(_("建立账号"), requires=("kind",)),
        "accounts.grant": Event(_("授予角色"), requires=("role",)),
        "accounts.revoke": Event(_("收回角色"), requires=("role", "user")),
        "accounts.suspend": Event(_("停用账号"), requires=("reason",)),
        "accounts.reinstate": _("恢复账号"),
        "accounts.issue_link": _("发出一次性链接"),
        "accounts.set_password": _("本人设置密码"),
        "accounts.establish_unit": Event(_("新建单位"), requires=("parent",)),
        "accounts.rename_unit": Event(_("单位更名"), requires=("before", "after")),
        "accounts.denied": Event(_("越权尝试被拒绝"), requires=("view",)),
        "accounts.read_personal": Event(_("查看个人信息"), requires=("what",)),
        "accounts.repeated": Event(_("一分钟内重复"), requires=("event", "count", "since")),
        "accounts.export_trail": Event(_("导出审计记录"), requires=("form", "entries")),
        "accounts.purge_trail": Event(
            _("清除到期的审计记录"), requires=("first", "last", "digest", "entries", "file", "file_digest")
        ),
        "accounts.certify_trail": Event(_("出具审计无缺证明"), requires=("month", "gaps")),
    }
)
name_actions(
    {
        "accounts.login": Event(_("登录"), requires=("way",)),
        "accounts.login_failed": _("登录失败"),
        "accounts.factor_failed": _("第二因素没有通过"),
        "accounts.locked": _("尝试过多，已锁定"),
        "accounts.unlock": _("解除锁定"),
        "accounts.network_refused": _("来源网络不在许可范围"),
        "accounts.oidc_failed": _("单点登录没有通过"),
        "accounts.bind_identity": Event(_("绑定统一身份"), requires=("subject",)),
        "accounts.factor_add": Event(_("登记第二因素"), requires=("kind",)),
        "accounts.factor_remove": Event(_("移除第二因素"), requires=("kind",)),
        "accounts.factor_reset": Event(_("重置第二因素"), requires=("reason",)),
        "accounts.recovery_codes": _("更换恢复码"),
        "accounts.recovery_used": Event(_("使用恢复码"), requires=("left",)),
        "accounts.sessions_end": Event(_("结束登录"), requires=("ended",)),
        "accounts.logout": _("退出登录"),
        "accounts.move": Event(_("调动"), requires=("old", "new")),
        "accounts.leave": Event(_("离岗"), requires=("reason",)),
        "accounts.idle_warn": Event(_("闲置账号提醒"), requires=("left",)),
        "accounts.confirm_roles": Event(_("确认任职清单"), requires=("quarter", "digest", "rows")),
    }
)
