"""Writing files so that a reader, a crash or a full disk never meets half of one."""

import os
import shutil
from itertools import count
from pathlib import Path


STAGING = ".staging"  # beside the tree it feeds: a rename must stay on one file system

_serial = count()


def stage(body: bytes, *, beside: Path, durable: bool) -> str:
    """Writes ``body`` to a new file in ``beside/.staging`` and answers its path. Each process has a folder of its own
    there, or they would wait for each other."""
    path = f"{beside}/{STAGING}/{os.getpid()}/{next(_serial)}"
    try:
        _write(path, body, durable=durable)
    except BaseException:
        remove_file(path)
        raise
    return path


def move_into_place(staged: str, path: str, *, durable: bool) -> None:
    try:
        os.replace(staged, path)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.replace(staged, path)
    if durable:
        _flush_directory(os.path.dirname(path))


def write_atomically(path: str, body: bytes, *, beside: Path, durable: bool) -> None:
    """``durable`` returns only once the file would survive a power cut; a full rebuild leaves that to one ``os.sync()``
    at its end."""
    staged = stage(body, beside=beside, durable=durable)
    try:
        move_into_place(staged, path, durable=durable)
    except BaseException:
        remove_file(staged)
        raise


def has_bytes(path: str, body: bytes) -> bool:
    """Whether the plain file at ``path`` holds exactly ``body``."""
    return read_file(path) == body


def read_file(path: str) -> bytes | None:
    """The bytes of a plain file; ``None`` when it is missing, a directory or a link someone put there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        with open(descriptor, "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return None


def remove_file(path: str) -> bool:
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def remove_staging(root: Path) -> int:
    """Clears what processes that have ended left half-written; answers how many files."""
    abandoned = [folder for folder in (root / STAGING).glob("*") if not _is_alive(int(folder.name))]
    removed = sum(len(list(folder.iterdir())) for folder in abandoned)
    for folder in abandoned:
        shutil.rmtree(folder, ignore_errors=True)
    return removed


def _is_alive(process: int) -> bool:
    return process != os.getpid() and os.path.exists(f"/proc/{process}")


def _write(path: str, body: bytes, *, durable: bool) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    try:
        descriptor = os.open(path, flags, 0o644)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        descriptor = os.open(path, flags, 0o644)
    try:
        view = memoryview(body)
        while view:  # a write may take less than it was given
            view = view[os.write(descriptor, view) :]
        if durable:
            os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def _flush_directory(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
