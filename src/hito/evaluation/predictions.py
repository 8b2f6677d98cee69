"""What a model said, row by row, kept small, so that two runs can be compared long after.

    evaluation/predictions.npz     arrays of numpy, no pickle
        truth, predicted           codes, or numbers (regression)
        ranking                    float32: the probability of the positive class, of each class, or margins; may be absent
        weights                    absent if every row counts the same
        keys                       uint64 per row: the same features have the same key, so that rows of two runs can be
                                   paired whatever their order; absent if the features are no table
        facts                      JSON: format, task, labels, rows

Of more rows than fit, those with the smallest keys are kept: two runs on the same data keep the same rows.
"""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from hito.core.errors import InvalidArgument
from hito.evaluation.outcome import Outcome
from hito.evaluation.results import Task

FILE = "predictions.npz"
FORMAT = 1
_ROWS = 200_000
_CELLS = 4_000_000
_LARGEST_FILE = 256 * 2**20


class Predictions(Struct, frozen=True, eq=False, kw_only=True):
    """Rows of one evaluation. rows: how many there were before some were left out; what is None does not exist."""

    task: Task
    labels: tuple[str, ...]
    truth: Any
    predicted: Any
    ranking: Any = None
    probabilities: bool = False
    weights: Any = None
    keys: Any = None
    rows: int


class _Facts(Struct, frozen=True):
    task: Task
    labels: tuple[str, ...]
    rows: int
    probabilities: bool = False
    format: int = FORMAT


def predictions(outcome: Outcome, keys: Any) -> Predictions:
    """What is kept of an outcome. `keys`: of `table.row_keys`, or None."""
    import numpy as np

    ranking = outcome.ranking
    width = 1 if ranking is None or ranking.ndim == 1 else ranking.shape[1]
    most = max(1000, min(_ROWS, _CELLS // width))
    places = np.arange(outcome.rows)
    if outcome.rows > most:
        places = places[:most] if keys is None else np.sort(np.argsort(keys, kind="stable")[:most])
    return Predictions(
        task=outcome.task,
        labels=outcome.names,
        truth=outcome.truth[places],
        predicted=outcome.predicted[places],
        ranking=None if ranking is None else ranking[places].astype(np.float32),
        probabilities=outcome.chances is not None,
        weights=outcome.weights[places] if outcome.weighted else None,
        keys=None if keys is None else keys[places],
        rows=outcome.rows,
    )


def write(found: Predictions, path: Path) -> None:
    """Write them to a file."""
    import numpy as np

    facts = _Facts(found.task, found.labels, found.rows, found.probabilities)
    arrays = {"truth": _small(found.truth), "predicted": _small(found.predicted)}
    for name in ("ranking", "weights", "keys"):
        value = getattr(found, name)
        if value is not None:
            arrays[name] = value
    np.savez_compressed(path, facts=np.frombuffer(msgspec.json.encode(facts), dtype=np.uint8), **arrays)


def read(path: Path) -> Predictions:
    """Read them. Nothing in the file is run.

    Raises: InvalidArgument: it is damaged, or of a later format.
    """
    import numpy as np

    if path.stat().st_size > _LARGEST_FILE:
        raise InvalidArgument(f"{path.name} has {path.stat().st_size} bytes, more than predictions ever have.")
    try:
        with np.load(path, allow_pickle=False) as file:
            facts = msgspec.json.decode(file["facts"].tobytes(), type=_Facts)
            arrays = {name: file[name] for name in ("truth", "predicted", "ranking", "weights", "keys") if name in file}
        truth, predicted = arrays["truth"], arrays["predicted"]
    except (ValueError, KeyError, OSError, EOFError, msgspec.DecodeError) as error:
        raise InvalidArgument(
            f"{path.name} cannot be read as predictions: {error}. Evaluate the model again."
        ) from None
    except Exception as error:
        if type(error).__name__ in ("BadZipFile", "error"):
            raise InvalidArgument(f"{path.name} is damaged: {error}. Evaluate the model again.") from None
        raise
    if facts.format > FORMAT:
        raise InvalidArgument(f"{path.name} was written by a later version of hito; install that one.")
    if any(len(array) != len(truth) for array in arrays.values()):
        raise InvalidArgument(f"{path.name} has columns of different lengths. Evaluate the model again.")
    kind = np.float64 if facts.task == "regression" else np.int64
    return Predictions(
        task=facts.task,
        labels=facts.labels,
        truth=truth.astype(kind),
        predicted=predicted.astype(kind),
        ranking=arrays.get("ranking"),
        probabilities=facts.probabilities,
        weights=arrays.get("weights"),
        keys=arrays.get("keys"),
        rows=facts.rows,
    )


def _small(values: Any) -> Any:
    import numpy as np

    return values.astype(np.int16) if values.dtype.kind == "i" else values
