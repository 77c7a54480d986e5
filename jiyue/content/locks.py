"""While a revision is with the reviewers the page is locked for everybody: what is signed is what was read."""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from wagtail.locks import BaseLock


class ReviewLock(BaseLock):
    def for_user(self, user: Any) -> bool:
        return True

    def get_message(self, user: Any) -> str:
        return _("正在审核，内容已锁定。需要修改请先撤回送审，或请审核人退回。")

    def get_icon(self, user: Any) -> str:
        return "lock"

    def get_locked_by(self, user: Any) -> str:
        return _("审核锁定")

    def get_description(self, user: Any) -> str:
        return _("正在审核，内容已锁定。")


def lock_of(page: Any) -> ReviewLock | None:
    """The lock on a page with an open submission; ``None`` otherwise."""
    submissions = apps.get_model("content", "Submission").objects
    return ReviewLock(page) if page.pk and submissions.filter(page=page.pk).open().exists() else None
