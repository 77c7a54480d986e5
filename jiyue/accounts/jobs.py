"""What the clock does for the trail."""

from django.utils.translation import gettext_lazy as _

from jiyue.accounts import anchors, audit, retention, verification
from jiyue.common.schedule import register_job


def register() -> None:
    register_job("accounts.anchor", "* * * * *", anchors.anchor_head, label=_("锚定审计记录"))
    register_job("accounts.repeats", "* * * * *", audit.write_repeats, label=_("记下重复的操作"))
    register_job("accounts.verify_new", "*/10 * * * *", verification.verify_new, label=_("核对新增的审计记录"))
    register_job("accounts.verify_trail", "30 3 * * *", verification.verify_all, label=_("从头核对审计记录"))
    register_job("accounts.purge_trail", "0 4 1 * *", retention.purge_old, label=_("清除到期的审计记录"))
