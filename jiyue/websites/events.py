from django.utils.translation import gettext_lazy as _

from jiyue.accounts.trail import Event, name_actions
from jiyue.accounts.trail_words import name_values
from jiyue.notices.kinds import name_alarms
from jiyue.websites.models import Website


name_actions(
    {
        "websites.register": Event(_("登记网站"), requires=("hosts",)),
        "websites.amend": Event(_("变更登记"), requires=("fields",)),
        "websites.put_online": _("网站上线"),
        "websites.take_offline": Event(_("网站下线"), requires=("reason",)),
        "websites.suspend": Event(_("紧急停用"), requires=("reason",)),
        "websites.resume": _("恢复服务"),
    }
)
name_alarms(
    {
        "websites.suspended": _("紧急停用中"),
    }
)
name_values("fields", {field.name: field.verbose_name for field in Website._meta.fields})
