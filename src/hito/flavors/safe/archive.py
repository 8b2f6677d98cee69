"""The zip of a skops file, opened with suspicion: names, sizes, and arrays that are data alone.

Limits are far above real models. They exist so that a small file cannot ask for all the memory of a machine.
"""

import io
import math
import re
import threading
import zipfile
import zlib
from typing import Any

import numpy as np

from hito.core.errors import InvalidArgument

SCHEMA = "schema.json"
MAX_SCHEMA_BYTES = 512 * 1024**2  # a forest of a thousand trees has 40 MB
MAX_TOTAL_BYTES = 32 * 1024**3
MAX_RATIO = 200
"""Unpacked bytes for each packed one, above the first FREE_BYTES. Real arrays stay below 20, zeros reach 1000."""
FREE_BYTES = 64 * 1024**2
MAX_MEMBERS = 1_000_000
MAX_HEADER_BYTES = 10_000  # numpy's own limit for a .npy header that is not trusted

_DAMAGE = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, EOFError, RuntimeError, KeyError)
_MEMBER = re.compile(r"[0-9a-f-]{1,64}\.(npy|npz|bin)")
_NPZ_PARTS = frozenset({"data.npy", "indices.npy", "indptr.npy", "shape.npy", "format.npy", "row.npy", "col.npy"})
_NPZ_KINDS = frozenset({"csr", "csc", "coo"})

_PARSING = threading.Lock()
"""CPython 3.11 counts the depth of a literal that is read for all threads together, and raises SystemError when they differ."""


class Archive:
    """The members of a skops file. `what` names the file in messages."""

    def __init__(self, content: bytes, what: str) -> None:
        """Open and check the table of contents.

        Raises: InvalidArgument: no zip, or a member with a strange name, a name twice, or more content than allowed.
        """
        self.what = what
        self.read: set[str] = set()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _DAMAGE as error:
            raise self.refused(f"is no skops file: {error}") from None
        members = self._zip.infolist()
        self._members = {member.filename: member for member in members}
        if len(members) > MAX_MEMBERS or len(self._members) != len(members):
            raise self.refused("has too many members, or one name twice")
        strange = [name for name in self._members if name != SCHEMA and not _MEMBER.fullmatch(name)]
        if SCHEMA not in self._members or strange:
            raise self.refused(f"is no skops file: it {'holds ' + repr(strange[0]) if strange else 'has no ' + SCHEMA}")
        if any(member.flag_bits & 1 or member.compress_type not in (0, 8) for member in members):
            raise self.refused("has an encrypted or unusually packed member")
        total = sum(member.file_size for member in members)
        if total > min(MAX_TOTAL_BYTES, FREE_BYTES + MAX_RATIO * len(content)):
            raise self.refused(f"would unfold {len(content)} bytes to {total}; that is a bomb, not a model")
        if self._members[SCHEMA].file_size > MAX_SCHEMA_BYTES:
            raise self.refused(f"has a schema larger than {MAX_SCHEMA_BYTES} bytes")

    def refused(self, problem: str) -> InvalidArgument:
        """The error that says why this file is not loaded."""
        return InvalidArgument(f"{self.what} {problem}. It was not loaded")

    def member(self, name: Any) -> bytes:
        """The content of one member, which is from now on part of what is passed on."""
        if not isinstance(name, str) or name not in self._members:
            raise self.refused(f"names a member {name!r} that it does not have")
        try:
            content = self._zip.read(name)
        except _DAMAGE as error:
            raise self.refused(f"has a damaged member {name}: {error}") from None
        self.read.add(name)
        return content

    def array(self, name: Any) -> "np.ndarray[Any, Any]":
        """A .npy member as an array."""
        return self.npy(self.member(name), str(name))

    def npy(self, content: bytes, name: str) -> "np.ndarray[Any, Any]":
        """An array from the bytes of a .npy file.

        Raises: InvalidArgument: it holds Python objects (that is, a pickle), or not exactly what its header says.
        """
        stream = io.BytesIO(content)
        try:
            version = np.lib.format.read_magic(stream)
            if version not in ((1, 0), (2, 0), (3, 0)):
                raise self.refused(f"has an array {name} of version {version}")
            # The public readers know versions 1 and 2; 3 differs in the text of field names alone.
            reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            with _PARSING:
                shape, by_column, dtype = reader(stream, max_header_size=MAX_HEADER_BYTES)
        except (ValueError, TypeError, SyntaxError, EOFError, RecursionError, MemoryError, OverflowError) as error:
            raise self.refused(f"has no array in {name}: {error}") from None
        if dtype.hasobject:
            raise self.refused(f"hides a pickle in {name}")
        size = math.prod(shape) * dtype.itemsize
        if any(length < 0 for length in shape) or size != len(content) - stream.tell():
            raise self.refused(f"has an array {name} whose content is not as long as its shape {shape} says")
        # A view, read-only: the header, whose parsing is most of the work, is not read a second time.
        return np.ndarray(shape, dtype, content, offset=stream.tell(), order="F" if by_column else "C")

    def check_sparse(self, name: Any) -> tuple[int, int]:
        """Check a .npz member with a sparse matrix: scipy's C code follows its indices unchecked.

        Returns: its shape.
        """
        inner = self._parts(self.member(name), str(name))
        kind = inner["format.npy"].item() if "format.npy" in inner and inner["format.npy"].ndim == 0 else None
        kind = kind.decode("ascii", "replace") if isinstance(kind, bytes) else kind
        if kind not in _NPZ_KINDS:
            raise self.refused(
                f"has a sparse matrix {name} of kind {kind!r}; known are {', '.join(sorted(_NPZ_KINDS))}"
            )
        shape = inner.get("shape.npy")
        if shape is None or shape.shape != (2,) or shape.dtype.kind not in "iu" or (shape < 0).any():
            raise self.refused(f"has a sparse matrix {name} without a proper shape")
        rows, columns = int(shape[0]), int(shape[1])
        self._check_indices(inner, kind, rows, columns, name)
        return rows, columns

    def _parts(self, content: bytes, name: str) -> "dict[str, np.ndarray[Any, Any]]":
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as inner:
                members = inner.infolist()
                names = [member.filename for member in members]
                if len(set(names)) != len(names) or not set(names) <= _NPZ_PARTS:
                    raise self.refused(f"has a sparse matrix {name} with parts {names}")
                if sum(member.file_size for member in members) > FREE_BYTES + MAX_RATIO * len(content):
                    raise self.refused(f"has a sparse matrix {name} that is a bomb")
                return {part: self.npy(inner.read(part), f"{name}/{part}") for part in names}
        except _DAMAGE as error:
            raise self.refused(f"has no sparse matrix in {name}: {error}") from None

    def _check_indices(
        self, parts: "dict[str, np.ndarray[Any, Any]]", kind: str, rows: int, columns: int, name: Any
    ) -> None:
        wanted = ("row.npy", "col.npy", "data.npy") if kind == "coo" else ("indices.npy", "indptr.npy", "data.npy")
        if any(part not in parts or parts[part].ndim != 1 for part in wanted):
            raise self.refused(f"has a sparse matrix {name} that lacks a part")
        first, second, data = (parts[part] for part in wanted)
        if first.dtype.kind != "i" or second.dtype.kind != "i" or data.dtype.kind not in "biufc":
            raise self.refused(f"has a sparse matrix {name} with parts of strange types")
        if kind == "coo":
            fits = len(first) == len(second) == len(data) and within(first, rows) and within(second, columns)
        else:
            major, minor = (rows, columns) if kind == "csr" else (columns, rows)
            fits = (
                len(second) == major + 1
                and second[0] == 0
                and bool((np.diff(second) >= 0).all())
                and second[-1] == len(first) == len(data)
                and within(first, minor)
            )
        if not fits:
            raise self.refused(f"has a sparse matrix {name} whose indices leave its shape")


def within(indices: "np.ndarray[Any, Any]", length: int) -> bool:
    """Whether all indices lie in 0 … length - 1."""
    return indices.size == 0 or bool(indices.min() >= 0 and indices.max() < length)
