from jiyue.accounts.models import User
from jiyue.accounts.permissions import can
from jiyue.accounts.roles import Verb
from jiyue.organisations.models import Unit
from jiyue.websites.models import Website


def can_register(user: User, unit: Unit) -> bool:
    return can(user, Verb.SUPERVISE, unit)


def can_amend(user: User, website: Website) -> bool:
    return can(user, Verb.ARRANGE, website.unit) or can(user, Verb.SUPERVISE, website.unit)


def can_put_online(user: User, website: Website) -> bool:
    return can(user, Verb.SUPERVISE, website.unit)
