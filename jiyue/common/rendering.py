"""Public templates: Jinja2, plain dictionaries in, text out. No page object and no query ever reaches a template."""

from collections.abc import Mapping
from typing import Any

from django.template import engines
from django.utils.translation import gettext, ngettext
from jinja2 import Environment, StrictUndefined
from jinja2.ext import i18n

from jiyue.common.assets import asset


def environment(**options: Any) -> Environment:
    """The environment of the Jinja2 backend in ``settings.TEMPLATES``."""
    ours = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    env = Environment(extensions=[i18n], **{**options, **ours})
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals["asset"] = asset
    return env


def render(template: str, context: Mapping[str, Any]) -> str:
    """Renders a public template (a path below ``jinja2/`` of any app)."""
    env: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return env.get_template(template).render(context)
