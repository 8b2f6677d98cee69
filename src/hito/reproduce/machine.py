"""The interpreter, the machine, and what steers how numbers come out on them."""

import hashlib
import itertools
import os
import platform
import sys
from pathlib import Path
from typing import Any

from msgspec import Struct

THREAD_SETTINGS = (
    "OMP_NUM_THREADS OMP_DYNAMIC OMP_PROC_BIND OPENBLAS_NUM_THREADS MKL_NUM_THREADS MKL_CBWR BLIS_NUM_THREADS "
    "VECLIB_MAXIMUM_THREADS NUMEXPR_NUM_THREADS NUMBA_NUM_THREADS LOKY_MAX_CPU_COUNT PYTHONHASHSEED CUDA_VISIBLE_DEVICES "
    "CUBLAS_WORKSPACE_CONFIG TF_DETERMINISTIC_OPS"
).split()
"""Environment variables on which results depend. No others are recorded: the environment is where secrets live."""


class Beginning(Struct, frozen=True):
    """What the program may change soon: the command line, the working folder, the states of its generators.

    `ordinal`: how many runs this process had begun before, by which a program that runs again finds this one.
    """

    argv: list[str]
    folder: str
    seeds: dict[str, Any]
    ordinal: int = 0


_begun = itertools.count()


def note() -> Beginning:
    """What they are now: a third of a millisecond."""
    return Beginning(list(getattr(sys, "orig_argv", sys.argv)), str(Path.cwd()), seeds(), next(_begun))


def describe() -> dict[str, Any]:
    """Python, platform, processors and the settings above."""
    return {
        "python": {
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "executable": sys.executable,
            "prefix": sys.prefix,
            "flags": {name: getattr(sys.flags, name) for name in ("optimize", "hash_randomization", "utf8_mode")},
        },
        "platform": {
            "system": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
            "libc": " ".join(platform.libc_ver()),
        },
        "processor": {"model": _processor(), "count": os.cpu_count(), "usable": _usable(), "memory_bytes": _memory()},
        "settings": {name: os.environ[name] for name in THREAD_SETTINGS if name in os.environ},
    }


def seeds() -> dict[str, Any]:
    """Seeds where they can be known, and else a digest of the generator's state, to compare two runs by.

    `random` and numpy's global generator forget their seed; numpy's shows it until the first number is drawn.
    """
    found: dict[str, Any] = {}
    if os.environ.get("PYTHONHASHSEED"):
        found["PYTHONHASHSEED"] = os.environ["PYTHONHASHSEED"]
    random = sys.modules.get("random")
    if random is not None:
        found["random"] = {"state": _short(repr(random.getstate()).encode())}
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        kind, key, position, *_ = numpy_random.get_state()
        state: dict[str, Any] = {"state": _short(key.tobytes() + str(position).encode())}
        if kind == "MT19937" and position == len(key):
            state["seed"] = int(key[0])
        found["numpy"] = state
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "initial_seed"):
        found["torch"] = {"seed": int(torch.initial_seed())}
    return found


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor()


def _usable() -> int | None:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
