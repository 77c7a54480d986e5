"""Notices of emergencies as files: while one exists, both servers answer with it instead of what it covers.

``HOME/suspended/.cluster.html`` covers everything, ``<code>.html`` a website, ``<code>/a/b.html`` the page of that file.
nginx looks for them itself, so that nothing has to be reloaded; no database is asked either. They lie outside the trees
the tamper guard watches; a job puts right every minute what somebody else wrote here.
"""

import json
import os
import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jiyue.common.rendering import public_gettext as _
from jiyue.common.rendering import render
from jiyue.publishing.files import STAGING, has_bytes, remove_file, write_atomically
from jiyue.publishing.tree import compress, relative_file
from jiyue.websites.emergency import resume, suspend
from jiyue.websites.models import Suspension


CLUSTER = ".cluster"  # no code of a website contains a dot
RETRY_AFTER = 600
SPARED = ("a", "skin.css")  # design of the websites: the notice itself is dressed in it


def write_suspensions() -> None:
    """Brings the notices to what the register says now, and what was done without it."""
    wanted: dict[str, bytes] = {}
    for suspension in Suspension.objects.active().select_related("website"):
        for name in _names(suspension):
            wanted[name] = _notice(suspension)
    at = _cluster_without_register()
    if at is not None:
        wanted.setdefault(f"{CLUSTER}.html", read_notice(f"{CLUSTER}.html") or cluster_notice(at))
    for name, body in wanted.items():
        _write(name, body)
    _remove_others(wanted)


def suspend_cluster_by_file(at: datetime, *, reason: str, text: str) -> None:
    """For when the database does not answer: the notice first, the register later (``pending``)."""
    _keep_pending({"act": "suspend", "at": at.isoformat(), "reason": reason, "text": text})
    _write(f"{CLUSTER}.html", cluster_notice(at, text))


def resume_cluster_by_file(at: datetime, *, reason: str) -> None:
    _keep_pending({"act": "resume", "at": at.isoformat(), "reason": reason})
    remove_file(f"{root()}/{CLUSTER}.html")
    remove_file(f"{root()}/{CLUSTER}.html.gz")


def tend(at: datetime) -> None:
    """Every minute: what was done while the database did not answer goes into the register; the notices are put right."""
    catch_up()
    write_suspensions()


def catch_up() -> int:
    """Enters into the register what was done by file alone; answers how many acts. Doing it twice does no harm."""
    acts = pending()
    with transaction.atomic():
        for act in acts:
            at = datetime.fromisoformat(act["at"])
            known = Suspension.objects.filter(website=None)
            if act["act"] == "suspend" and not known.filter(Q(until=None) | Q(since=at)).exists():
                suspend(None, reason=act["reason"], text=act["text"], by=None, at=at)
            if act["act"] == "resume" and known.filter(until=None, since__lte=at).exists():
                resume(None, reason=act["reason"], by=None, at=at)
    forget_pending()
    return len(acts)


def pending() -> list[dict[str, str]]:
    """What was done without the register, in its order."""
    try:
        lines = _pending_file().read_text().splitlines()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines]


def forget_pending() -> None:
    _pending_file().unlink(missing_ok=True)


def find_suspension(folder: str, path: str) -> str | None:
    """The notice that covers an address, below ``root()``; for the built-in server."""
    here = root()
    if not os.path.exists(here):
        return None
    names = [f"{CLUSTER}.html", f"{folder}.html"]
    with suppress(ValueError):
        names.append(f"{folder}/{relative_file(path)}")
    return next((name for name in names if os.path.isfile(f"{here}/{name}")), None)


def cluster_notice(at: datetime, text: str = "") -> bytes:
    return _page(_("网站暂停服务"), "", text, at)


def read_notice(name: str) -> bytes | None:
    try:
        return Path(f"{root()}/{name}").read_bytes()
    except FileNotFoundError:
        return None


def _notice(suspension: Suspension) -> bytes:
    title = _("该网页暂停访问") if suspension.path else _("网站暂停服务")
    name = suspension.website.name if suspension.website else ""
    return _page(title, name, suspension.text, suspension.since)


def _page(title: str, website: str, text: str, since: datetime) -> bytes:
    told = text or _("因故暂停服务，正在处理，请稍后再访问。给您带来不便，敬请谅解。")
    context = {"title": title, "website": website, "text": told, "since": f"{timezone.localtime(since):%Y-%m-%d %H:%M}"}
    return render("publishing/suspended.html", context).encode()


def _names(suspension: Suspension) -> list[str]:
    if suspension.website is None:
        return [f"{CLUSTER}.html"]
    code = suspension.website.code
    return [f"{code}/{relative_file(suspension.path)}"] if suspension.path else [f"{code}.html"]


def _write(name: str, body: bytes) -> None:
    """The packed variant too: otherwise a page's own could still be asked for."""
    for path, content in ((f"{root()}/{name}.gz", compress(body)), (f"{root()}/{name}", body)):
        if not has_bytes(path, content):
            write_atomically(path, content, beside=Path(root()), durable=True)


def _remove_others(wanted: dict[str, bytes]) -> None:
    here = Path(root())
    if not wanted:
        shutil.rmtree(here, ignore_errors=True)
        return
    kept = {f"{here}/{name}{suffix}" for name in wanted for suffix in ("", ".gz")}
    for path in here.rglob("*"):
        if (path.is_symlink() or not path.is_dir()) and str(path) not in kept and STAGING not in path.parts:
            remove_file(str(path))


def _cluster_without_register() -> datetime | None:
    """Since when the cluster is suspended by a file the register does not know of yet."""
    since = None
    for act in pending():
        since = datetime.fromisoformat(act["at"]) if act["act"] == "suspend" else None
    return since


def _keep_pending(act: dict[str, str]) -> None:
    path = _pending_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(json.dumps(act, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _pending_file() -> Path:
    return Path(settings.HOME) / "emergency" / "pending.jsonl"


def root() -> str:
    return f"{settings.HOME}/suspended"
