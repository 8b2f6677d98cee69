"""The names of metrics, params and tags that a process has met, both ways."""

_MOST = 200_000


class Names:
    """A cache of the table `keys`. Rows of it are never changed nor deleted, so what was once read stays true."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._names: dict[int, str] = {}

    def id(self, name: str) -> int | None:
        return self._ids.get(name)

    def name(self, key: int) -> str | None:
        return self._names.get(key)

    def add(self, found: dict[str, int]) -> None:
        """Only names whose rows are committed may come here."""
        if len(self._ids) > _MOST:  # somebody makes up names without end; memory must not follow
            self._ids, self._names = {}, {}
        self._ids.update(found)
        self._names.update({key: name for name, key in found.items()})
