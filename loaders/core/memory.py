"""Memory limit of this process: the machine's, or less in a container or under `ulimit -v`."""

import os
import re
import resource
from collections.abc import Iterator
from pathlib import Path

BYTES_PER_MB = 1e6
CGROUP_ROOT = Path("/sys/fs/cgroup")
CGROUP_MEMBERSHIP = Path("/proc/self/cgroup")
NO_LIMIT_BYTES = 1 << 60  # cgroups v1 writes a number near 2^63


def limit_mb() -> float:
    """The most memory that this process may use [MB]."""
    limits = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"), *_cgroup_limits_bytes()]
    if has_address_space_limit():
        limits.append(resource.getrlimit(resource.RLIMIT_AS)[0])
    return float(min(limits)) / BYTES_PER_MB


def has_address_space_limit() -> bool:
    """Whether `ulimit -v` limits the address space, used or not."""
    return resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


def used_mb() -> float:
    """The most memory that this process, or one that it waited for, has used so far [MB]."""
    usages = (resource.getrusage(scope).ru_maxrss for scope in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(usages) * 1024 / BYTES_PER_MB


def _cgroup_limits_bytes() -> Iterator[int]:
    """The limits of this process's cgroups and of their parents."""
    try:
        lines = CGROUP_MEMBERSHIP.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # not Linux
        return
    for line in lines:
        if line.count(":") < 2:
            continue
        _, controllers, path = line.split(":", 2)
        if not controllers:
            yield from _limits_bytes(CGROUP_ROOT, path, "memory.max")
        elif "memory" in controllers.split(","):
            yield from _limits_bytes(CGROUP_ROOT / "memory", path, "memory.limit_in_bytes")


def _limits_bytes(root: Path, path: str, name: str) -> Iterator[int]:
    inner = root / path.strip("/")
    for folder in (inner, *inner.parents):
        if not folder.is_relative_to(root):
            return
        try:
            limit = (folder / name).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):  # a container does not see its parents
            continue
        if re.fullmatch(r"[0-9]+", limit) and int(limit) < NO_LIMIT_BYTES:
            yield int(limit)
