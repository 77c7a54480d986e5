from django.utils.translation import gettext_lazy as _

from jiyue.accounts.trail import name_actions


name_actions(
    {
        "notices.raise": _("发出告警"),
        "notices.acknowledge": _("确认告警"),
        "notices.settle": _("告警结束"),
    }
)
