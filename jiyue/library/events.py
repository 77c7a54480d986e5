from django.utils.translation import gettext_lazy as _

from jiyue.accounts.trail import Event, name_actions
from jiyue.accounts.trail_words import name_values
from jiyue.library.models import Receipt


name_actions(
    {
        "library.receipt": Event(_("出具保密审查结论"), requires=("digest", "basis")),
        "library.publish": Event(_("发布"), requires=("digest", "address", "receipt")),
        "library.withdraw": Event(_("撤下"), requires=("reason",)),
        "library.restore": _("恢复发布"),
        "library.call": Event(_("共享调用"), requires=("release", "approved")),
        "library.approve_call": Event(_("调用审核通过"), requires=("release",)),
        "library.end_call": Event(_("结束调用"), requires=("release",)),
        "library.call_always": Event(_("设置固定调用"), requires=("source",)),
        "library.end_standing_call": Event(_("结束固定调用"), requires=("source", "placements")),
    }
)
name_values("basis", dict(Receipt.Basis.choices))
