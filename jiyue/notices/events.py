from django.utils.translation import gettext_lazy as _

from jiyue.accounts.trail import name_actions
from jiyue.notices.kinds import name_alarms


name_actions(
    {
        "notices.raise": _("发出告警"),
        "notices.acknowledge": _("确认告警"),
        "notices.settle": _("告警结束"),
    }
)
name_alarms(
    {
        "accounts.trail_broken": _("审计记录不符"),
        "notices.test": _("试验告警"),
    }
)
