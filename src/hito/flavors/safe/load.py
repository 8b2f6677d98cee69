"""The way of a skops file: audited, rewritten, loaded."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from hito.core.errors import InvalidArgument
from hito.flavors.safe import neighbours, trees, vectors
from hito.flavors.safe.archive import SCHEMA, Archive
from hito.flavors.safe.document import Document, Node
from hito.flavors.safe.lightgbm_trees import check_lightgbm
from hito.flavors.safe.xgboost_trees import check_xgboost

Check = Callable[[Node, Archive], None]


def _check_booster(node: Node, archive: Archive, check: Callable[[bytes, str], None]) -> None:
    """A Booster in a pipeline keeps its library's own file as bytes or a text, under one of two names."""
    for name in ("handle", "_handle"):
        held = node.attributes.get(name)
        content = None if held is None else held.value
        if isinstance(content, str):
            content = content.encode()
        if isinstance(content, bytes):
            check(content, archive.what)
        elif held is not None and not (held.loader == "JsonNode" and content is None):
            raise archive.refused("has a Booster whose model is neither bytes nor a text")


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "sklearn.tree._tree.Tree": trees.check_tree,
        "sklearn.ensemble._iforest.IsolationForest": trees.check_isolation_forest,
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor": trees.check_lone_predictor,
        "scipy.interpolate._bsplines.BSpline": vectors.check_spline,
        "xgboost.core.Booster": lambda node, archive: _check_booster(node, archive, check_xgboost),
        "lightgbm.basic.Booster": lambda node, archive: _check_booster(node, archive, check_lightgbm),
        "sklearn.cluster._hdbscan.hdbscan.HDBSCAN": neighbours.check_hierarchy,
        **dict.fromkeys(trees.TREE_ESTIMATORS, trees.check_estimator),
        **dict.fromkeys(trees.FORESTS, trees.check_forest),
        **dict.fromkeys(trees.BOOSTING, trees.check_boosting),
        **dict.fromkeys(trees.HISTOGRAM_BOOSTING, trees.check_histogram_boosting),
        **dict.fromkeys(neighbours.SEARCH_TREES, neighbours.check_search_tree),
        **dict.fromkeys(neighbours.METRICS, neighbours.check_metric),
        **dict.fromkeys(neighbours.SEARCHERS, neighbours.check_searcher),
        **dict.fromkeys(vectors.MACHINES, vectors.check_machine),
        **dict.fromkeys(vectors.CENTRED, vectors.check_centres),
        **dict.fromkeys(vectors.ENCODERS, vectors.check_encoder),
        **dict.fromkeys(vectors.VOCABULARIES, vectors.check_vocabulary),
    }
)
"""Type → the check of its content. Nodes are checked after their members, so a check may rely on those."""


class Audited(Struct, frozen=True):
    """A file that was looked at.

    content: the file again, made of what was looked at and of nothing else.
    types: all types in it.
    """

    content: bytes
    types: tuple[str, ...]

    def untrusted_by_skops(self) -> list[str]:
        """Those types that skops would refuse if nobody looked at them, in sorted order."""
        from skops.io import get_untrusted_types

        return list(get_untrusted_types(data=self.content))


def audit(content: bytes, what: str) -> Audited:
    """Look at a skops file without building any object.

    Args:
        what: names the file in messages.
    Raises: InvalidArgument: it is damaged, holds what is not allowed, or what leaves its bounds.
    """
    archive = Archive(content, what)
    document = Document(archive)
    for node in document.nodes:
        check = CHECKS.get(node.type)
        # A class that is merely referred to has no content.
        if check is not None and node.loader in ("ObjectNode", "TreeNode"):
            try:
                check(node, archive)
            except (KeyError, IndexError, TypeError, AttributeError, ValueError, OverflowError) as error:
                # A check reads what scikit-learn writes; where it stumbles, something else was written.
                raise archive.refused(f"has a {node.type} of an unknown form ({error})") from None
    return Audited(_rewritten(document, archive), tuple(sorted(document.met)))


def load(content: bytes, what: str) -> Any:
    """Build the object of a skops file, after `audit`.

    Raises: InvalidArgument: see `audit`; or scikit-learn itself refuses what it is given.
    """
    import skops.io

    audited = audit(content, what)
    try:
        return skops.io.loads(audited.content, trusted=list(audited.types))
    except (TypeError, ValueError, KeyError, AttributeError, ImportError, IndexError, RecursionError) as error:
        message = f"{what} was audited, but cannot be built here: {type(error).__name__}: {error}"
        raise InvalidArgument(f"{message}. Was it written by another version of its libraries?") from error


def _rewritten(document: Document, archive: Archive) -> bytes:
    names = sorted(archive.read - {SCHEMA})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        target.writestr(SCHEMA, json.dumps(document.state))
        for name in names:
            target.writestr(name, archive.member(name))
    return stream.getvalue()
