from django.db.models import Q

from jiyue.accounts.models import User
from jiyue.accounts.permissions import can_anywhere, units_where
from jiyue.accounts.roles import Verb


SEES_ALARMS = (Verb.RUN, Verb.SUPERVISE)


def alarms_of(user: User) -> Q:
    """System administrators see every alarm, supervisors those of the units they supervise."""
    return Q() if can_anywhere(user, Verb.RUN) else Q(unit__in=units_where(user, Verb.SUPERVISE))


def can_acknowledge(user: User) -> bool:
    return can_anywhere(user, Verb.RUN)
