"""How much memory this process can still take, so that blocks shrink on a small machine or in a small container."""

from __future__ import annotations

import sys
from pathlib import Path

UNLIMITED = 1 << 60
_MEMINFO, _STATUS = Path("/proc/meminfo"), Path("/proc/self/status")
_GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def free_memory() -> int | None:
    """Bytes: the least of what the machine has available, its control group allows and a limit on the address space
    leaves. None where the system does not say.
    """
    found = [bytes_left for bytes_left in (_available(), _in_group(), _in_address_space()) if bytes_left is not None]
    return min(found, default=None)


def _available() -> int | None:
    return _field(_MEMINFO, "MemAvailable")


def _in_group() -> int | None:
    left = []
    for limit, usage in _GROUPS:
        most, used = _number(Path(limit)), _number(Path(usage))
        if most is not None and used is not None and most < UNLIMITED:
            left.append(max(0, most - used))
    return min(left, default=None)


def _in_address_space() -> int | None:
    if sys.platform == "win32":
        return None
    import resource

    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    used = _field(_STATUS, "VmSize")
    return None if most == resource.RLIM_INFINITY or used is None else max(0, most - used)


def _field(path: Path, name: str) -> int | None:
    """A size in kB from a table of the kernel, in bytes."""
    try:
        text = path.read_text("ascii", "replace")
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return None


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text("ascii").strip())
    except (OSError, ValueError):  # "max" = no limit
        return None
