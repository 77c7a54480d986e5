"""Which objects Wagtail's listings and choosers may show to a person."""

from typing import Any

from django.db.models import Q, QuerySet

from jiyue.accounts.permissions import units_where
from jiyue.library.policies import EXPLORE


def choosable_pages(pages: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Pages of the person's own websites, drafts included; nothing of any other."""
    return pages.filter(Q(unit__in=units_where(user, *EXPLORE)) | Q(depth=1))
