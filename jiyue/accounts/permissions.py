"""Who may do what where. Every rule of the product that asks for a role asks here."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from jiyue.accounts.models import Membership, User
from jiyue.accounts.roles import MATRIX, SUBTREE, Role, Verb
from jiyue.organisations.models import Unit


def memberships_of(user: User | AnonymousUser) -> list[Membership]:
    """What a person holds; nothing for who is suspended or not logged in."""
    return user.held if isinstance(user, User) and user.is_active else []


def roles_in(user: User, unit: Unit) -> frozenset[Role]:
    return frozenset(Role(m.role) for m in memberships_of(user) if _reaches(m, unit))


def can(user: User, verb: Verb, unit: Unit | None) -> bool:
    """Whether a role of the person in this unit (or, for roles over a subtree, above it) grants the verb.

    Nobody may do anything to what belongs to no unit."""
    return unit is not None and any(verb in MATRIX[role] for role in roles_in(user, unit))


def can_anywhere(user: User, *verbs: Verb) -> bool:
    return any(verb in MATRIX[Role(m.role)] for m in memberships_of(user) for verb in verbs)


def units_where(user: User, *verbs: Verb) -> QuerySet[Unit]:
    """The units in which a person may do at least one of the verbs."""
    found = Q(pk__in=[])
    for membership in memberships_of(user):
        if MATRIX[Role(membership.role)].intersection(verbs):
            found |= _reach(membership)
    return Unit.objects.filter(found)


def holders(verb: Verb, unit: Unit) -> QuerySet[User]:
    """The active people who may do the verb for this unit."""
    roles = [role for role, verbs in MATRIX.items() if verb in verbs]
    above = unit.path.rstrip("/").split("/")
    here = Q(memberships__unit=unit, memberships__role__in=roles)
    from_above = Q(memberships__unit__in=above, memberships__role__in=_subtree(roles))
    return User.objects.filter(here | from_above, is_active=True).distinct()


def _reaches(membership: Membership, unit: Unit) -> bool:
    if membership.role in SUBTREE:
        return unit.path.startswith(membership.unit.path)
    return membership.unit_id == unit.pk


def _reach(membership: Membership) -> Q:
    if membership.role in SUBTREE:
        return Q(path__startswith=membership.unit.path)
    return Q(pk=membership.unit_id)


def _subtree(roles: Iterable[Role]) -> list[Role]:
    return [role for role in roles if role in SUBTREE]
