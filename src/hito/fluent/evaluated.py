"""What `hito.evaluate` answers, in MLflow's manner: `.metrics`, `.artifacts`, `.tables`; and all that we know beside."""

import io
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from hito.core.errors import HitoError, InvalidArgument, NotFound
from hito.evaluation import requirements
from hito.evaluation.requirements import MetricThreshold
from hito.evaluation.results import Evaluation


class ModelValidationFailedException(HitoError):
    """A model's metrics do not pass the thresholds that were asked for."""

    code = "BAD_REQUEST"
    status = 400


class EvaluationArtifact:
    """A file of an evaluation. `uri`: where it lies; its path here if it was not logged."""

    def __init__(self, uri: str, name: str, data: bytes) -> None:
        self.uri = uri
        self._name = name
        self._data = data

    @property
    def content(self) -> Any:
        """A picture of PIL, a DataFrame, JSON's values, an array, or text, by the file's ending; else bytes."""
        ending = Path(self._name).suffix.lower()
        if ending == ".png":
            from PIL import Image

            return Image.open(io.BytesIO(self._data))
        if ending == ".csv":
            import pandas

            return pandas.read_csv(io.BytesIO(self._data))
        if ending == ".json":
            return json.loads(self._data)
        if ending in (".npy", ".npz"):
            import numpy as np

            found = np.load(io.BytesIO(self._data), allow_pickle=False)
            return found if ending == ".npy" else dict(found)
        return self._data.decode("utf-8") if ending in (".html", ".txt", ".md") else self._data

    def __repr__(self) -> str:
        return f"EvaluationArtifact({self.uri!r})"


class EvaluationResult:
    """What an evaluation gave.

    Attributes:
        metrics: what was logged, by name. artifacts: files, by name without their ending.
        tables: `eval_results_table`, a DataFrame with features, target and prediction of every row.
        evaluation: everything, with intervals, curves, advice. explanation: of `hito.explain`; None if it was not asked for.
        run_id: where it was logged; None if it was not. report: the HTML page; None without.
    """

    def __init__(
        self,
        metrics: Mapping[str, float],
        artifacts: Mapping[str, EvaluationArtifact],
        evaluation: Evaluation,
        explanation: Any = None,
        run_id: str | None = None,
        report: str | None = None,
        tables: Mapping[str, Any] | None = None,
    ) -> None:
        self.metrics = dict(metrics)
        self.artifacts = dict(artifacts)
        self.evaluation = evaluation
        self.explanation = explanation
        self.run_id = run_id
        self.report = report
        self.tables = dict(tables or {})

    @property
    def passed(self) -> bool:
        """Whether every requirement was met."""
        return all(one.passed for one in self.evaluation.requirements)

    def save(self, path: str | Path) -> None:
        """Keep metrics, artifacts and the evaluation in a folder, for `load`."""
        folder = Path(path)
        (folder / "artifacts").mkdir(parents=True, exist_ok=True)
        (folder / "metrics.json").write_text(json.dumps(self.metrics), "utf-8")
        (folder / "evaluation.json").write_bytes(msgspec.json.encode(self.evaluation))
        told: dict[str, dict[str, str | None]] = {}
        for name, one in self.artifacts.items():
            file = f"{len(told)}{Path(one._name).suffix}"  # noqa: SLF001  two classes of one file
            (folder / "artifacts" / file).write_bytes(one._data)  # noqa: SLF001
            told[name] = {"uri": one.uri, "file": file, "run_id": self.run_id}
        (folder / "artifacts_metadata.json").write_text(json.dumps(told), "utf-8")

    @classmethod
    def load(cls, path: str | Path) -> "EvaluationResult":
        """Read what `save` wrote. Raises: NotFound; InvalidArgument: it is damaged."""
        folder = Path(path)
        if not (folder / "evaluation.json").is_file():
            raise NotFound(f"There is no saved evaluation in {folder}.")
        try:
            metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
            evaluation = msgspec.json.decode((folder / "evaluation.json").read_bytes(), type=Evaluation)
            told = json.loads((folder / "artifacts_metadata.json").read_text("utf-8"))
            run_id = next((one["run_id"] for one in told.values()), None)
            artifacts = {
                name: EvaluationArtifact(
                    one["uri"], one["file"], (folder / "artifacts" / Path(one["file"]).name).read_bytes()
                )
                for name, one in told.items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidArgument(f"The evaluation in {folder} is damaged: {error}.") from None
        return cls(metrics, artifacts, evaluation, run_id=run_id)

    def __repr__(self) -> str:
        first = {name: round(value, 4) for name, value in list(self.metrics.items())[:6]}
        return f"EvaluationResult(metrics={first}…, artifacts={sorted(self.artifacts)}, run_id={self.run_id!r})"


def validate_evaluation_results(
    validation_thresholds: Mapping[str, MetricThreshold],
    candidate_result: EvaluationResult,
    baseline_result: EvaluationResult | None = None,
) -> None:
    """Compare a model's metrics with thresholds, and with a baseline model's.

    Raises: ModelValidationFailedException: they do not pass; the message has a sentence for each.
    """
    for name, one in validation_thresholds.items():
        if not hasattr(one, "greater_is_better"):
            raise InvalidArgument(f"The threshold of {name} is a {type(one).__name__}; give a MetricThreshold.")
    baseline = None if baseline_result is None else baseline_result.metrics
    found = requirements.failures(validation_thresholds, candidate_result.metrics, baseline)
    if found:
        raise ModelValidationFailedException("The model does not pass: " + "; ".join(found) + ".")


def copied(files: Mapping[str, Path], target: Path) -> None:
    """Copy artifacts of the user's own to where the others lie."""
    for path in files.values():
        place = target / path.name
        if not place.exists():
            shutil.copyfile(path, place)
