"""The gate of the back office: a view nobody has reviewed does not exist.

Wagtail brings some 200 views; several show titles, names or files of other websites to whoever may enter
(docs/adr/0004). So every view has to be declared here with the verbs that open it and, where its address names an
object, a check that the person may see that object. What is not declared, or not allowed, answers 404: whether
something exists elsewhere is nobody's business.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from jiyue.accounts.permissions import can_anywhere, memberships_of
from jiyue.accounts.roles import Verb


Check = Callable[[HttpRequest, dict[str, Any]], bool]


@dataclass(frozen=True)
class Policy:
    """Who may open a view. ``anonymous``: before login. Without verbs: everybody who may enter the back office."""

    verbs: frozenset[Verb] = frozenset()
    check: Check | None = None
    anonymous: bool = False


_policies: dict[str, Policy] = {}


def declare(names: Iterable[str], *verbs: Verb, check: Check | None = None, anonymous: bool = False) -> None:
    """Opens views by URL name (with namespace). Called from ``AppConfig.ready()``."""
    for name in names:
        _policies[name] = Policy(frozenset(verbs), check, anonymous)


def policy_of(name: str) -> Policy | None:
    return _policies.get(name)


def guarded(path: str) -> bool:
    return path.startswith(("/admin/", "/documents/"))


class AdminGate:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if guarded(request.path_info) and not self._open(request, kwargs):
            raise Http404

    def _open(self, request: HttpRequest, kwargs: dict[str, Any]) -> bool:
        policy = policy_of(_view_name(request))
        if policy is None or request.get_host().split(":")[0] != settings.ADMIN_HOST:
            return False
        if policy.anonymous or not request.user.is_authenticated:
            return True  # the view itself sends whoever is not logged in to the login page
        if not memberships_of(request.user):
            return False
        if policy.verbs and not can_anywhere(request.user, *policy.verbs):
            return False
        return policy.check is None or policy.check(request, kwargs)


def _view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
