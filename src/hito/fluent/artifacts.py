"""Files of the active run: what is logged as text, table, picture, figure, or as it lies on disk."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from hito.client import images
from hito.client.entities import Run
from hito.connect import Client
from hito.fluent import active
from hito.fluent.active import current
from hito.fluent.configuration import client
from hito.fluent.experiments import current_experiment_id
from hito.fluent.runs import scope_here


def log_artifact(local_path: str | Path, artifact_path: str | None = None, run_id: str | None = None) -> None:
    """Store a file, or a folder under its own name, below `artifact_path`."""
    through, owner = _owner(run_id)
    through.log_artifact(owner, local_path, artifact_path)


def log_artifacts(local_dir: str | Path, artifact_path: str | None = None, run_id: str | None = None) -> None:
    """Store what is in a folder below `artifact_path`."""
    through, owner = _owner(run_id)
    through.log_artifacts(owner, local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Store a text as a file."""
    through, owner = _owner(run_id)
    through.log_text(owner, text, artifact_file)


def log_dict(dictionary: Mapping[str, Any] | Sequence[Any], artifact_file: str, run_id: str | None = None) -> None:
    """Store a dict or list: as YAML if the name ends in .yml or .yaml, else as JSON."""
    through, owner = _owner(run_id)
    through.log_dict(owner, dictionary, artifact_file)


def log_figure(figure: Any, artifact_file: str, *, save_kwargs: dict[str, Any] | None = None) -> None:
    """Store a figure of matplotlib (in the format that the name ends with) or plotly (html, else a picture)."""
    through, owner = _owner(None)
    through.log_figure(owner, figure, artifact_file, save_kwargs=save_kwargs)


def log_image(
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> None:
    """Store a picture: of PIL, or an array of (height, width) or (height, width, 1, 3 or 4).

    Give either the name of a file, or a key with a step: pictures of one key are shown as a series.
    """
    through, owner = _owner(None)
    through.log_image(owner, image, artifact_file, key, step, timestamp, synchronous)


def log_stream(stream: BinaryIO, artifact_file: str, run_id: str | None = None) -> None:
    """Store what a binary stream gives until its end."""
    through, owner = _owner(run_id)
    through.log_stream(owner, stream, artifact_file)


def log_table(data: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Store rows, after those that the file holds already. `data`: a DataFrame, or a dict of columns."""
    through, owner = _owner(run_id)
    through.log_table(owner, data, artifact_file)


def load_table(
    artifact_file: str, run_ids: Sequence[str] | None = None, extra_columns: Sequence[str] | None = None
) -> Any:
    """The rows of a table as one DataFrame: of these runs, or of all in the active experiment.

    Args:
        extra_columns: `run_id`, or attributes of a run's info, params and tags, to add to each row.
    """
    scope = current()
    if scope is not None:
        return scope.client.load_table(scope.run.info.experiment_id, artifact_file, run_ids, extra_columns)
    return client().load_table(current_experiment_id(), artifact_file, run_ids, extra_columns)


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Where the active run's files are, or one of them."""
    scope = scope_here()
    root = scope.run.info.artifact_uri
    if not root:  # it began without a server
        found: Run = scope.client.get_run(scope.run_id)
        root = found.info.artifact_uri
    return f"{root}/{artifact_path}" if artifact_path else root


class Image:
    """A picture, from an array or from an image of PIL; `log_image` takes it as it takes those."""

    def __init__(self, image: Any) -> None:
        self._image = images.picture(image)

    def to_pil(self) -> Any:
        return self._image

    def to_array(self) -> Any:
        import numpy as np

        return np.array(self._image)

    def to_list(self) -> list[Any]:
        found: list[Any] = self.to_array().tolist()
        return found

    def resize(self, size: tuple[int, int]) -> "Image":
        """The same picture, `size` pixels wide and high."""
        return Image(self._image.resize(size))

    def save(self, path: str | Path) -> None:
        self._image.save(path)


def _owner(run_id: str | None) -> tuple[Client, str]:
    """The client and the id of the run that is meant."""
    if run_id is None:
        scope = scope_here()
        return scope.client, scope.run_id
    known = active.find(run_id)
    return (known.client if known is not None else client()), run_id
