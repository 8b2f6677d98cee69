"""Which endpoint a method and a path mean: one look-up for the fixed paths, a short walk for those with names in them."""

from collections.abc import Iterable

from hito.wire.endpoint import Any_Endpoint

Match = tuple[Any_Endpoint, dict[str, str] | None]

PREFIXES = ("/api/", "/ajax-api/")


class Routes:
    """The table of every path that the server answers, made once when it starts."""

    def __init__(self, endpoints: Iterable[Any_Endpoint]) -> None:
        self._fixed: dict[tuple[str, str], Any_Endpoint] = {}
        self._named: list[tuple[str, list[str], Any_Endpoint]] = []
        for endpoint in endpoints:
            for path in paths(endpoint):
                if "{" in path:
                    self._named.append((endpoint.method, path.split("/"), endpoint))
                else:
                    self._fixed[endpoint.method, path] = endpoint

    def find(self, method: str, path: str) -> Match | None:
        """The endpoint, and the fields that the path names; a HEAD is found where a GET is."""
        if method == "HEAD":
            method = "GET"
        endpoint = self._fixed.get((method, path))
        if endpoint is not None:
            return endpoint, None
        parts = path.split("/")
        for wanted, pattern, candidate in self._named:
            if wanted == method:
                given = _matched(pattern, parts)
                if given is not None:
                    return candidate, given
        return None

    def methods(self, path: str) -> list[str]:
        """What may be done at a path, for a message to somebody who tried something else."""
        return [method for method in ("GET", "POST", "PUT", "PATCH", "DELETE") if self.find(method, path)]


def paths(endpoint: Any_Endpoint) -> list[str]:
    """Where an endpoint is found: under both prefixes, or, if it has no version, just at its path."""
    if not endpoint.version:
        return [endpoint.path]
    return [f"{prefix}{endpoint.version}{endpoint.path}" for prefix in PREFIXES]


def _matched(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    given: dict[str, str] = {}
    for place, wanted in enumerate(pattern):
        if wanted.startswith("{") and wanted.endswith("+}"):
            rest = "/".join(parts[place:])
            if not rest:
                return None
            given[wanted[1:-2]] = rest
            return given
        if place >= len(parts):
            return None
        if wanted.startswith("{"):
            if not parts[place]:
                return None
            given[wanted[1:-1]] = parts[place]
        elif wanted != parts[place]:
            return None
    return given if len(parts) == len(pattern) else None
