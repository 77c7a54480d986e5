from jiyue.accounts.models import User
from jiyue.accounts.permissions import can, can_anywhere
from jiyue.accounts.roles import Verb
from jiyue.organisations.models import Unit
from jiyue.websites.models import Website


def can_register(user: User, unit: Unit) -> bool:
    return can(user, Verb.SUPERVISE, unit)


def can_amend(user: User, website: Website) -> bool:
    return can(user, Verb.ARRANGE, website.unit) or can(user, Verb.SUPERVISE, website.unit)


def can_put_online(user: User, website: Website) -> bool:
    return can(user, Verb.SUPERVISE, website.unit)


def can_suspend(user: User, website: Website | None) -> bool:
    """An emergency waits for nobody: who answers for the website, who supervises it, who runs the platform. The whole
    cluster only the last."""
    if can_anywhere(user, Verb.RUN):
        return True
    return website is not None and any(
        can(user, verb, website.unit) for verb in (Verb.SUPERVISE, Verb.EMERGENCY, Verb.ARRANGE)
    )
