"""An ensemble of trees as ONNX, in the bits in which its library compares and adds.

    X (n, columns), 64 bits ──> rounded? zero? ──> TreeEnsemble ──> ÷ divisor ──> link ──> Y (n, scores)

`TreeEnsemble` (ai.onnx.ml 5; ONNX Runtime 1.20) takes splits and leaves of 64 bits, where the operators before it had 32
and a converter had to round. It knows no number to begin with: that is the leaf of a tree that has nothing else.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from hito.serve.ensembles import EXPONENTIAL, ISOLATION, LOGISTIC, SOFTMAX, Ensemble, Tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPSET = {"": 18, "ai.onnx.ml": 5}
_IR_VERSION = 10
_SUM, _NO_TRANSFORM = 1, 0
_LESS_OR_EQUAL, _LESS = 0, 1


def model(ensemble: Ensemble, count: int, before: Any = None) -> bytes:
    """The ONNX file: one input X of shape (n, count), 64 bits, one output Y of shape (n, scores).

    Args:
        before: an ONNX model of one output, whose columns the trees see.
    """
    from onnx import TensorProto, helper

    kind = TensorProto.FLOAT if ensemble.single else TensorProto.DOUBLE
    source = before.graph.output[0].name if before is not None else "X"
    nodes = _nodes(ensemble, source)
    width = 2 if ensemble.link == LOGISTIC and not ensemble.labels else ensemble.scores
    output = helper.make_tensor_value_info("Y", kind, [None, width])
    if before is None:
        inputs = [helper.make_tensor_value_info("X", TensorProto.DOUBLE, [None, count])]
        graph = helper.make_graph(nodes, "model", inputs, [output])
    else:
        graph = before.graph
        graph.name = "model"
        graph.node.extend(nodes)
        del graph.output[:]
        graph.output.append(output)
    opsets = [helper.make_opsetid(domain, version) for domain, version in OPSET.items()]
    content: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION).SerializeToString()
    return content


def _nodes(ensemble: Ensemble, source: str) -> list[Any]:
    from onnx import TensorProto, helper, numpy_helper

    kind = TensorProto.FLOAT if ensemble.single else TensorProto.DOUBLE
    number: Any = np.float32 if ensemble.single else np.float64
    made: list[Any] = []

    def step(operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = output or f"hito_{len(made)}"
        made.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def constant(value: float) -> str:
        return step("Constant", value=numpy_helper.from_array(np.array([value], dtype=number)))

    if ensemble.rounded:
        source = step("Cast", source, to=TensorProto.FLOAT)
    if not ensemble.single:
        source = step("Cast", source, to=TensorProto.DOUBLE)
    if ensemble.zero:
        near = step("LessOrEqual", step("Abs", source), constant(ensemble.zero))
        source = step("Where", near, constant(0.0), source)
    attributes = {
        name: numpy_helper.from_array(value, name) if name in _TENSORS else value.tolist()
        for name, value in _arrays(ensemble, number).items()
    }
    found = step(
        "TreeEnsemble", source, domain="ai.onnx.ml", n_targets=ensemble.scores, aggregate_function=_SUM,
        post_transform=_NO_TRANSFORM, **attributes,
    )  # fmt: skip
    if ensemble.divisor != 1.0:
        found = step("Div", found, constant(ensemble.divisor))
    if ensemble.link == EXPONENTIAL:
        found = step("Exp", found)
    elif ensemble.link == SOFTMAX:
        found = step("Softmax", found, axis=1)
    elif ensemble.link == LOGISTIC:
        second = step("Sigmoid", found)
        found = step("Concat", step("Sub", constant(1.0), second), second, axis=1)
    elif ensemble.link == ISOLATION:
        found = step("Neg", step("Pow", constant(2.0), step("Neg", found)))
        found = step("Sub", found, constant(ensemble.offset))
    step("Cast", found, output="Y", to=kind)
    return made


_TENSORS = frozenset({"nodes_splits", "nodes_modes", "leaf_weights"})


def _arrays(ensemble: Ensemble, number: Any) -> "dict[str, NDArray[Any]]":
    """The operator's attributes: inner nodes of all trees behind one another, and leaves likewise."""
    every = [*_bases(ensemble), *ensemble.trees]
    parts: dict[str, list[Any]] = {name: [] for name in _NAMES}
    nodes = leaves = 0
    for tree in every:
        inner = tree.inner
        node_at = np.cumsum(inner) - 1 + nodes
        leaf_at = np.cumsum(~inner) - 1 + leaves
        parts["tree_roots"].append([nodes])
        if inner.any():
            for side, to in (("true", tree.left[inner]), ("false", tree.right[inner])):
                parts[f"nodes_{side}nodeids"].append(np.where(inner[to], node_at[to], leaf_at[to]))
                parts[f"nodes_{side}leafs"].append(~inner[to])
            parts["nodes_featureids"].append(tree.column[inner])
            parts["nodes_splits"].append(tree.split[inner])
            parts["nodes_missing_value_tracks_true"].append(tree.gaps_left[inner])
            nodes += int(inner.sum())
        else:  # a tree must have a node; both its sides are the leaf
            for side in ("true", "false"):
                parts[f"nodes_{side}nodeids"].append(leaf_at[:1])
                parts[f"nodes_{side}leafs"].append([1])
            for name in ("nodes_featureids", "nodes_splits", "nodes_missing_value_tracks_true"):
                parts[name].append([0])
            nodes += 1
        values = tree.value[~inner]
        parts["leaf_weights"].append(values)
        parts["leaf_targetids"].append(np.full(len(values), tree.score))
        leaves += len(values)
    found = {name: np.concatenate(some).astype(np.int64) for name, some in parts.items() if name not in _TENSORS}
    for name in ("nodes_splits", "leaf_weights"):
        found[name] = np.concatenate(parts[name]).astype(number)
    mode = _LESS if ensemble.strict else _LESS_OR_EQUAL
    found["nodes_modes"] = np.full(len(found["nodes_splits"]), mode, dtype=np.uint8)
    return found


_NAMES = (
    "tree_roots", "nodes_truenodeids", "nodes_trueleafs", "nodes_falsenodeids", "nodes_falseleafs", "nodes_featureids",
    "nodes_splits", "nodes_missing_value_tracks_true", "leaf_weights", "leaf_targetids",
)  # fmt: skip


def _bases(ensemble: Ensemble) -> list[Tree]:
    """A tree of one leaf for each score that begins with a number."""
    if ensemble.base is None:
        return []
    none = np.array([-1])
    return [
        Tree(none, np.zeros(1), none, none, np.zeros(1, dtype=bool), np.array([value]), at)
        for at, value in enumerate(ensemble.base)
        if value != 0.0
    ]
