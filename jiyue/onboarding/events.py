from django.utils.translation import gettext_lazy as _

from jiyue.accounts.trail import Event, name_actions


name_actions({"onboarding.bring_in": Event(_("从旧网站导入"), requires=("source", "digest"))})
