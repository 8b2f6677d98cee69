"""Who may speak to the server at all: host names, foreign pages, and the headers of every answer (auth.md, 3).

A page of any web site can send requests to 127.0.0.1. Two checks keep it out: the name in `Host` must be ours (a name
that was re-bound to our address is not), and a write from a page must come from an origin that is ours.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

HEADERS = [("x-content-type-options", "nosniff"), ("x-frame-options", "SAMEORIGIN")]

_LOCAL_HOSTS = (
    "localhost", "127.0.0.1", "[::1]", "0.0.0.0", "192.168.*", "10.*",  # noqa: S104  names to compare with, not to bind
    *(f"172.{second}.*" for second in range(16, 32)), "[fc00:*", "[fd00:*",
)  # fmt: skip
_LOCAL_ORIGIN = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?", re.ASCII)
_PORT = re.compile(r":\d{1,5}\Z", re.ASCII)
_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Gate:
    """Decides on hosts and origins.

    Args:
        hosts: names that may stand in `Host`, with `*` for any text, with or without a port; empty: this machine and
            private networks; `*` alone: any.
        origins: origins of pages that may write, beside local ones; `*` alone: any, then without credentials.
    """

    def __init__(self, hosts: Sequence[str] = (), origins: Sequence[str] = ()) -> None:
        self._hosts = tuple(host.strip().lower() for host in (hosts or _LOCAL_HOSTS))
        self._origins = tuple(origin.strip() for origin in origins)
        self.admits_host = lru_cache(maxsize=256)(self._admits_host)

    def _admits_host(self, host: str) -> bool:
        if "*" in self._hosts:
            return True
        host = host.lower()
        bare = _PORT.sub("", host)
        # `192.168.*` must not admit `192.168.evil.example`: a pattern of numbers only matches numbers.
        numeric = re.fullmatch(r"[\d.]+|\[[0-9a-f:.]*\]", bare) is not None
        for pattern in self._hosts:
            if (pattern[:1].isdigit() or pattern[:1] == "[") and not numeric:
                continue
            if _matches(pattern, bare) or _matches(pattern, host):
                return True
        return False

    def admits_origin(self, origin: str) -> bool:
        return "*" in self._origins or origin in self._origins or _LOCAL_ORIGIN.fullmatch(origin) is not None

    def refuses_write(self, method: str, path: str, origin: str | None) -> bool:
        """Whether this is a write by a page of a foreign origin."""
        if origin is None or method not in _UNSAFE or ("/api/" not in path and "/ajax-api/" not in path):
            return False
        return not self.admits_origin(origin)

    def cors(self, origin: str | None) -> list[tuple[str, str]]:
        """Headers that let a page of an admitted origin read the answer."""
        if origin is None or not self.admits_origin(origin):
            return []
        if "*" in self._origins:
            return [("access-control-allow-origin", "*"), ("access-control-expose-headers", "*")]
        return [
            ("access-control-allow-origin", origin),
            ("access-control-allow-credentials", "true"),
            ("access-control-expose-headers", "*"),
            ("vary", "Origin"),
        ]


def _matches(pattern: str, text: str) -> bool:
    # Not fnmatch: there the brackets of an IPv6 address would be a set of characters.
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


PREFLIGHT = [
    ("access-control-allow-methods", "GET, POST, PUT, DELETE, OPTIONS, PATCH"),
    ("access-control-allow-headers", "*, content-type, authorization"),
    ("access-control-max-age", "600"),
]
