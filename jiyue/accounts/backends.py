from django.contrib.auth.backends import ModelBackend

from jiyue.accounts.models import User
from jiyue.accounts.permissions import memberships_of


class MembershipBackend(ModelBackend):
    """Logs people in by password; the one Django permission they ever hold is entry to the back office.

    What they may do there is asked of their memberships (``permissions.py``), never of ``auth_permission`` rows."""

    def get_all_permissions(self, user_obj: User, obj: object | None = None) -> set[str]:  # type: ignore[override]
        if obj is None and memberships_of(user_obj):
            return {"wagtailadmin.access_admin"}
        return set()
