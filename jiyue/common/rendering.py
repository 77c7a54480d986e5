"""Public templates: Jinja2, plain dictionaries in, text out. No page object and no query ever reaches a template.

Public pages speak the language of the installation, whatever language the person whose act renders them works in."""

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.http import HttpResponse
from django.template import engines
from django.utils import translation
from jinja2 import Environment, StrictUndefined
from jinja2.ext import i18n
from markupsafe import Markup

from jiyue.common.assets import asset


P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponse)


def environment(**options: Any) -> Environment:
    """The environment of the Jinja2 backend in ``settings.TEMPLATES``."""
    ours = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    env = Environment(extensions=[i18n], **{**options, **ours})  # noqa: S701 -- autoescape is in ours
    env.install_gettext_callables(public_gettext, _public_ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals["_"] = _say  # the same without looking anything up in the context: pages call it a dozen times
    env.globals["asset"] = asset
    return env


def render(template: str, context: Mapping[str, Any]) -> str:
    """Renders a public template (a path below ``jinja2/`` of any app)."""
    env: Environment = engines["jinja2"].env  # type: ignore[attr-defined]
    return env.get_template(template).render(context)


def in_public_language(view: Callable[P, R]) -> Callable[P, R]:
    """For a view on the public hosts: what language the browser would like does not count there."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        with translation.override(settings.LANGUAGE_CODE):
            response = view(*args, **kwargs)
        response["Content-Language"] = settings.LANGUAGE_CODE
        return response

    return answer


@cache
def public_gettext(message: str) -> str:
    """A string of the interface in the public language; import it as ``_`` where public pages are put together."""
    with translation.override(settings.LANGUAGE_CODE):
        return translation.gettext(message)


def _public_ngettext(singular: str, plural: str, number: int) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return translation.ngettext(singular, plural, number)


@cache
def _marked(message: str) -> Markup:
    return Markup(public_gettext(message))  # noqa: S704 -- our own words


def _say(message: str, **values: Any) -> Markup:
    """``_("共 %(count)s 条", count=n)``: the message is ours, the values are escaped."""
    return _marked(message) % values if values else _marked(message)
