"""Components of the back office. Tones everywhere: ``ok`` ``info`` ``warn`` ``bad`` ``mute``; a tone never stands without words."""

from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from wagtail.admin.templatetags.wagtailadmin_tags import BlockInclusionNode

from jiyue.common.waiting import waiting


register = template.Library()


@register.simple_tag
def platform_name() -> str:
    return str(settings.WAGTAIL_SITE_NAME)


@register.inclusion_tag("backoffice/demo_band.html")
def demo_band() -> dict[str, Any]:
    return {"is_demo": settings.DEMO}


@register.inclusion_tag("backoffice/state_tag.html")
def state_tag(text: str, tone: str = "mute") -> dict[str, Any]:
    return {"text": text, "tone": tone}


@register.inclusion_tag("backoffice/waiting_bar.html")
def waiting_bar(since: datetime, at: datetime, due: datetime | None = None) -> dict[str, Any]:
    return {"waiting": waiting(since, at, due), "since": since, "due": due}


@register.inclusion_tag("backoffice/kpi.html")
def kpi(label: str, value: Any, note: str = "", tone: str = "mute", url: str = "") -> dict[str, Any]:
    """One number with its name; ``note`` is the most urgent thing behind it."""
    return {"label": label, "value": value, "note": note, "tone": tone, "url": url}


@register.inclusion_tag("backoffice/empty.html")
def empty(title: str, hint: str = "", url: str = "", action: str = "", icon: str = "check") -> dict[str, Any]:
    """What stands where a list has nothing: the reason, and the next step if there is one."""
    return {"title": title, "hint": hint, "url": url, "action": action, "icon": icon}


class CardNode(BlockInclusionNode):
    template = "backoffice/card.html"


register.tag("card", CardNode.handle)
