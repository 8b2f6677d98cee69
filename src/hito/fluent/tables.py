"""Lists of entities as DataFrames, for those who have pandas."""

import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any

from hito.client.entities import LoggedModel, Run
from hito.core.errors import InvalidArgument


def wants_frame(output_format: str | None) -> bool:
    """Whether a search should answer a DataFrame.

    Raises: InvalidArgument: it is neither `pandas` nor `list`, or pandas is asked for and missing.
    """
    if output_format not in (None, "pandas", "list"):
        raise InvalidArgument(
            f"Unsupported output format: {output_format}. Supported string values are 'pandas' or 'list'"
        )
    installed = importlib.util.find_spec("pandas") is not None
    if output_format == "pandas" and not installed:
        raise InvalidArgument("pandas is not installed: pip install pandas, or say output_format='list'.")
    return output_format != "list" and installed


def runs_frame(runs: Sequence[Run]) -> Any:
    """A row for each run. A metric it lacks is NaN, a param or tag None."""
    import pandas

    columns: dict[str, Any] = {
        "run_id": [run.info.run_id for run in runs],
        "experiment_id": [run.info.experiment_id for run in runs],
        "status": [run.info.status for run in runs],
        "artifact_uri": [run.info.artifact_uri for run in runs],
        "start_time": _times([run.info.start_time for run in runs]),
        "end_time": _times([run.info.end_time for run in runs]),
    }
    columns |= _spread("metrics", [run.data.metrics for run in runs], float("nan"))
    columns |= _spread("params", [run.data.params for run in runs], None)
    columns |= _spread("tags", [run.data.tags for run in runs], None)
    return pandas.DataFrame(columns)


def models_frame(models: Sequence[LoggedModel]) -> Any:
    """A row for each logged model, a column for each of its fields."""
    import pandas

    return pandas.DataFrame([model.to_dictionary() for model in models])


def _spread(kind: str, rows: Sequence[Mapping[str, Any]], missing: Any) -> dict[str, list[Any]]:
    """A column for each key, in the order in which the keys are met."""
    keys = dict.fromkeys(key for row in rows for key in row)
    return {f"{kind}.{key}": [row.get(key, missing) for row in rows] for key in keys}


def _times(stamps: Sequence[int | None]) -> Any:
    import pandas

    return pandas.to_datetime(pandas.Series(stamps, dtype="Int64" if None in stamps else None), unit="ms", utc=True)
