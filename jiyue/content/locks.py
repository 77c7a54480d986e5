"""While a revision is with the reviewers the page is locked for everybody: what is signed is what was read. And nobody
writes over a text they have not seen."""

from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from wagtail.locks import BaseLock

from jiyue.library.models import BasePage


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


class Overtaken(PermissionDenied):
    """The page moved on while it was being saved. The editor shows this and keeps what was typed."""


def hold(page: BasePage) -> None:
    """Keeps the page's row to the end of the transaction; refuses when it has moved on since ``page`` was read."""
    row = BasePage.objects.select_for_update().get(pk=page.pk)
    seen = page.latest_revision_id, page.latest_revision_created_at, page.live
    if row.discarded_at or seen != (row.latest_revision_id, row.latest_revision_created_at, row.live):
        raise Overtaken(_("保存期间该信息有了变化，您的内容没有保存。请核对后再次保存。"))
    lock = lock_of(page)
    if lock is not None:
        raise Overtaken(lock.get_message(None))
