"""An evaluation as files of a run, and back.

evaluation/evaluation.json       everything, as `results.Evaluation`
evaluation/predictions.npz       what was said of each row, to compare runs by
evaluation/*.png                 pictures                     roc_curve_plot.png, …   those that MLflow draws, at the root
per_class_metrics.csv            a row for each class, as MLflow has it
"""

import csv
import io
import warnings
from pathlib import Path
from typing import Any

import msgspec

from hito.core.errors import InvalidArgument, NotFound
from hito.evaluation import pictures, predictions
from hito.evaluation.advice import headline
from hito.evaluation.evaluating import Evaluated
from hito.evaluation.predictions import Predictions
from hito.evaluation.results import FORMAT, Evaluation, Omission, Picture, Summary

FOLDER = "evaluation"
FILE = f"{FOLDER}/evaluation.json"
PREDICTIONS = f"{FOLDER}/{predictions.FILE}"
PER_CLASS = "per_class_metrics.csv"
TAG = "hito.evaluation"
_SUMMED = (
    "accuracy_score f1_score roc_auc log_loss f1_micro r2_score mean_absolute_error root_mean_squared_error"
).split()
_LARGEST = 64 * 2**20


def _save(figure: Any, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # a name in emoji is drawn as boxes
        figure.savefig(path)


def write(found: Evaluated, folder: Path, *, draw: bool = True) -> Evaluation:
    """Write all files below a folder, as they are to lie on the run.

    Args:
        draw: the pictures, too. One that fails is left out, and said so.
    Returns: the evaluation with the names of its pictures, as it was written.
    """
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    evaluation = found.evaluation
    made: list[Picture] = []
    missing: list[Omission] = []
    for name, path, picture in pictures.drawn(evaluation) if draw else []:
        try:
            figure = picture(evaluation)
            if figure is not None:
                _save(figure, folder / path)
                made.append(Picture(name=name, path=path))
        except Exception as error:  # noqa: BLE001  the guard: one picture's failure leaves the others
            reason = f"{type(error).__name__}: {str(error)[:300]}"
            missing.append(Omission(part=f"picture {name}", rule="failed", reason=reason))
    table = per_class(evaluation)
    if table:
        (folder / PER_CLASS).write_text(table, "utf-8")
    predictions.write(predictions.predictions(found.outcome, found.keys), folder / PREDICTIONS)
    evaluation = msgspec.structs.replace(evaluation, pictures=tuple(made), omissions=(*evaluation.omissions, *missing))
    (folder / FILE).write_bytes(msgspec.json.encode(evaluation))
    return evaluation


def read(path: Path) -> Evaluation:
    """Read evaluation.json.

    Raises: NotFound; InvalidArgument: it is damaged, or of a later format.
    """
    if not path.is_file():
        raise NotFound(f"There is no evaluation at {path}; hito.evaluate or `hito evaluate` makes one.")
    if path.stat().st_size > _LARGEST:
        raise InvalidArgument(f"{path.name} has {path.stat().st_size} bytes, more than an evaluation ever has.")
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Evaluation)
    except msgspec.DecodeError as error:
        raise InvalidArgument(f"{path.name} is no evaluation: {error}. Evaluate the model again.") from None
    if found.format > FORMAT:
        raise InvalidArgument(f"{path.name} was written by a later version of hito; install that one.")
    return found


def read_predictions(path: Path) -> Predictions | None:
    """The rows of an evaluation, if they were kept."""
    return predictions.read(path) if path.is_file() else None


def summary(found: Evaluation) -> str:
    """The text of the tag `hito.evaluation`."""
    first = headline(found)
    names = list(dict.fromkeys([*([first.name] if first else []), *_SUMMED]))
    scores = {}
    for name in names:
        score = found.score(name)
        if score is not None:
            scores[name] = (
                _short(score.value),
                *(None if end is None else _short(end) for end in (score.low, score.high)),
            )
    findings: dict[str, int] = {}
    for one in found.findings:
        findings[one.severity] = findings.get(one.severity, 0) + 1
    passed = all(one.passed for one in found.requirements) if found.requirements else None
    told = Summary(
        task=found.task,
        rows=found.test.rows,
        dataset=found.test.name,
        scores=scores,  # type: ignore[arg-type]
        findings=findings,
        passed=passed,
    )
    return msgspec.json.encode(told).decode()


def metrics(found: Evaluation) -> dict[str, float]:
    """What is logged as metrics: MLflow's names first, then ours.

    Where every row has one class, the micro averages are the accuracy and the weighted ones, of more than two classes, the
    scores themselves; they are in the evaluation, and no metrics.
    """
    made: dict[str, float] = {}
    usual = found.score("r2_score" if found.task == "regression" else "accuracy_score")
    if usual is not None:
        made["score"] = usual.value
    first = next((one for one in found.confusions if one.name == "default"), None)
    if found.task == "binary" and first is not None:
        (tn, fp), (fn, tp) = first.counts
        made |= {"true_negatives": tn, "false_positives": fp, "false_negatives": fn, "true_positives": tp}
    made["example_count"] = float(found.test.rows)
    same = () if found.task == "multilabel" else ("_micro", "_weighted")
    made |= {one.name: one.value for one in found.scores if not (same and one.name.endswith(same))}
    return made


def per_class(found: Evaluation) -> str:
    """MLflow's table of one class against the rest, as CSV; empty for other tasks than classes."""
    first = next((one for one in found.confusions if one.name == "default"), None)
    if found.task != "multiclass" or first is None:
        return ""
    total = sum(map(sum, first.counts))
    rows = []
    for at, (label, scores) in enumerate(zip(first.labels, found.class_scores, strict=True)):
        known = {one.name: one.value for one in scores.scores}
        true = first.counts[at][at]
        missed = sum(first.counts[at]) - true
        false = sum(row[at] for row in first.counts) - true
        right = total - true - missed - false
        rows.append(
            {
                "positive_class": label,
                "true_negatives": f"{right:g}",
                "false_positives": f"{false:g}",
                "false_negatives": f"{missed:g}",
                "true_positives": f"{true:g}",
                "example_count": f"{total:g}",
                "accuracy_score": (true + right) / total,
                "recall_score": known.get("recall_score"),
                "precision_score": known.get("precision_score"),
                "f1_score": known.get("f1_score"),
                "roc_auc": known.get("roc_auc"),
                "average_precision_score": known.get("average_precision_score"),
            }
        )
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _short(value: float) -> float:
    return float(f"{value:.6g}")
