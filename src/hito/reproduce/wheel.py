"""Hito, as it is here, as a wheel: the very code that runs now, for an environment that shall run it, too.

A wheel is a zip of the package and of its metadata, with a list of their hashes (PyPA's binary distribution format, 1.0).
hito is pure Python, so nothing is built: the installed files are packed, in the order of their names and with one date,
so that the same hito gives the same bytes. That holds for a checkout installed in place as well.
"""

import base64
import hashlib
import importlib.metadata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import hito

_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that zip knows
_LEFT_OUT = {"__pycache__"}
_WHEEL = "Wheel-Version: 1.0\nGenerator: hito\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write(folder: Path) -> Path:
    """Write the wheel into a folder; its path."""
    metadata = importlib.metadata.distribution("hito").read_text("METADATA") or ""
    about = f"hito-{hito.__version__}.dist-info"
    contents = dict(_package())
    contents[f"{about}/METADATA"] = metadata.encode()
    contents[f"{about}/WHEEL"] = _WHEEL.encode()
    contents[f"{about}/entry_points.txt"] = b"[console_scripts]\nhito = hito.cli.main:main\n"
    record = "".join(f"{name},sha256={_hash(content)},{len(content)}\n" for name, content in contents.items())
    contents[f"{about}/RECORD"] = f"{record}{about}/RECORD,,\n".encode()
    path = folder / f"hito-{hito.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)
    return path


def record() -> list[str]:
    """A line for every file of this hito: its name and the hash of its content."""
    return [f"{name} {_hash(content)}\n" for name, content in _package()]


def requirements() -> list[str]:
    """What hito's client needs, as its own metadata says."""
    return [
        line.partition(";")[0].strip() for line in importlib.metadata.requires("hito") or () if "extra ==" not in line
    ]


def _package() -> Iterator[tuple[str, bytes]]:
    root = Path(hito.__file__).parent
    for path in sorted(root.rglob("*")):
        if path.is_file() and not _LEFT_OUT.intersection(path.parts):
            yield f"hito/{path.relative_to(root).as_posix()}", path.read_bytes()


def _hash(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
