"""All checks of one page.

findings = inspect(page, at=now)
findings = inspect(page, only={"hijack", "hidden"})
"""

from collections.abc import Collection
from datetime import datetime

from jiyue.inspector import access, delivery, foreign, freshness, furniture, hidden, hijack, links, norms, publication
from jiyue.inspector.checks import CHECKS, Case, Kind, Notice, PageFinding
from jiyue.inspector.kinds import holds_norm, kind_of
from jiyue.inspector.page import Page
from jiyue.inspector.rules import RULES


# In the order of what it would mean; importing a module registers its checks.
MODULES = (hijack, hidden, foreign, norms, furniture, publication, freshness, links, access, delivery)


def inspect(
    page: Page,
    *,
    kind: Kind | None = None,
    governmental: bool | None = None,
    at: datetime | None = None,
    only: Collection[str] = (),
) -> list[PageFinding]:
    """``kind`` and ``governmental`` are guessed where nobody knows them; ``only`` names checks; order as in the page."""
    unknown = set(only) - CHECKS.keys()
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    norm = holds_norm(page) if governmental is None else governmental
    case = Case(page, kind or kind_of(page), norm, at)
    return sorted(
        _finding(notice, name, page)
        for name, check in CHECKS.items()
        if not only or name in only
        for notice in check(case)
    )


def _finding(notice: Notice, check: str, page: Page) -> PageFinding:
    rule = RULES[notice.rule]
    tier = notice.tier or rule.tier
    return PageFinding(
        address=page.url,
        line=notice.line,
        column=notice.column,
        rule=notice.rule,
        check=check,
        tier=tier,
        severity=rule.severity,
        title=rule.title,
        excerpt=notice.excerpt,
        remedy=rule.remedy,
        digest=page.digest,
        count=notice.count,
    )
