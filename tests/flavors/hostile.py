"""Skops files made hostile: a good one is taken apart, changed in one place and put together again."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import skops.io

State = dict[str, Any]


class Forged:
    """A skops file in parts. `schema` and `members` may be changed; `bytes` puts it together."""

    def __init__(self, model: Any) -> None:
        with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as archive:
            self.members = {name: archive.read(name) for name in archive.namelist()}
        self.schema: State = json.loads(self.members.pop("schema.json"))

    def bytes(self, compression: int = zipfile.ZIP_STORED) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", compression) as archive:
            archive.writestr("schema.json", json.dumps(self.schema))
            for name, content in self.members.items():
                archive.writestr(name, content)
        return stream.getvalue()

    def nodes(self, name: str) -> Iterator[State]:
        """All nodes whose class or loader has this name."""
        waiting: list[Any] = [self.schema]
        while waiting:
            part = waiting.pop()
            if isinstance(part, dict):
                if name in (part.get("__class__"), part.get("__loader__")):
                    yield part
                waiting += part.values()
            elif isinstance(part, list):
                waiting += part

    def attribute(self, owner: str, name: str) -> State:
        """The state of an attribute of the first object of a class."""
        return next(iter(self.nodes(owner)))["content"]["content"][name]

    def change(self, state: State, alter: Callable[[Any], Any]) -> None:
        """Rewrite the array that a node keeps in a member, or the number that it is."""
        if state["__loader__"] == "JsonNode":
            state["content"] = json.dumps(alter(json.loads(state["content"])))
            state.pop("__id__", None)  # Python has one 30, and a file has it once; this one is another
            return
        array = np.load(io.BytesIO(self.members[state["file"]]))
        changed = alter(array)
        stream = io.BytesIO()
        np.save(stream, array if changed is None else changed)
        self.members[state["file"]] = stream.getvalue()

    def tree(self, part: str) -> State:
        """`nodes`, `values`, `node_count` or `max_depth` of the first tree."""
        return next(iter(self.nodes("TreeNode")))["content"]["content"][part]


def json_node(value: Any) -> State:
    return {
        "__class__": "str",
        "__module__": "builtins",
        "__loader__": "JsonNode",
        "content": json.dumps(value),
        "is_json": True,
    }
