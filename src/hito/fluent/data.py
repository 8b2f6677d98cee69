"""Datasets of a run: what it was trained and tested on, described but not copied.

hito.log_input(hito.data.from_pandas(frame, source="https://…/wine.csv", name="wine"), context="training")
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hito.client import entities
from hito.client.entities import DatasetInput, InputTag, LoggedModelInput
from hito.core import data as described
from hito.core.errors import InvalidArgument
from hito.core.runs import DATASET_CONTEXT
from hito.core.signature import schema_text
from hito.flavors.infer import infer_schema
from hito.fluent.columns import statistics
from hito.fluent.runs import scope_here
from hito.reproduce import context as origin

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_LOCAL, _CODE, _HTTP = "local", "code", "http"
_STORES = {"s3": "s3", "s3a": "s3", "gs": "gs", "wasbs": "wasbs", "abfss": "abfss", "dbfs": "dbfs"}


class Dataset:
    """A dataset and its description; the data itself stays with the caller.

    Attributes:
        name, digest: together they identify it within an experiment.
        source: where it came from, a JSON-like dict; `source_type` says how to read that: code, local, http, s3, …
        schema: names and types, as JSON-like values; None if it cannot be described.
        profile: numbers of rows and elements, or shapes and bytes.
        targets, predictions: names of columns, if they were given.
    """

    def __init__(
        self,
        name: str,
        digest: str,
        source: Mapping[str, Any],
        source_type: str,
        schema: Mapping[str, Any] | None,
        profile: Mapping[str, Any],
        targets: Any = None,
        predictions: str | None = None,
    ) -> None:
        self.name = name
        self.digest = digest
        self.source = dict(source)
        self.source_type = source_type
        self.schema = schema
        self.profile = profile
        self.targets = targets
        self.predictions = predictions

    def to_dict(self) -> dict[str, str]:
        """As it goes to the server: texts, of which source, schema and profile are JSON."""
        found = {
            "name": self.name,
            "digest": self.digest,
            "source": json.dumps(self.source),
            "source_type": self.source_type,
            "profile": json.dumps(self.profile),
        }
        return found if self.schema is None else {**found, "schema": json.dumps(self.schema)}

    def to_json(self) -> str:
        return json.dumps(self.to_dict())

    def __repr__(self) -> str:
        return f"<Dataset {self.name!r} {self.digest}>"


def from_pandas(
    df: "pd.DataFrame",
    source: str | Path | None = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> Dataset:
    """Describe a DataFrame.

    Args:
        source: a URI or path that it was read from; None: the program.
        targets, predictions: names of columns.
        name: `dataset`, if it is not given.
        digest: of the content, if it is not given.
    Raises: InvalidArgument: there is no such column.
    """
    for role, column in (("targets", targets), ("predictions", predictions)):
        if column is not None and column not in df.columns:
            raise InvalidArgument(f"The {role} column '{column}' is none of the frame's {len(df.columns)} columns.")
    place, kind = _source(source)
    text = schema_text(infer_schema(df))
    return Dataset(
        name or "dataset",
        digest or _frame_digest(df),
        place,
        kind,
        {"mlflow_colspec": json.loads(text or "[]")},
        {"num_rows": len(df), "num_elements": int(df.size), "columns": statistics(df)},
        targets,
        predictions,
    )


def from_numpy(
    features: "np.ndarray[Any, Any] | dict[str, np.ndarray[Any, Any]]",
    source: str | Path | None = None,
    targets: "np.ndarray[Any, Any] | dict[str, np.ndarray[Any, Any]] | None" = None,
    name: str | None = None,
    digest: str | None = None,
) -> Dataset:
    """Describe an array, or arrays by name, and the targets that belong to it; arguments as for `from_pandas`."""
    place, kind = _source(source)
    specs = {
        "features": schema_text(infer_schema(features)),
        "targets": None if targets is None else schema_text(infer_schema(targets)),
    }
    profile = _shapes("features", features) | ({} if targets is None else _shapes("targets", targets))
    return Dataset(
        name or "dataset",
        digest or described.digest([*_array_parts(features), *([] if targets is None else _array_parts(targets))]),
        place,
        kind,
        {"mlflow_tensorspec": specs},
        profile,
        targets,
    )


def log_input(
    dataset: Dataset | None = None,
    context: str | None = None,
    tags: Mapping[str, str] | None = None,
    model: LoggedModelInput | None = None,
) -> None:
    """Say that the active run uses a dataset, a model, or both.

    Args:
        context: what for, such as `training` or `eval`.
        tags: more about it.
    """
    log_inputs(
        None if dataset is None else [dataset],
        None if dataset is None else [context],
        None if dataset is None else [dict(tags) if tags else None],
        None if model is None else [model],
    )


def log_inputs(
    datasets: Sequence[Dataset | None] | None = None,
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    models: Sequence[LoggedModelInput | None] | None = None,
) -> None:
    """Several of them; `contexts` and `tags_list` are as long as `datasets`."""
    given = list(datasets or ())
    contexts = list(contexts) if contexts is not None else [None] * len(given)
    tags_list = list(tags_list) if tags_list is not None else [None] * len(given)
    if not len(given) == len(contexts) == len(tags_list):
        raise InvalidArgument(
            "log_inputs requires datasets, contexts, tags_list to be of the same length; "
            f"got {len(given)}, {len(contexts)} and {len(tags_list)}."
        )
    scope = scope_here()
    told = [
        input_of(one, context, tags)
        for one, context, tags in zip(given, contexts, tags_list, strict=True)
        if one is not None
    ]
    scope.client.log_inputs(scope.run_id, told, [one for one in models or () if one is not None])


def entity(dataset: Any) -> entities.Dataset:
    """A dataset as the client knows it; also one that another library describes by `to_dict`."""
    if isinstance(dataset, entities.Dataset):
        return dataset
    found = dataset.to_dict()
    return entities.Dataset(
        name=found["name"],
        digest=found["digest"],
        source_type=found["source_type"],
        source=found["source"],
        schema=found.get("schema"),
        profile=found.get("profile"),
    )


def input_of(dataset: Any, context: str | None, tags: Mapping[str, str] | None) -> DatasetInput:
    """A dataset and what it is used for."""
    marks = [InputTag(key, str(value)) for key, value in (tags or {}).items()]
    if context:
        marks.append(InputTag(DATASET_CONTEXT, context))
    return DatasetInput(entity(dataset), marks)


def _source(source: str | Path | None) -> tuple[dict[str, Any], str]:
    if source is None:
        return {"tags": origin.tags()}, _CODE
    text = str(source)
    scheme = urlsplit(text).scheme.lower()
    if scheme in ("http", "https"):
        parts = urlsplit(text)
        # A password in the address would be shown to everybody who may see the run.
        host = parts.netloc.rpartition("@")[2]
        return {"url": parts._replace(netloc=host).geturl()}, _HTTP
    return {"uri": text}, _STORES.get(scheme, _LOCAL)


def _frame_digest(frame: "pd.DataFrame") -> str:
    from pandas.util import hash_pandas_object

    rows = described.sampled_rows(len(frame))
    some = frame if rows is None else frame.iloc[rows]
    parts = [str(frame.shape).encode()]
    for at in range(frame.shape[1]):
        column = some.iloc[:, at]
        parts += [str(column.name).encode(), str(column.dtype).encode()]
        try:
            parts.append(hash_pandas_object(column, index=False).to_numpy().tobytes())
        except TypeError:  # lists, dicts and the like have no hash
            parts.append(repr(column.tolist()).encode())
    return described.digest(parts)


def _array_parts(arrays: Any) -> list[bytes]:
    import numpy as np

    parts = []
    for name, given in sorted(arrays.items()) if isinstance(arrays, Mapping) else [("", arrays)]:
        array = np.asarray(given)
        rows = described.sampled_rows(len(array)) if array.ndim else None
        some = array if rows is None else array[rows]
        content = repr(some.tolist()).encode() if array.dtype.hasobject else np.ascontiguousarray(some).tobytes()
        parts += [str(name).encode(), str(array.dtype).encode(), str(array.shape).encode(), content]
    return parts


def _shapes(role: str, arrays: Any) -> dict[str, Any]:
    if isinstance(arrays, Mapping):
        return {
            f"{role}_shape": {name: list(one.shape) for name, one in arrays.items()},
            f"{role}_size": {name: int(one.size) for name, one in arrays.items()},
            f"{role}_nbytes": {name: int(one.nbytes) for name, one in arrays.items()},
        }
    return {
        f"{role}_shape": list(arrays.shape),
        f"{role}_size": int(arrays.size),
        f"{role}_nbytes": int(arrays.nbytes),
    }
