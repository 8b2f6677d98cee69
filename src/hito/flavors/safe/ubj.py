"""Universal binary JSON, as XGBoost writes it: a byte says what comes, numbers are big-endian.

    {  key value  key value … }          a key: L, 8 bytes of length, text
    [  value value … ]                   [ # L length  value …          [ $ type # L length  bytes …   (an array of numbers)
    S  L length text      i U I l L  whole numbers of 1, 1, 2, 4, 8 bytes      d D  floats      T F Z  true, false, null

Source: the draft of ubjson.org (types, containers), and files written by XGBoost 1.6 … 3.2.
"""

import struct
from typing import Any

import numpy as np

from hito.core.errors import InvalidArgument

MAX_DEPTH = 32

_NUMBERS = {"i": ">b", "U": ">B", "I": ">h", "l": ">i", "L": ">q", "d": ">f", "D": ">d"}
_ARRAYS = {"i": ">i1", "U": ">u1", "I": ">i2", "l": ">i4", "L": ">i8", "d": ">f4", "D": ">f8"}
_WORDS = {"T": True, "F": False, "Z": None}


def parse(content: bytes) -> Any:
    """Read one value and nothing after it. Arrays of numbers come as numpy arrays, in the file's byte order.

    Raises: InvalidArgument: it is cut, has a marker that is not in the drawing, nests deeper than MAX_DEPTH, or has a
        key twice; the message says at which byte.
    """
    reader = _Reader(content)
    value = reader.value(0)
    if reader.at != len(content):
        raise reader.refused("goes on after its end")
    return value


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content, self.at = content, 0

    def refused(self, problem: str) -> InvalidArgument:
        return InvalidArgument(f"this is no universal binary JSON: at byte {self.at} it {problem}")

    def value(self, depth: int) -> Any:
        marker = self._marker()
        if marker == "{":
            return self._object(depth + 1)
        if marker == "[":
            return self._list(depth + 1)
        if marker == "S":
            return self._text()
        if marker in _NUMBERS:
            return self._number(marker)
        if marker in _WORDS:
            return _WORDS[marker]
        raise self.refused(f"has {marker!r}, which begins no value")

    def _object(self, depth: int) -> dict[str, Any]:
        self._check_depth(depth)
        found: dict[str, Any] = {}
        while self.content[self.at : self.at + 1] != b"}":
            key = self._text()
            if key in found:
                raise self.refused(f"has the key {key!r} twice")
            found[key] = self.value(depth)
        self.at += 1
        return found

    def _list(self, depth: int) -> Any:
        self._check_depth(depth)
        if self.content[self.at : self.at + 1] == b"$":
            self.at += 1
            return self._array(self._marker())
        if self.content[self.at : self.at + 1] == b"#":
            self.at += 1
            length = self._length()
            # Each value takes a byte at least, so a length of more is a lie.
            if length > len(self.content) - self.at:
                raise self.refused("has a list that is longer than the file")
            return [self.value(depth) for _ in range(length)]
        found = []
        while self.content[self.at : self.at + 1] != b"]":
            found.append(self.value(depth))
        self.at += 1
        return found

    def _array(self, kind: str) -> "np.ndarray[Any, Any]":
        if kind not in _ARRAYS or self._marker() != "#":
            raise self.refused(f"has an array of {kind!r}")
        length, dtype = self._length(), np.dtype(_ARRAYS[kind])
        data = self._take(length * dtype.itemsize)
        return np.frombuffer(data, dtype)

    def _text(self) -> str:
        try:
            return self._take(self._length()).decode()
        except UnicodeDecodeError:
            raise self.refused("has a text that is no UTF-8") from None

    def _length(self) -> int:
        marker = self._marker()
        if marker not in "iUIlL":
            raise self.refused(f"has a length of type {marker!r}")
        length = int(self._number(marker))
        if length < 0:
            raise self.refused("has a length below zero")
        return length

    def _number(self, marker: str) -> Any:
        form = _NUMBERS[marker]
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _marker(self) -> str:
        return self._take(1).decode("latin-1")

    def _take(self, length: int) -> bytes:
        if length > len(self.content) - self.at:
            raise self.refused("ends too early")
        self.at += length
        return self.content[self.at - length : self.at]

    def _check_depth(self, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise self.refused(f"nests deeper than {MAX_DEPTH}")
