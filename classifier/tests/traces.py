"""System calls of a program, and what a power cut after them would lose.

The model is the strictest that POSIX allows: what was written is on the disk once its
file is synced, and a name once the folder that it is in is.
"""

import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import which

WRITES = {"write", "pwrite64", "writev", "pwritev", "ftruncate", "sendfile"}
SYNCS = {"fsync", "fdatasync"}
FOLDERS = {"mkdir", "mkdirat"}
NAMES = {"link", "linkat", "rename", "renameat", "renameat2"}
LINE = re.compile(r"^\d+ +(\w+)\((.*)")
DESCRIPTOR = re.compile(r"^\d+<([^>]*)>")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Call:
    """A system call, and the paths that it names."""

    name: str
    paths: tuple[str, ...]


@cache
def can_trace():
    """Tell whether there is a strace that may trace."""
    return (
        bool(which("strace"))
        and not subprocess.run(
            ["strace", "-qq", "-o", "/dev/null", "true"], stderr=subprocess.DEVNULL
        ).returncode
    )


def trace(program, folder, env):
    """Run a program in Python; return its calls that change files, in their order."""
    log = Path(folder, "trace")
    traced = ",".join(f"?{name}" for name in WRITES | SYNCS | FOLDERS | NAMES)
    command = ["strace", "-f", "-y", "-qq", "-s", "0", "-o", log, "-e", traced]
    subprocess.run([*command, sys.executable, "-c", program], env=env, check=True)
    return [call for line in log.read_text().splitlines() if (call := _parse(line))]


def lost(calls):
    """Return the paths of which a power cut would lose content or name."""
    unsynced, unnamed = set(), set()
    for call in calls:
        *source, path = call.paths or ("",)
        if call.name in WRITES:
            unsynced.add(path)
        elif call.name in SYNCS:
            unsynced.discard(path)
            unnamed -= {each for each in unnamed if str(Path(each).parent) == path}
        elif call.name in FOLDERS | NAMES:
            unnamed.add(path)
            unsynced |= {path} if unsynced.intersection(source) else set()
    return unsynced | unnamed


def _parse(line):
    if not (found := LINE.match(line)) or "= -1 " in line:
        return None
    name, arguments = found.groups()
    if name in FOLDERS | NAMES:
        return Call(name, tuple(QUOTED.findall(arguments)))
    descriptor = DESCRIPTOR.match(arguments)
    return Call(name, (descriptor[1],) if descriptor else ())
