"""The hand that kills or fails one chosen write: Python's side of fault.c, and the memory both sides read."""

import ctypes
import errno
import mmap
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path


SOURCE = Path(__file__).with_name("fault.c")
REMEMBERED = 16384


NAMES = {
    1: "write", 2: "open", 18: "pwrite64", 20: "writev", 40: "sendfile", 74: "fsync", 75: "fdatasync", 76: "truncate",
    77: "ftruncate", 82: "rename", 83: "mkdir", 84: "rmdir", 85: "creat", 86: "link", 87: "unlink", 88: "symlink",
    90: "chmod", 91: "fchmod", 93: "fchown", 257: "openat", 258: "mkdirat", 263: "unlinkat", 264: "renameat", 265: "linkat",
    266: "symlinkat", 268: "fchmodat", 285: "fallocate", 296: "pwritev", 316: "renameat2", 326: "copy_file_range",
    328: "pwritev2", 437: "openat2",
}  # fmt: skip


class Mode(IntEnum):
    COUNT = 0
    KILL = 1
    TEAR = 2  # half of the write happens, then the process is killed
    FAIL_ONCE = 3
    FAIL_ON = 4  # fails from there on


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at the ``at``-th write (from 1)."""

    mode: Mode = Mode.COUNT
    error: int = 0
    at: int = 0

    @property
    def kills(self) -> bool:
        return self.mode in {Mode.KILL, Mode.TEAR}

    def __str__(self) -> str:
        return f"{self.mode.name} {errno.errorcode.get(self.error, '')} #{self.at}"


class Plan(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_long) for name in ("mode", "at", "error", "calls", "fired", "number")),
        ("path", ctypes.c_char * 512),
        ("numbers", ctypes.c_short * REMEMBERED),
    ]

    def set(self, fault: Fault) -> None:
        self.mode, self.error, self.at = fault.mode, fault.error, fault.at
        self.calls = self.fired = self.number = 0
        self.path = b""


def why_not() -> str:
    """Why this machine cannot do it; empty where it can."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "the fault injector speaks Linux on x86-64 only"
    return "" if shutil.which("gcc") else "gcc is missing: nothing compiles the fault injector"


def compiled(folder: Path) -> Path:
    library = folder / "fault.so"
    subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-Wall", "-Werror", "-o", library, SOURCE], check=True)
    return library


def shared_plan() -> Plan:
    """Readable by the parent after the child has been killed."""
    return Plan.from_buffer(mmap.mmap(-1, ctypes.sizeof(Plan)))


def watch(library: Path, plan: Plan, folder: Path) -> None:
    """From now on this process and all its threads obey the plan. There is no way back but the end of the process."""
    function = ctypes.CDLL(str(library)).fault_watch
    code = function(ctypes.byref(plan), str(folder).encode())
    if code:
        raise OSError(code, os.strerror(code))
    os.environ |= {"LD_PRELOAD": str(library), "FAULT_INHERITED": "1"}  # of programs it starts
