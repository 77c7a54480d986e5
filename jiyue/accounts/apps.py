from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "jiyue.accounts"
    label = "accounts"
    verbose_name = _("账号与权限")

    def ready(self) -> None:
        from jiyue.accounts import idle, jobs, lockout, sittings
        from jiyue.accounts.checks import login_is_safe, three_administrators
        from jiyue.common.schedule import register_job

        autodiscover_modules("events")  # every app's codes of the trail, wherever it runs
        register_job("accounts.idle", "30 6 * * *", idle.sweep, label=_("停用闲置账号"))
        register_job("accounts.lockout", "*/30 * * * *", lockout.forget, label=_("清理输错密码的计数"))
        register_job("accounts.sittings", "10 * * * *", sittings.forget, label=_("清理过期的登录"))
        register(three_administrators, Tags.security, deploy=True)
        register(login_is_safe, Tags.security, deploy=True)
        jobs.register()
