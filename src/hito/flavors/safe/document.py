"""schema.json of a skops file as nodes: what is understood is kept, all else is refused.

Every node names a loader, which says how skops builds it, and a class. Objects that appear in several places are
written each time, under one `__id__`; skops builds the first and ignores what the others say. So do we, and pass on the
others as mere references, so that no second reading of them exists.

    {"__loader__": "ObjectNode", "__module__": "sklearn.tree._classes", "__class__": "DecisionTreeClassifier",
     "__id__": 1, "content": {"__loader__": "DictNode", …}}
"""

import functools
import importlib
import json
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from hito.flavors.safe import types
from hito.flavors.safe.archive import SCHEMA, Archive

PROTOCOLS = (1, 2)
"""Of skops. Protocol 1 differs for random generators alone, which it wrote without their seeds; those are refused."""
WRITTEN_PROTOCOL = 2
MAX_DEPTH = 150
"""Nested nodes. A search over a pipeline of stacked ensembles has about 40; skops recurses some frames for each."""

State = dict[str, Any]

_WRAPPED = (classmethod, staticmethod)
_BIT_GENERATORS = frozenset({"PCG64", "PCG64DXSM"})
"""Generators whose state is numbers. MT19937, Philox and SFC64 keep a position in a buffer that C code trusts; a
RandomState, which is an MT19937, has its position checked."""


class Node(Struct, eq=False):
    """One object of the file. Which members are set depends on the loader.

    parts: members by name (a dict's values, an object's attributes under `attrs`, a partial's `func`, …).
    items: elements of a list, tuple, set or object array.
    value: a JSON value, or bytes.    array: a numeric array.    shape: of a sparse matrix.
    """

    loader: str
    type: str
    parts: "dict[str, Node]" = {}
    items: "list[Node]" = []
    value: Any = None
    array: Any = None
    shape: tuple[int, int] | None = None
    shared: bool = False

    @property
    def attributes(self) -> "dict[str, Node]":
        """The attributes of an object that has a dict of them; empty for any other node."""
        inner = self.parts.get("attrs")
        return inner.parts if inner is not None and inner.loader == "DictNode" else {}


class Document:
    """Reads a schema. `root` is its object, `state` the schema to pass on, `nodes` all objects, `met` all types."""

    def __init__(self, archive: Archive) -> None:
        """Read the whole schema.

        Raises: InvalidArgument: it holds anything that is not understood, or not allowed.
        """
        self.archive = archive
        self.nodes: list[Node] = []
        self.met: set[str] = set()
        self._known: dict[int, tuple[Node, State]] = {}
        self._open: set[int] = set()
        self._readers: dict[str, Callable[[State, Node, State, int], None]] = {
            "DictNode": self._dict,
            "DefaultDictNode": self._default_dict,
            "ListNode": self._sequence,
            "TupleNode": self._sequence,
            "SetNode": self._sequence,
            "JsonNode": self._json,
            "NdArrayNode": self._array,
            "MaskedArrayNode": self._masked,
            "RandomStateNode": self._random_state,
            "RandomGeneratorNode": self._generator,
            "DTypeNode": self._dtype,
            "FunctionNode": self._nothing,
            "TypeNode": self._nothing,
            "PartialNode": self._partial,
            "SliceNode": self._slice,
            "ObjectNode": self._object,
            "LossNode": self._loss,
            "TreeNode": self._tree,
            "BytesNode": self._bytes,
            "BytearrayNode": self._bytes,
            "SparseMatrixNode": self._sparse,
        }
        try:
            schema = json.loads(archive.member(SCHEMA))
        except (ValueError, RecursionError) as error:
            raise archive.refused(f"has a schema that is not JSON: {error}") from None
        if not isinstance(schema, dict) or schema.get("protocol") not in PROTOCOLS or schema["protocol"] is True:
            known = " and ".join(map(str, PROTOCOLS))
            raise archive.refused(f"has a protocol other than {known}; save the model again with skops 0.16")
        self.protocol = int(schema["protocol"])
        self.root, self.state = self._node(schema, 0)
        self.state["protocol"] = WRITTEN_PROTOCOL
        self.state["_skops_version"] = str(schema.get("_skops_version", ""))[:40]

    def _node(self, state: Any, depth: int) -> tuple[Node, State]:
        """A node and the state to pass on for it."""
        if not isinstance(state, dict) or depth > MAX_DEPTH:
            raise self.archive.refused("has a schema that is nested too deeply or is not made of nodes")
        identity = state.get("__id__")
        if identity is not None and (isinstance(identity, bool) or not isinstance(identity, int) or identity <= 0):
            raise self.archive.refused(f"has an object with id {identity!r}")
        if identity in self._open:
            raise self.archive.refused("has an object that contains itself")
        if identity in self._known:
            node, first = self._known[identity]
            node.shared = True
            return node, {key: first[key] for key in ("__loader__", "__module__", "__class__", "__id__")}
        node = self._typed(state)
        written: State = {
            "__loader__": node.loader,
            "__module__": state["__module__"],
            "__class__": state["__class__"],
        }
        if identity is not None:
            written["__id__"] = identity
            self._known[identity] = (node, written)
            self._open.add(identity)
        self._readers[node.loader](state, node, written, depth + 1)
        self._open.discard(identity or 0)
        self.nodes.append(node)
        self.met.add(node.type)
        return node, written

    def _typed(self, state: State) -> Node:
        """A node with its loader and type, which are allowed together."""
        loader, module, name = (state.get(key) for key in ("__loader__", "__module__", "__class__"))
        if not (isinstance(loader, str) and isinstance(module, str) and isinstance(name, str)):
            raise self.archive.refused("has an object without loader or class")
        if loader not in self._readers:
            raise self.archive.refused(f"builds an object by {loader!r}, which is not allowed")
        kind = f"{module}.{name}"
        if "." in name or kind not in _allowed(loader):
            raise self.archive.refused(
                f"holds {kind}, which is not among the types that are known to be harmless "
                "(docs/safe-models.md lists them)"
            )
        return Node(loader=loader, type=kind)

    def _child(self, state: Any, node: Node, name: str, depth: int) -> State:
        child, written = self._node(state, depth)
        node.parts[name] = child
        return written

    def _member(self, state: State, key: str, kind: type) -> Any:
        value = state.get(key)
        if not isinstance(value, kind):
            raise self.archive.refused(f"has a {state.get('__loader__')} whose {key} is missing or of a wrong kind")
        return value

    def _dict(self, state: State, node: Node, written: State, depth: int) -> None:
        node.parts = {}
        keys, key_state = self._node(self._member(state, "key_types", dict), depth)
        content = self._member(state, "content", dict)
        simple = all(entry.loader == "TypeNode" and entry.type in types.KEY_TYPES for entry in keys.items)
        # A key that was dropped while writing (a property) leaves more types than keys, never fewer.
        if keys.loader != "ListNode" or not simple or len(keys.items) < len(content):
            raise self.archive.refused("has a dict whose keys are of strange types")
        written["key_types"] = key_state
        written["content"] = {key: self._child(value, node, key, depth) for key, value in content.items()}
        node.value = [entry.type for entry in keys.items]

    def _default_dict(self, state: State, node: Node, written: State, depth: int) -> None:
        content = self._member(state, "content", dict)
        node.parts = {}
        main = self._child(content.get("main"), node, "main", depth)
        factory = self._child(content.get("default_factory"), node, "default_factory", depth)
        if node.parts["main"].type != "builtins.dict" or node.parts["default_factory"].loader not in (
            "TypeNode",
            "JsonNode",
        ):
            raise self.archive.refused("has a defaultdict with strange members")
        written["content"] = {"main": main, "default_factory": factory}

    def _sequence(self, state: State, node: Node, written: State, depth: int) -> None:
        pairs = [self._node(entry, depth) for entry in self._member(state, "content", list)]
        node.items = [child for child, _ in pairs]
        written["content"] = [child for _, child in pairs]

    def _json(self, state: State, node: Node, written: State, depth: int) -> None:
        text = self._member(state, "content", str)
        try:
            node.value = json.loads(text)
        except (ValueError, RecursionError):
            raise self.archive.refused(f"has a value {text[:40]!r} that is not JSON") from None
        if isinstance(node.value, dict | list):
            raise self.archive.refused("has a value that hides others in a text")
        written |= {"content": json.dumps(node.value), "is_json": True}

    def _array(self, state: State, node: Node, written: State, depth: int) -> None:
        kind = state.get("type")
        if kind == "numpy":
            node.array = self.archive.array(state.get("file"))
            # A scalar's class is called with the array; anything but one value would be a surprise.
            if node.type != "numpy.ndarray" and node.array.ndim != 0:
                raise self.archive.refused(f"has a {node.type} made of an array of shape {node.array.shape}")
            written |= {"type": "numpy", "file": state["file"]}
        elif kind == "json" and node.type == "numpy.ndarray":
            self._sequence(state, node, written, depth)
            shape, shape_state = self._node(state.get("shape"), depth)
            node.value = tuple(entry.value for entry in shape.items)
            if shape.loader != "TupleNode" or not all(isinstance(length, int) for length in node.value):
                raise self.archive.refused("has an array of objects without a shape")
            written |= {"type": "json", "shape": shape_state}
        else:
            raise self.archive.refused(f"has an array of an unknown kind {kind!r}")

    def _masked(self, state: State, node: Node, written: State, depth: int) -> None:
        content = self._member(state, "content", dict)
        node.parts = {}
        written["content"] = {name: self._child(content.get(name), node, name, depth) for name in ("data", "mask")}
        data, mask = (node.parts[name] for name in ("data", "mask"))
        if data.loader != "NdArrayNode" or mask.loader != "NdArrayNode":
            raise self.archive.refused("has a masked array of something that is no array")

    def _random_state(self, state: State, node: Node, written: State, depth: int) -> None:
        node.parts = {}
        written["content"] = self._child(state.get("content"), node, "content", depth)
        content = node.parts["content"].parts
        inner = content["state"].parts if "state" in content else {}
        key, position = inner.get("key"), inner.get("pos")
        fits = (
            "bit_generator" in content
            and content["bit_generator"].value == "MT19937"
            and key is not None
            and key.array is not None
            and key.array.shape == (624,)
            and key.array.dtype.kind in "iu"
            and position is not None
            and 0 <= whole(position, -1) <= 624
        )
        if not fits:
            raise self.archive.refused("has a random state whose position leaves its buffer")

    def _generator(self, state: State, node: Node, written: State, depth: int) -> None:
        content = self._member(state, "content", dict)
        node.parts = {}
        written["content"] = {
            name: self._child(content.get(name), node, name, depth) for name in ("bit_generator", "seed_seq")
        }
        name = node.parts["bit_generator"].parts.get("bit_generator")
        if name is None or name.value not in _BIT_GENERATORS or self.protocol == 1:
            raise self.archive.refused("has a random generator of a kind that is not allowed")

    def _dtype(self, state: State, node: Node, written: State, depth: int) -> None:
        node.parts = {}
        written["content"] = self._child(state.get("content"), node, "content", depth)
        if node.parts["content"].loader != "NdArrayNode":
            raise self.archive.refused("has a dtype that is not told by an array")

    def _nothing(self, state: State, node: Node, written: State, depth: int) -> None:
        """A class or a function is its name."""

    def _partial(self, state: State, node: Node, written: State, depth: int) -> None:
        content = self._member(state, "content", dict)
        node.parts = {}
        names = ("func", "args", "kwds", "namespace")
        written["content"] = {name: self._child(content.get(name), node, name, depth) for name in names}
        namespace = node.parts["namespace"]
        if node.parts["func"].loader != "FunctionNode" or namespace.parts or namespace.items or namespace.value:
            raise self.archive.refused("has a partial of something that is no plain function")
        if node.parts["args"].loader != "TupleNode" or node.parts["kwds"].loader != "DictNode":
            raise self.archive.refused("has a partial with strange arguments")

    def _slice(self, state: State, node: Node, written: State, depth: int) -> None:
        content = self._member(state, "content", dict)
        bounds = {name: content.get(name) for name in ("start", "stop", "step")}
        if any(not isinstance(bound, int | None) for bound in bounds.values()):
            raise self.archive.refused("has a slice whose bounds are no numbers")
        written["content"] = bounds

    def _object(self, state: State, node: Node, written: State, depth: int) -> None:
        node.parts = {}
        if state.get("content") is not None:
            written["content"] = self._child(state["content"], node, "attrs", depth)
        inner = node.parts.get("attrs")
        plain = inner is None or inner.type == "builtins.dict" or (inner.loader == "JsonNode" and inner.value is None)
        if not plain and node.type not in types.CHECKED_PARTS:
            raise self.archive.refused(f"has a {node.type} whose state is no dict")
        self._check_attributes(node)

    def _check_attributes(self, node: Node) -> None:
        """Refuse attributes that would stand in front of a method of their class."""
        names = node.attributes
        if not names:
            return
        try:
            methods = _methods(node.type)
        except (ImportError, AttributeError) as error:
            raise self.archive.refused(f"needs {node.type}, which is not installed here: {error}") from None
        for attribute in names:
            if attribute.startswith("__") or attribute in methods:
                raise self.archive.refused(f"replaces the method {attribute} of a {node.type}")

    def _loss(self, state: State, node: Node, written: State, depth: int) -> None:
        reduced = self._member(state, "__reduce__", dict)
        node.parts = {}
        written["__reduce__"] = {"args": self._child(reduced.get("args"), node, "args", depth)}
        written["content"] = self._child(state.get("content"), node, "content", depth)
        args, content = node.parts["args"], node.parts["content"]
        numbers = all(isinstance(entry.value, int | float) for entry in args.items)
        if args.loader != "TupleNode" or not numbers or content.parts or content.items or content.value:
            raise self.archive.refused("has a loss function made of something else than numbers")

    def _tree(self, state: State, node: Node, written: State, depth: int) -> None:
        reduced = self._member(state, "__reduce__", dict)
        node.parts = {}
        written["content"] = self._child(state.get("content"), node, "content", depth)
        written["__reduce__"] = {"args": self._child(reduced.get("args"), node, "args", depth)}

    def _bytes(self, state: State, node: Node, written: State, depth: int) -> None:
        node.value = self.archive.member(state.get("file"))
        written["file"] = state["file"]

    def _sparse(self, state: State, node: Node, written: State, depth: int) -> None:
        if state.get("type") != "scipy":
            raise self.archive.refused("has a sparse matrix of an unknown kind")
        node.shape = self.archive.check_sparse(state.get("file"))
        written |= {"type": "scipy", "file": state["file"]}


@functools.cache
def _methods(kind: str) -> frozenset[str]:
    """The names of all methods of a type, which is one of ours."""
    module, _, name = kind.rpartition(".")
    owner = getattr(importlib.import_module(module), name)
    members = {key: value for ancestor in reversed(owner.__mro__) for key, value in vars(ancestor).items()}
    return frozenset(key for key, value in members.items() if callable(value) or isinstance(value, _WRAPPED))


def _allowed(loader: str) -> frozenset[str]:
    """The types that a loader may build."""
    if loader == "ObjectNode":
        return types.objects()
    if loader == "FunctionNode":
        return types.functions()
    if loader == "TypeNode":
        return types.REFERRED_TYPES
    if loader == "LossNode":
        return types.LOSSES_IN_C
    return types.CONTAINERS[loader]


def whole(node: Node, otherwise: int) -> int:
    """The whole number that a node is, as JSON or as one of numpy's."""
    value = node.value
    if node.array is not None and node.array.ndim == 0 and node.array.dtype.kind in "iu":
        return int(node.array)
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
