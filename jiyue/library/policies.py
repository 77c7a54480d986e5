"""Wagtail's permission policies, answered from memberships: an object belongs to a unit, the policy asks the unit."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q, QuerySet
from wagtail.models import Collection
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy

from jiyue.accounts.models import User
from jiyue.accounts.permissions import can, can_anywhere, holders, memberships_of, units_where
from jiyue.accounts.roles import Verb, roles_with
from jiyue.library.models import BasePage
from jiyue.organisations.models import Unit


PAGE_VERBS: dict[str, tuple[Verb, ...]] = {
    "add": (Verb.WRITE, Verb.ARRANGE),
    "change": (Verb.WRITE, Verb.ARRANGE),
    "lock": (Verb.WRITE, Verb.ARRANGE),
    "unlock": (Verb.WRITE, Verb.ARRANGE),
    "view": (Verb.READ, Verb.SUPERVISE),
}
MEDIA_VERBS: dict[str, tuple[Verb, ...]] = {
    "add": (Verb.WRITE, Verb.ARRANGE),
    "change": (Verb.WRITE, Verb.ARRANGE),
    "choose": (Verb.WRITE, Verb.ARRANGE),
    "view": (Verb.READ,),
}
EXPLORE = (Verb.READ, Verb.WRITE, Verb.ARRANGE, Verb.SUPERVISE)


def _verbs(table: dict[str, tuple[Verb, ...]], actions: Iterable[str]) -> tuple[Verb, ...]:
    return tuple({verb for action in actions for verb in table.get(action, ())})


class WebsitePagePolicy(PagePermissionPolicy):
    """Pages by their website's unit, in one query whatever the number of websites (stock Wagtail adds one OR branch
    per website and fails on SQLite at 150)."""

    def get_all_permissions_for_user(self, user: User) -> list[Any]:
        return []

    def user_has_any_permission(self, user: User, actions: Iterable[str]) -> bool:
        return can_anywhere(user, *_verbs(PAGE_VERBS, actions))

    def user_has_any_permission_for_instance(self, user: User, actions: Iterable[str], instance: Any) -> bool:
        if instance.unit_id is None:
            return False
        return any(can(user, verb, instance.unit) for verb in _verbs(PAGE_VERBS, actions))

    def instances_user_has_any_permission_for(self, user: User, actions: Iterable[str]) -> QuerySet[Any]:
        units = units_where(user, *_verbs(PAGE_VERBS, actions))
        return self.model._default_manager.filter(unit__in=units)

    def users_with_any_permission(self, actions: Iterable[str], include_superusers: bool = True) -> QuerySet[User]:
        verbs = _verbs(PAGE_VERBS, actions)
        return User.objects.filter(is_active=True, memberships__role__in=_roles(verbs)).distinct()

    def users_with_any_permission_for_instance(
        self, actions: Iterable[str], instance: Any, include_superusers: bool = True
    ) -> QuerySet[User]:
        found = User.objects.none()
        for verb in _verbs(PAGE_VERBS, actions):
            found = found | holders(verb, instance.unit)
        return found

    def instances_with_direct_explore_permission(self, user: User) -> QuerySet[Any]:
        return self.model.base_page_model.objects.filter(depth=2, unit__in=units_where(user, *EXPLORE))

    def explorable_instances(self, user: User) -> QuerySet[Any]:
        """The pages of the person's websites, and the root above them when there are several."""
        pages = self.model._default_manager
        mine = Q(unit__in=units_where(user, *EXPLORE))
        root = self.explorable_root_instance(user)
        if root is not None and root.depth == 1:
            mine |= Q(depth=1)
        return pages.filter(mine)


class UnitPolicy(BasePermissionPolicy):
    """For anything with a ``unit``: a table of action → verbs, asked of memberships."""

    def __init__(self, model: type[Model], verbs: dict[str, tuple[Verb, ...]]) -> None:
        super().__init__(model)
        self.verbs = verbs

    def user_has_permission(self, user: User, action: str) -> bool:
        return self.user_has_any_permission(user, [action])

    def user_has_any_permission(self, user: User, actions: Iterable[str]) -> bool:
        return can_anywhere(user, *_verbs(self.verbs, actions))

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        return User.objects.filter(is_active=True, memberships__role__in=_roles(_verbs(self.verbs, actions))).distinct()

    def user_has_permission_for_instance(self, user: User, action: str, instance: Any) -> bool:
        return self.user_has_any_permission_for_instance(user, [action], instance)

    def user_has_any_permission_for_instance(self, user: User, actions: Iterable[str], instance: Any) -> bool:
        unit: Unit | None = instance.unit
        return unit is not None and any(can(user, verb, unit) for verb in _verbs(self.verbs, actions))

    def instances_user_has_any_permission_for(self, user: User, actions: Iterable[str]) -> QuerySet[Any]:
        return self.model._default_manager.filter(unit__in=units_where(user, *_verbs(self.verbs, actions)))

    def instances_user_has_permission_for(self, user: User, action: str) -> QuerySet[Any]:
        return self.instances_user_has_any_permission_for(user, [action])

    def users_with_any_permission_for_instance(self, actions: Iterable[str], instance: Any) -> QuerySet[User]:
        found = User.objects.none()
        for verb in _verbs(self.verbs, actions):
            found = found | holders(verb, instance.unit)
        return found


class MediaPolicy(UnitPolicy):
    """Pictures and attachments: seen and chosen within the unit; deleted by nobody (public pages may show them)."""

    def __init__(self, model: type[Model]) -> None:
        super().__init__(model, MEDIA_VERBS)

    def collections_user_has_any_permission_for(self, user: User, actions: Iterable[str]) -> QuerySet[Any]:
        """Wagtail files media in collections; we have the root one only, and units instead."""
        return (
            Collection.objects.filter(depth=1)
            if self.user_has_any_permission(user, actions)
            else Collection.objects.none()
        )

    def collections_user_has_permission_for(self, user: User, action: str) -> QuerySet[Any]:
        return self.collections_user_has_any_permission_for(user, [action])


def usable(things: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Of pages, pictures or attachments, those a person may refer to: of the own units, and pages the public sees."""
    mine = Q(unit__in=units_where(user, *EXPLORE))
    if issubclass(things.model, BasePage):
        mine |= Q(release__isnull=False, release__withdrawn_at=None)
    return things.filter(mine)


def home_unit(user: User) -> Unit | None:
    """The unit new media of a person belong to: the first in which the person writes."""
    for membership in memberships_of(user):
        if can(user, Verb.WRITE, membership.unit):
            return membership.unit
    return None


def _roles(verbs: Iterable[Verb]) -> list[str]:
    return [role.value for verb in verbs for role in roles_with(verb)]
