"""What a person may do with a page, in the terms Wagtail's back office asks."""

from typing import Any

from wagtail.models import PagePermissionTester

from jiyue.accounts.permissions import can
from jiyue.accounts.roles import Verb


class PageTester(PagePermissionTester):
    """Answers from memberships alone. Nobody ever holds ``publish``: the review chain publishes."""

    def __init__(self, user: Any, page: Any) -> None:
        self.user = user
        self.page = page
        self.page_is_root = page.depth == 1
        self.permissions = self._permissions() if user.is_active and page.unit_id else set()

    def _permissions(self) -> set[str]:
        unit = self.page.unit
        kind = self.page.specific_class.kind if self.page.specific_class else ""
        if can(self.user, Verb.ARRANGE, unit):
            return {"add", "change", "lock", "unlock"}
        if not can(self.user, Verb.WRITE, unit):
            return set()
        held = {"lock", "unlock"}
        if kind != "home":  # below a home page stand columns only
            held.add("add")
        if kind not in {"home", "column"}:
            held.add("change")
        return held

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """Items are discarded and withdrawn by our own actions; nothing is ever deleted from the tree."""
        return False

    def can_move(self) -> bool:
        return False

    def can_copy(self) -> bool:
        return False

    def can_publish(self) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_reorder_children(self) -> bool:
        """The order of the columns is that of the public menu; Wagtail's view would leave no trail."""
        return False

    def can_edit(self) -> bool:
        return not self.page_is_root and "change" in self.permissions
