"""Finished runs read through a client: for `hito reproduce`, `hito diff` and `hito bundle`."""

import math
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from msgspec import structs

from hito.client.client import TransportClient
from hito.client.entities import Run
from hito.core.errors import HitoError, NotFound
from hito.core.signature import Column, Scalar
from hito.flavors import environment, example, mlmodel, pyfunc
from hito.flavors.trust import Trust
from hito.reproduce.past import Data, Past, with_capture
from hito.reproduce.verdict import Predictor

_SMALL = 64 << 20
_NUMBERS = (Scalar("double"), Scalar("float"))
_MADE_UP = 350
"""Rows on which two models without an example are compared."""


_BEGIN = re.compile(r"[0-9a-f]{4,31}")


def whole_id(client: TransportClient, text: str) -> str:
    """A run's id, of which the begin may be given.

    Raises: NotFound: no run's id, or more than one, begins so.
    """
    if not _BEGIN.fullmatch(text):
        return text
    everywhere = [one.experiment_id for one in client.search_experiments()]
    found = client.search_runs(everywhere, f"attributes.run_id LIKE '{text}%'", max_results=3) if everywhere else []
    if len(found) == 1:
        return found[0].info.run_id
    if not found:
        raise NotFound(f"there is no run whose id begins with {text}")
    raise NotFound(f"{text} is the begin of more than one run's id: {', '.join(one.info.run_id for one in found)}")


class PastRuns:
    """Reads runs; a `reproduce.past.Reader`."""

    def __init__(self, client: TransportClient) -> None:
        self.client = client

    def past(self, run_id: str) -> Past:
        """Everything that a run says of itself.

        Raises: NotFound.
        """
        run = self.client.get_run(run_id)
        known = dict(self._walk(run_id, ""))
        with tempfile.TemporaryDirectory(prefix="hito-") as place:

            def fetch(path: str) -> bytes | None:
                if known[path] > _SMALL:
                    return None
                return Path(self.client.download_artifacts(run_id, path, place)).read_bytes()

            past = with_capture(self._described(run), fetch, known)
            return past if past.requirements else self._with_models_requirements(past, Path(place))

    def curve(self, run_id: str, key: str) -> list[tuple[int, float]]:
        """All points as (step, value), by step."""
        return sorted(
            ((point.step, point.value) for point in self.client.get_metric_history(run_id, key)),
            key=lambda point: (point[0], math.isnan(point[1]), point[1]),
        )

    def fetch(self, run_id: str, path: str, folder: Path) -> Path:
        """Copy a file or folder of the run."""
        folder.mkdir(parents=True, exist_ok=True)
        return Path(self.client.download_artifacts(run_id, path, folder))

    def fetch_model(self, model_id: str, folder: Path) -> Path:
        """Copy a logged model's folder."""
        target = folder / model_id
        target.mkdir(parents=True, exist_ok=True)
        return Path(self.client.download(self.client.get_logged_model(model_id).artifact_location, "", target))

    def _described(self, run: Run) -> Past:
        data = tuple(
            Data(
                name=one.dataset.name, digest=one.dataset.digest, source_type=one.dataset.source_type,
                source=one.dataset.source, schema=one.dataset.schema or "", profile=one.dataset.profile or "",
                context=next((tag.value for tag in one.tags if tag.key == "mlflow.data.context"), ""),
            )
            for one in run.inputs.dataset_inputs
        )  # fmt: skip
        return Past(
            run_id=run.info.run_id,
            name=run.info.run_name,
            experiment=self.client.get_experiment(run.info.experiment_id).name,
            status=run.info.status,
            start_time=run.info.start_time,
            end_time=run.info.end_time,
            params=run.data.params,
            metrics=run.data.metrics,
            tags=run.data.tags,
            data=data,
            models=dict(self._models(run)),
        )

    def _models(self, run: Run) -> Iterator[tuple[str, str]]:
        for output in run.outputs.model_outputs:
            try:
                yield self.client.get_logged_model(output.model_id).name, output.model_id
            except NotFound:
                continue  # deleted since

    def _walk(self, run_id: str, folder: str) -> Iterator[tuple[str, int]]:
        for entry in self.client.list_artifacts(run_id, folder or None):
            if entry.is_dir:
                yield from self._walk(run_id, entry.path)
            else:
                yield entry.path, entry.file_size or 0

    def _with_models_requirements(self, past: Past, place: Path) -> Past:
        """A run of MLflow keeps no requirements and no Python of its own, but those of its models."""
        for folder in self._model_folders(past, place):
            file = folder / environment.REQUIREMENTS
            if file.is_file():
                text = file.read_text("utf-8", "replace")
                described = dict(past.environment)
                if not past.python and (version := _python_of(folder)):
                    described["python"] = {"version": version}
                return structs.replace(past, requirements=text, environment=described)
        return past

    def _model_folders(self, past: Past, place: Path) -> Iterator[Path]:
        for model_id in past.models.values():
            try:
                yield self.fetch_model(model_id, place)
            except HitoError:
                continue
        for path in past.artifacts:
            if path.endswith(f"/{environment.REQUIREMENTS}"):
                yield self.fetch(past.run_id, path.rpartition("/")[0], place)


def _python_of(folder: Path) -> str:
    """The version of Python in a model's python_env.yaml; empty if there is none."""
    try:
        said = yaml.safe_load((folder / environment.PYTHON_ENV).read_text("utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        return ""
    return str(said.get("python") or "") if isinstance(said, dict) else ""


def predictions(trust: Trust) -> Predictor:
    """What two models say to the first one's input example, or, without one, to numbers made up for its columns."""

    def predict(a: Path, b: Path) -> tuple[Any, Any] | None:
        described = mlmodel.read(a)
        params = None
        one = pyfunc.load(a, trust=trust)
        if described.example is not None:
            inputs, params = example.read(a, described)
        else:
            inputs = _made_up(one)
        if inputs is None:
            return None
        return one.predict(inputs, params), pyfunc.load(b, trust=trust).predict(inputs, params)

    return predict


def _made_up(model: pyfunc.Model) -> Any:
    """A table of numbers of very different sizes for a model of floating columns; None for any other.

    The columns are those of the signature, else those that the library's own object remembers.
    """
    import numpy as np
    import pandas as pd

    columns = model.signature.inputs if model.signature else None
    names: list[Any] | None = None
    if columns:
        if not all(isinstance(one, Column) and one.type in _NUMBERS and one.name is not None for one in columns):
            return None
        names = [one.name for one in columns]
    else:
        native = model.unwrap_python_model()
        count = getattr(native, "n_features_in_", None)
        if not isinstance(count, int | np.integer):
            return None
        names = list(getattr(native, "feature_names_in_", range(int(count))))
    sizes = 10.0 ** (np.arange(_MADE_UP) % 7 - 3)
    numbers = np.random.default_rng(0).normal(size=(_MADE_UP, len(names))) * sizes[:, None]
    return pd.DataFrame(numbers, columns=names)
