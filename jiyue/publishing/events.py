from django.utils.translation import gettext_lazy as _

from jiyue.accounts.trail import name_actions


name_actions(
    {
        "publishing.tampered": _("发现篡改并恢复"),
        "publishing.sweep": _("清理文件库"),
    }
)
