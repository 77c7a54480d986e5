"""What a clerk who leaves has not finished: drafts of theirs and submissions on their way. By number and state: the
security administrator, who asks, does not read what is not public."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from jiyue.accounts.debts import Debt
from jiyue.accounts.models import User
from jiyue.content.models import Submission
from jiyue.library.models import BasePage


SHOWN = 200


def owed(user: User) -> Iterator[Debt]:
    drafts = BasePage.objects.filter(owner=user, has_unpublished_changes=True).select_related("unit")
    for page in drafts.order_by("-latest_revision_created_at")[:SHOWN]:
        yield Debt(_("草稿"), _numbered(page.pk), str(page.unit))
    for submission in Submission.objects.open().filter(author=user).select_related("unit")[:SHOWN]:
        yield Debt(str(submission.get_state_display()), _numbered(submission.page_id), str(submission.unit))


def _numbered(page: int) -> str:
    return _("信息第 %s 号") % page
