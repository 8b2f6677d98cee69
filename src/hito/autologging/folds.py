"""Cross-validation as a thing of its own: `cross_validate`, `cross_val_score`, `cross_val_predict`.

    run   params and tags of the estimator, `cv`, `scoring`
          test_score at steps 0, 1, 2, …                  a fold is a step: the chart shows the spread
          mean_ std_ ci95_low_ ci95_high_test_score       see `intervals`
          cv_results.csv, .png                            a row per fold: times, sizes, scores
          out_of_fold_predictions.csv                     a row per prediction: row, fold, truth, answer, probabilities
          out_of_fold_accuracy_score, … confusion matrix  scores of those, taken together

`cross_validate` can return its fitted estimators and the rows of its folds. It is asked to, and what the program did not
ask for is taken out of its answer again; predicting the left-out rows once more is all that it costs.
"""

import contextvars
import csv
import inspect
import io
import types
from typing import Any

from hito.autologging import pictures, samples, scores, training
from hito.autologging.intervals import summary
from hito.autologging.patch import Around, Original
from hito.autologging.recording import Recording, around
from hito.autologging.scores import Outcome
from hito.autologging.settings import SklearnSettings, current
from hito.core.outermost import inside

MODULE = "sklearn.model_selection._validation"
KIND_TAG = "hito.cross_validation"
OUT_OF_FOLD = "out_of_fold_"
_EXTRAS = ("return_estimator", "return_indices")

_asked: contextvars.ContextVar[dict[str, Any] | None] = contextvars.ContextVar("hito_autolog_folds", default=None)
"""Where the inner `cross_validate` of a `cross_val_score` leaves what it found."""


def wrappers(module: types.ModuleType) -> dict[Original, Around]:
    """The functions of the module that are wrapped, and by what."""
    return {
        module.cross_validate: _around_cross_validate,
        module.cross_val_score: _around_cross_val_score,
        module.cross_val_predict: _around_cross_val_predict,
    }


def _around_cross_validate(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    asked = _asked.get()
    if asked is not None:
        _asked.set(None)
        result = original(*args, **{**named, **dict.fromkeys(_EXTRAS, True)})
        asked.update(result)
        return _as_wanted(result, named)

    def train() -> tuple[Any, Any]:
        result = original(*args, **{**named, **dict.fromkeys(_EXTRAS, True)})
        return _as_wanted(result, named), result

    return _recorded(original, args, named, train)


def _around_cross_val_score(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    def train() -> tuple[Any, Any]:
        found: dict[str, Any] = {}
        token = _asked.set(found)
        try:
            return original(*args, **named), found
        finally:
            _asked.reset(token)

    return _recorded(original, args, named, train)


def _around_cross_val_predict(original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
    def train() -> tuple[Any, Any]:
        answer = original(*args, **named)
        return answer, {"answer": answer}

    return _recorded(original, args, named, train)


def _as_wanted(result: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    """The answer as the program would have had it."""
    hidden = {key.removeprefix("return_") for key in _EXTRAS if not named.get(key)}
    return {key: value for key, value in result.items() if key not in hidden}


def _recorded(original: Original, args: tuple[Any, ...], named: dict[str, Any], train: Any) -> Any:
    settings = current("sklearn")
    if not isinstance(settings, SklearnSettings) or inside():
        return original(*args, **named)
    return around(
        "sklearn",
        settings,
        plain=lambda: (original(*args, **named), None),
        before=lambda recording: _given(recording, original, args, named),
        train=lambda *_: train(),
        after=lambda recording, given, found: _log(recording, given, found[1]),
    )[0]


def _given(recording: Recording, original: Original, args: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
    bound = inspect.signature(original).bind(*args, **named)
    bound.apply_defaults()
    given = dict(bound.arguments)
    estimator = given["estimator"]
    about: dict[str, Any] = {name: given[name] for name in ("cv", "scoring", "method", "n_jobs") if name in given}
    recording.step("the params", lambda: recording.params({**estimator.get_params(deep=True), **about}))
    tags = {**training.estimator_tags(estimator), KIND_TAG: original.__name__}
    recording.step("the tags", recording.tags, tags)
    if recording.settings.log_datasets:
        recording.step("the dataset", _log_dataset, recording, given)
    return given


def _log_dataset(recording: Recording, given: dict[str, Any]) -> None:
    recording.dataset = samples.describe(given["X"], given["y"])
    if recording.dataset is not None:
        recording.input(recording.dataset, "train")


def _log(recording: Recording, given: dict[str, Any], found: dict[str, Any]) -> None:
    if "answer" in found:
        recording.step("the out-of-fold predictions", _log_answer, recording, given, found["answer"])
        return
    by_fold = {name: [float(value) for value in found[name]] for name in found if name.startswith(("test_", "train_"))}
    by_fold |= {name: [float(value) for value in found[name]] for name in ("fit_time", "score_time") if name in found}
    recording.step("the folds' scores", _log_scores, recording, by_fold)
    places = found.get("indices", {}).get("test", ())
    parts = recording.step("the out-of-fold predictions", _predictions, given, found.get("estimator", ()), places)
    shown = {name: values for name, values in by_fold.items() if name.startswith("test_")}

    def job() -> None:
        recording.step("cv_results.csv", recording.text, _rows(by_fold, found.get("indices", {})), "cv_results.csv")
        title = f"{type(given['estimator']).__name__}, {len(next(iter(by_fold.values()), ()))} folds"
        recording.step("cv_results.png", lambda: recording.figure(pictures.folds(shown, title), "cv_results.png"))
        if parts:
            log_predictions(recording, parts, places)

    if parts:
        recording.step("the out-of-fold scores", log_scores, recording, parts, given["estimator"])
    recording.put_off(job)


def _log_scores(recording: Recording, by_fold: dict[str, list[float]]) -> None:
    points = []
    for name, values in by_fold.items():
        for fold, value in enumerate(values):
            points += recording.points({name: value}, fold, dataset=recording.dataset)
    recording.client.log_batch(recording.run_id, metrics=points)
    total: dict[str, float] = {}
    for name, values in by_fold.items():
        of_times = name.endswith("_time")  # whose interval nobody asks for
        total |= {key: one for key, one in summary(values, name).items() if not (of_times and key.startswith("ci95"))}
    recording.metrics(total, dataset=recording.dataset)


def _predictions(given: dict[str, Any], estimators: Any, places: Any) -> list[Outcome]:
    """What each fold's estimator says about the rows that it has not seen."""
    if given["y"] is None or not training.kind_of(given["estimator"]):
        return []
    found = []
    for estimator, rows in zip(estimators, places, strict=True):
        features, truth = samples.taken(given["X"], rows), samples.taken(given["y"], rows)
        found.append(training.outcome_of(estimator, features, truth))
    return found


def joined(parts: list[Outcome]) -> Outcome:
    """The folds' answers as one; probabilities only where every fold knew the same classes."""
    import numpy as np

    classes = parts[0].classes
    same = classes is not None and all(
        one.probabilities is not None and np.array_equal(one.classes, classes) for one in parts
    )
    return Outcome(
        np.concatenate([one.truth for one in parts]),
        np.concatenate([one.predicted for one in parts]),
        np.concatenate([one.probabilities for one in parts]) if same else None,
        classes if same else None,
    )


def log_scores(recording: Recording, parts: list[Outcome], estimator: Any) -> None:
    """Scores of all out-of-fold predictions together, and their pictures."""
    settings = recording.settings
    positive = settings.pos_label if isinstance(settings, SklearnSettings) else None
    whole = joined(parts)
    if training.kind_of(estimator) == "classifier":
        recording.metrics(
            training.prefixed(scores.classification(whole, positive), OUT_OF_FOLD), dataset=recording.dataset
        )
        recording.put_off(lambda: training.log_pictures(recording, whole, OUT_OF_FOLD))
    else:
        recording.metrics(training.prefixed(scores.regression(whole), OUT_OF_FOLD), dataset=recording.dataset)


def log_predictions(recording: Recording, parts: list[Outcome], places: Any) -> None:
    """Keep every out-of-fold prediction, by row."""
    file = f"{OUT_OF_FOLD}predictions.csv"
    recording.step(file, lambda: recording.text(_prediction_rows(parts, places), file))


def _log_answer(recording: Recording, given: dict[str, Any], answer: Any) -> None:
    import numpy as np

    if given["y"] is None or given.get("method") != "predict":
        return
    outcome = Outcome(np.asarray(given["y"]), np.asarray(answer))
    recording.step("the out-of-fold scores", log_scores, recording, [outcome], given["estimator"])
    recording.put_off(lambda: log_predictions(recording, [outcome], [range(len(outcome.truth))]))


def _prediction_rows(parts: list[Outcome], places: Any) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    chances = all(one.probabilities is not None for one in parts)
    labels = scores.plain(parts[0].classes) if chances else []
    table.writerow(["row", "fold", "truth", "prediction", *(f"probability_{label}" for label in labels)])
    for fold, (one, rows) in enumerate(zip(parts, places, strict=True)):
        columns = [[int(row) for row in rows], [fold] * len(one.truth), one.truth.tolist(), one.predicted.tolist()]
        columns += one.probabilities.T.tolist() if chances else []
        table.writerows(zip(*columns, strict=True))
    return text.getvalue()


def _rows(by_fold: dict[str, list[float]], indices: dict[str, Any]) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    sizes = {f"{side}_rows": [len(rows) for rows in indices[side]] for side in ("train", "test") if side in indices}
    columns = {**sizes, **by_fold}
    table.writerow(["fold", *columns])
    table.writerows((fold, *row) for fold, row in enumerate(zip(*columns.values(), strict=True)))
    return text.getvalue()
