"""Python objects as files: skops by default, a pickle when it is asked for by name.

write ──> skops.dump ──> audit of the very bytes ──> model.skops     (what we could not read back, we do not write)
read  ──> audit of the bytes ──> skops.load
      └─> the gate of `trust` ──> pickle.load
"""

import io
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from hito.core.errors import HitoError, InvalidArgument
from hito.flavors import mlmodel
from hito.flavors.trust import Trust, load_pickle

SKOPS, PICKLE, CLOUDPICKLE = "skops", "pickle", "cloudpickle"

INSTEAD = "its author can save it with serialization_format='skops', which is the default of hito"


class Written(Struct, frozen=True):
    """How an object was written: `file` in the folder, its `format`, and the modules that reading it imports.

    `trusted_types` are those that skops alone would not load: MLflow reads this list from the MLmodel file. hito never
    does; it is written for MLflow's benefit.
    """

    file: str
    format: str
    trusted_types: list[str] | None
    modules: list[str]


def write(model: Any, folder: Path, form: str) -> Written:
    """Write an object as `model.skops` or `model.pkl`.

    Raises: InvalidArgument: an unknown format, or an object that it cannot hold.
    """
    if form == SKOPS:
        return _write_skops(model, folder)
    if form not in (PICKLE, CLOUDPICKLE):
        raise InvalidArgument(f"serialization_format {form!r} is not known; choose {SKOPS}, {CLOUDPICKLE} or {PICKLE}")
    target = folder / "model.pkl"
    with target.open("wb") as stream:
        pickler(form).dump(model, stream)
    return Written(target.name, form, None, [*modules_of(model), *([form] if form == CLOUDPICKLE else [])])


def read(folder: Path, name: Any, form: Any, trust: Trust) -> Any:
    """Read what `write` wrote.

    Args:
        name, form: as the MLmodel file gives them; nothing is believed of them.
    Raises: InvalidArgument, PermissionDenied: see `sklearn.load`.
    """
    path = mlmodel.part(folder, name, "the model file")
    if form == SKOPS:
        from hito.flavors.safe.load import load

        return load(path.read_bytes(), path.name)
    if form in (PICKLE, CLOUDPICKLE, None):
        return load_pickle(path, trust, INSTEAD)
    raise InvalidArgument(f"{path.name} is said to be in format {form!r}, which is not known; nothing was read")


def pickler(form: str) -> Any:
    """The module that writes a pickle.

    Raises: InvalidArgument: cloudpickle is not installed.
    """
    if form == PICKLE:
        return pickle
    try:
        import cloudpickle
    except ImportError:
        raise InvalidArgument("cloudpickle is not installed; pip install cloudpickle, or choose skops") from None
    return cloudpickle


def modules_of(model: Any, limit: int = 2000) -> list[str]:
    """Top-level modules of the classes that an object is made of, looking at no more than `limit` of its parts."""
    return sorted({type(part).__module__.partition(".")[0] for part in _parts(model, limit)} - {"builtins"})


def _write_skops(model: Any, folder: Path) -> Written:
    try:
        import skops.io
    except ImportError:
        raise InvalidArgument("skops is not installed; pip install 'hito[sklearn]'") from None
    from hito.flavors.safe.load import audit

    way_out = "If every reader may trust you, say serialization_format='cloudpickle'"
    try:
        content = skops.io.dumps(model)
    except (TypeError, ValueError, RecursionError, AttributeError, NotImplementedError) as error:
        name = type(model).__name__
        raise InvalidArgument(f"skops cannot hold this {name}: {error} {way_out}") from error
    try:
        trusted = audit(content, "this model").untrusted_by_skops()
    except HitoError as error:
        raise InvalidArgument(
            f"this {type(model).__name__} could not be read back safely: {error} {way_out}"
        ) from error
    (folder / "model.skops").write_bytes(content)
    return Written("model.skops", SKOPS, trusted, ["skops", *modules_of(model)])


def _parts(root: Any, limit: int) -> Iterator[Any]:
    seen: set[int] = set()
    waiting = [root]
    while waiting and len(seen) < limit:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list | tuple | set):
            waiting += part
        elif not isinstance(part, type | io.IOBase):
            waiting += getattr(part, "__dict__", {}).values()
