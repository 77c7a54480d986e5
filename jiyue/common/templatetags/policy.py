from django import template

from jiyue.common.policy import nonce


register = template.Library()
register.simple_tag(nonce, name="csp_nonce")
