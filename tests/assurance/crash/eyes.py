"""What strace saw of the changes below a folder, to hold against what the injector counted."""

import re
from collections import Counter
from collections.abc import Iterable


# Whatever is not here changes something, or we have to learn of it.
READING = frozenset(
    "access chdir close dup dup2 dup3 faccessat faccessat2 fadvise64 fcntl flock fstat fstatfs getcwd getdents64 "
    "inotify_add_watch ioctl lseek lstat mmap newfstatat pread64 preadv read readahead readlink readlinkat stat statfs statx "
    "utimensat".split()
)
CALL = re.compile(r"(\d+) +(\w+)\((.*)")
SIGNAL = re.compile(r"(\d+) +--- SIGSYS")


def changes(trace: Iterable[str], folder: str) -> Counter[str]:
    """Calls that happened. One that became a signal did not: the injector made it again itself."""
    happened: Counter[str] = Counter()
    last: dict[str, str] = {}  # of each thread: the call a signal would be about
    for line in trace:
        if signal := SIGNAL.match(line):
            happened[last.get(signal[1], "")] -= 1
        elif (call := CALL.match(line)) and "resumed>" not in line:
            last[call[1]] = name = call[2] if folder in call[3] and _changes(call[2], call[3]) else ""
            happened[name] += 1
    del happened[""]
    return +happened


def _changes(name: str, arguments: str) -> bool:
    if name in {"open", "openat"}:
        return any(flag in arguments for flag in ("O_CREAT", "O_TRUNC", "O_TMPFILE"))
    return name not in READING
