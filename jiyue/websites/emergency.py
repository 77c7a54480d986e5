"""紧急停用与恢复: a page, a website or the cluster taken to a notice and back, within a second or two (S12)."""

from datetime import datetime
from urllib.parse import unquote, urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from jiyue.accounts.audit import record
from jiyue.accounts.models import User
from jiyue.common.errors import Refused
from jiyue.common.outbox import touch
from jiyue.notices.actions import raise_alarm, settle
from jiyue.websites.models import Host, Suspension, Website
from jiyue.websites.permissions import can_suspend
from jiyue.websites.signals import suspensions_changed


ALARM = "websites.suspended"
SCREEN = "/admin/emergency/"  # written out: the command at the server loads no screens
KEY = "suspension"  # in the outbox, for when the process dies right after it has promised


@transaction.atomic
def suspend(
    website: Website | None,
    *,
    reason: str,
    by: User | None,
    at: datetime,
    path: str = "",
    text: str = "",
) -> Suspension:
    """``website=None``: the whole cluster. ``path``: one page only. ``by=None``: somebody at the machine itself."""
    _require_right(by, website)
    if not reason.strip():
        raise Refused(_("请写明原因。"))
    if Suspension.objects.active().filter(website=website, path=path).exists():
        raise Refused(_("已经停用。"))
    suspension = Suspension(website=website, path=path, reason=reason.strip(), text=text.strip(), since=at, by=by)
    suspension.clean_fields(exclude=["website", "by", "until", "ended_by"])
    suspension.save()
    record(suspension, "websites.suspend", by=by, at=at, reason=suspension.reason)
    told = _("已紧急停用。原因：%s") % suspension.reason
    raise_alarm(ALARM, subject=str(suspension), text=told, at=at, unit=suspension.unit, evidence=SCREEN, lasting=True)
    _announce(at)
    return suspension


@transaction.atomic
def resume(website: Website | None, *, by: User | None, at: datetime, reason: str = "", path: str = "") -> Suspension:
    _require_right(by, website)
    active = Suspension.objects.select_for_update().active()
    suspension = active.filter(website=website, path=path).first()
    if suspension is None:
        raise Refused(_("没有停用，无须恢复。"))
    suspension.until, suspension.ended_by = at, by
    suspension.save(update_fields=["until", "ended_by"])
    record(suspension, "websites.resume", by=by, at=at, reason=reason)
    settle(ALARM, subject=str(suspension), at=at)
    _announce(at)
    return suspension


def find_page(url: str) -> tuple[Website, str]:
    """Website and path of a public address. Raises ``Refused`` for one that is not ours."""
    parts = urlsplit(url if "//" in url else f"//{url}")
    host = Host.objects.select_related("website").filter(name=(parts.hostname or "").lower()).first()
    if host is None:
        raise Refused(_("“%s”不是本平台网站的网址。") % url)
    path = unquote(parts.path) or "/"
    if any(part.startswith(".") for part in path.split("/")) or "\\" in path or "\0" in path or "//" in path:
        raise Refused(_("“%s”不是本平台网站的网址。") % url)
    return host.website, path.removesuffix("index.html") if path.endswith("/index.html") else path


def _require_right(by: User | None, website: Website | None) -> None:
    if by is not None and not can_suspend(by, website):
        raise Refused(_("您没有停用或恢复它的权限。"))


def _announce(at: datetime) -> None:
    touch([KEY], at=at)
    transaction.on_commit(lambda: suspensions_changed.send(Suspension), robust=True)
