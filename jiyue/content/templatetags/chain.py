from typing import Any

from django import template

from jiyue.content.listing import state_of, tone_of, with_state
from jiyue.content.steps import PEOPLE, steps_of
from jiyue.library.models import BasePage


register = template.Library()


@register.inclusion_tag("content/editor/chain_status.html")
def chain_status(page: Any) -> dict[str, Any]:
    """Where a page stands in the review chain, for the side panel of the editor."""
    stored = with_state(BasePage.objects.filter(pk=page.pk)).first() if page.pk else None
    if stored is None:
        return {"page": None}
    state = state_of(stored)
    last = stored.submissions.select_related("receipt", *PEOPLE).order_by("-pk").first()
    return {
        "page": stored,
        "state": state.label,
        "tone": tone_of(state),
        "last": last,
        "steps": steps_of(last) if last else [],
    }
