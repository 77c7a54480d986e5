"""What is done to keep the installation safe: backups, and drills that show they can be restored."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from jiyue.accounts.audit import record
from jiyue.accounts.models import User
from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.notices.actions import raise_alarm, settle
from jiyue.operations import backup, databases
from jiyue.operations.models import Run
from jiyue.operations.restore import check_data, restore
from jiyue.operations.vault import SUFFIX, Busy, Vault, snapshots


DAYS = 30  # for which the last backup of each day is kept


def back_up(*, at: datetime, to: Path | None = None, by: User | None = None) -> Run:
    """One backup, with its row begun before and ended after. Raises ``Refused`` with what is to be done."""
    with _opened(to or settings.BACKUP_TO, by=by, at=at) as vault:
        _settle(vault, at)
        stem = backup.new_stem(vault.root, at)
        run = _begin(Run.Kind.BACKUP, vault.root, stem, at=at)
        try:
            made = backup.make_backup(vault, stem, at=at)
        except (Refused, OSError) as error:
            _fail(run, error, by=by, at=at)
            raise Refused(_reason(error)) from error
        run.files, run.size, run.added = made.files, made.size, made.added
        _succeed(run, by=by, at=at)
        vault.prune(list(_kept(vault.root)))
    return run


@contextmanager
def _opened(root: Path, *, by: User | None, at: datetime) -> Iterator[Vault]:
    """The place, for us alone. One that is not mounted, or a key that is gone, is a backup that failed."""
    with ExitStack() as stack:
        try:
            vault = backup.open_vault(root)
            stack.enter_context(vault.writing())
        except Busy:
            raise
        except (Refused, OSError) as error:
            _fail(_begin(Run.Kind.BACKUP, root, "", at=at), error, by=by, at=at)
            raise Refused(_reason(error)) from error
        yield vault


def drill(*, at: datetime, place: Path | None = None, by: User | None = None) -> Run:
    """Restores the newest backup somewhere else, checks every byte, every row count and the data itself."""
    root = place or settings.BACKUP_TO
    newest = next(iter(snapshots(root)), None)
    run = _begin(Run.Kind.DRILL, root, newest.stem if newest else "", at=at)
    try:
        if newest is None:
            raise Refused(_("%s 里没有备份，无从演练。") % root)
        run.files, run.size = _rehearse(newest)
    except (Refused, OSError) as error:
        _fail(run, error, by=by, at=at)
        raise Refused(_reason(error)) from error
    _succeed(run, by=by, at=at)
    return run


def _rehearse(newest: Path) -> tuple[int, int]:
    stage = settings.HOME / "drill"
    shutil.rmtree(stage, ignore_errors=True)
    try:
        if connection.vendor == "postgresql":
            with databases.temporary_database() as address:
                done = restore(newest, into=stage, secret=backup.secret(), database=address)
                check_data(stage, address)
        else:
            done = restore(newest, into=stage, secret=backup.secret())
            check_data(stage)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return done.files, done.size


@transaction.atomic
def _begin(kind: str, root: Path, name: str, *, at: datetime) -> Run:
    return Run.objects.create(kind=kind, place=str(root), name=name, began_at=at)


@transaction.atomic
def _succeed(run: Run, *, by: User | None, at: datetime) -> None:
    run.ended_at, run.succeeded = max(at, now()), True
    run.save()
    record(run, f"operations.{run.kind}", by=by, at=run.ended_at, files=run.files, bytes=run.size)
    settle(_alarm(run), subject=run.place, at=run.ended_at)


@transaction.atomic
def _fail(run: Run, error: Exception, *, by: User | None, at: datetime) -> None:
    run.ended_at, run.complaint = max(at, now()), _reason(error)
    run.save()
    record(run, f"operations.{run.kind}_failed", by=by, at=run.ended_at, reason=run.complaint[:500])
    raise_alarm(_alarm(run), subject=run.place, text=run.complaint, at=run.ended_at, lasting=True)


def _alarm(run: Run) -> str:
    return f"operations.{run.kind}_failed"


def _settle(vault: Vault, at: datetime) -> None:
    """Ends the rows of backups that were killed: their file says whether they were done. We hold the place's lock."""
    for run in Run.objects.filter(kind=Run.Kind.BACKUP, place=str(vault.root), ended_at=None):
        if (vault.root / f"{run.name}{SUFFIX}").exists():
            _succeed(run, by=None, at=at)
        else:
            _fail(run, Refused(_("备份被中断，没有作成。")), by=None, at=at)


def _kept(root: Path) -> Iterable[Path]:
    """The newest ones, and the last of each of the days before those of the newest ones."""
    there = snapshots(root)
    newest, older = there[: settings.BACKUP_KEEP], there[settings.BACKUP_KEEP :]
    yield from newest
    recent = {path.stem[:8] for path in newest}
    last_of_day = {path.stem[:8]: path for path in reversed(older) if path.stem[:8] not in recent}
    yield from list(reversed(last_of_day.values()))[:DAYS]


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and not isinstance(error, Refused):
        return _("写入失败：%s") % (error.strerror or error)
    return str(error)
