from django.utils.translation import gettext_lazy as _

from jiyue.accounts.trail import name_actions
from jiyue.notices.kinds import name_alarms


name_actions(
    {
        "publishing.tampered": _("发现篡改并恢复"),
        "publishing.sweep": _("清理文件库"),
    }
)
name_alarms(
    {
        "publishing.tampered": _("网页被改动"),
    }
)
