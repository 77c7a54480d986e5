from django import template
from django.utils.translation import gettext as _

from jiyue.accounts.models import User
from jiyue.accounts.permissions import memberships_of


register = template.Library()

SHOWN = 4


@register.simple_tag
def roles_of(user: User) -> str:
    """教育局信息员、水利局信息员 …: where the person is what."""
    held = [
        _("%(unit)s%(role)s") % {"unit": membership.unit, "role": membership.get_role_display()}
        for membership in memberships_of(user)
    ]
    return "、".join(held[:SHOWN]) + ("……" if len(held) > SHOWN else "")
