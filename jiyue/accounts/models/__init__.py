"""People and their memberships (``people.py``); what they did (``trail.py``); their logins (``sessions.py``)."""

from jiyue.accounts.models.people import Membership, User
from jiyue.accounts.models.sessions import Factor, GuessCount, PastPassword, RecoveryCode, RoleReview, Sitting
from jiyue.accounts.models.trail import AuditCheck, AuditEntry, AuditRepeat


__all__ = [
    "AuditCheck",
    "AuditEntry",
    "AuditRepeat",
    "Factor",
    "GuessCount",
    "Membership",
    "PastPassword",
    "RecoveryCode",
    "RoleReview",
    "Sitting",
    "User",
]
