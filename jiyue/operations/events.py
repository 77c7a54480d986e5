from django.utils.translation import gettext_lazy as _

from jiyue.accounts.trail import name_actions
from jiyue.notices.kinds import name_alarms


name_actions(
    {
        "operations.backup": _("作成备份"),
        "operations.backup_failed": _("备份失败"),
        "operations.drill": _("恢复演练成功"),
        "operations.drill_failed": _("恢复演练失败"),
    }
)
name_alarms(
    {
        "operations.backup_failed": _("备份失败"),
        "operations.drill_failed": _("恢复演练失败"),
        "operations.backup_late": _("备份过期"),
        "operations.drill_late": _("恢复演练过期"),
        "operations.certificate": _("证书将到期"),
        "operations.task_given_up": _("后台任务失败"),
    }
)
