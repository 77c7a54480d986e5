"""The gate: a view nobody has reviewed does not exist.

Wagtail brings some 200 views; several show titles, names or files of other websites to whoever may enter
(docs/adr/0004). So every view has to be declared here with the verbs that open it and, where its address names an
object, a check that the person may see that object. What is not declared, or not allowed, answers 404: whether
something exists elsewhere is nobody's business. Whoever is not logged in gets no further than the gate: not every view
of Wagtail's asks for a login itself (docs/adr/0018).
"""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.datastructures import MultiValueDictKeyError
from wagtail.admin.auth import reject_request

from jiyue.accounts import audit
from jiyue.accounts.permissions import can_anywhere, memberships_of
from jiyue.accounts.roles import Verb
from jiyue.common.clock import now


Check = Callable[[HttpRequest, dict[str, Any]], bool]


@dataclass(frozen=True)
class Policy:
    """Who may open a view. ``anonymous``: before login. ``public``: everybody, on every host. Without verbs: everybody
    who may enter the back office."""

    verbs: frozenset[Verb] = frozenset()
    check: Check | None = None
    anonymous: bool = False
    public: bool = False


_policies: dict[str, Policy] = {}
_asking: ContextVar[Any] = ContextVar("asking", default=None)


def who_asks() -> Any:
    """The user of the request being answered, for those of Wagtail's widgets that are not told; ``None`` outside."""
    return _asking.get()


def declare(
    names: Iterable[str],
    *verbs: Verb,
    check: Check | None = None,
    anonymous: bool = False,
    public: bool = False,
) -> None:
    """Opens views by URL name (with namespace). Called from ``AppConfig.ready()`` or beside the URL."""
    for name in names:
        _policies[name] = Policy(frozenset(verbs), check, anonymous, public)


def policy_of(name: str) -> Policy | None:
    return _policies.get(name)


def guarded(path: str) -> bool:
    """Whether an address belongs to the back office."""
    return path.startswith(("/admin/", "/documents/"))


class AdminGate:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = _asking.set(request.user)
        try:
            return self.get_response(request)
        finally:
            _asking.reset(before)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        policy = policy_of(_view_name(request))
        if policy is None or not (policy.public or _on_the_host_of_the_back_office(request)):
            raise Http404
        if policy.public or policy.anonymous:
            return None
        if not request.user.is_authenticated:
            answer: HttpResponse = reject_request(request)
            return answer
        if not _opens(policy, request, kwargs):
            audit.denied(by=request.user, at=now(), view=_view_name(request), path=request.path_info)
            raise Http404
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A form without the fields the screen's form has - Wagtail's page editor asks for their count - is a bad
        request and no error of ours."""
        return HttpResponseBadRequest() if isinstance(exception, MultiValueDictKeyError) else None


def _opens(policy: Policy, request: Any, kwargs: dict[str, Any]) -> bool:
    if not memberships_of(request.user) or (policy.verbs and not can_anywhere(request.user, *policy.verbs)):
        return False
    return policy.check is None or policy.check(request, kwargs)


def _on_the_host_of_the_back_office(request: HttpRequest) -> bool:
    return request.get_host().split(":")[0] == settings.ADMIN_HOST


def _view_name(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
