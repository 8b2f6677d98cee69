"""What identifies a dataset: a name, a digest of what is in it, and how it is described.

The digest tells data apart, cheaply: it is no proof against somebody who wants two data sets to look alike. It has 8
hexadecimal digits, as MLflow's. Hashed are names, types, lengths and values; of long data the first, the last and
evenly spaced rows, so that a hundred million rows take no longer than ten thousand.
"""

import hashlib
from collections.abc import Iterable

SAMPLE = 10_000
"""Rows that are hashed, at most, besides the number of all."""
DIGEST_DIGITS = 8


def digest(parts: Iterable[bytes]) -> str:
    """The digest of some bytes; where one part ends and the next begins counts."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()[:DIGEST_DIGITS]


def sampled_rows(count: int) -> list[int] | None:
    """Which of `count` rows to hash: None for all, else `SAMPLE` of them, evenly spaced from the first to the last."""
    if count <= SAMPLE:
        return None
    return [at * (count - 1) // (SAMPLE - 1) for at in range(SAMPLE)]
