from django.utils.translation import gettext_lazy as _

from jiyue.accounts.trail import name_actions


name_actions(
    {
        "operations.backup": _("作成备份"),
        "operations.backup_failed": _("备份失败"),
        "operations.drill": _("恢复演练成功"),
        "operations.drill_failed": _("恢复演练失败"),
    }
)
