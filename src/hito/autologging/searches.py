"""Searches for hyper-parameters: GridSearchCV, RandomizedSearchCV and their halving kin.

    the search's run    its arguments, best_<param>, best_cv_score, cv_results.csv, models `model` and `best_estimator`;
                        best_mean_ best_std_ best_ci95_low_ best_ci95_high_test_score, and the best candidate's folds
                        out_of_fold_predictions.csv of the best candidate, where that costs little: it means fitting it
                        once more for each fold
    a run below it      for each of the best candidates: its params, mean_ std_ rank_test_score, its folds as steps

As scikit-learn does, a search is one training: the fits inside of it are not logged one by one.
"""

import time
from typing import Any

from hito.autologging import folds, samples, training
from hito.autologging.intervals import summary
from hito.autologging.recording import Recording
from hito.autologging.settings import SklearnSettings

_FAIR_SHARE, _FAIR_SECONDS = 0.02, 1.0
"""What fitting the best candidate again may take: this part of the search, or of seconds after a short one."""
_SHORT = 10.0


def is_search(estimator: Any) -> bool:
    return any(ancestor.__name__ == "BaseSearchCV" for ancestor in type(estimator).__mro__)


def log(recording: Recording, search: Any, given: Any) -> None:
    """Log what a search found. `given`: the data, `sklearn.Given`."""
    results = search.cv_results_
    if hasattr(search, "best_params_"):
        best = {f"best_{name}": value for name, value in search.best_params_.items()}
        recording.step("the best params", recording.params, best)
    if hasattr(search, "best_score_"):
        recording.step("the best score", recording.metrics, {"best_cv_score": search.best_score_})
    recording.step("the best candidate's folds", _log_best, recording, search, results)
    recording.step("cv_results.csv", _log_results, recording, results)
    recording.step("the candidates' runs", _log_candidates, recording, search, results)
    recording.step("the out-of-fold predictions", _log_out_of_fold, recording, search, results, given)
    if recording.settings.log_models and hasattr(search, "best_estimator_"):
        example = samples.example_of(given.features)
        best_model = training.copied(search.best_estimator_)
        recording.put_off(
            lambda: _nothing(
                recording.step("the best model", training.log_model, recording, best_model, example, "best_estimator")
            )
        )


def _log_best(recording: Recording, search: Any, results: Any) -> None:
    place = getattr(search, "best_index_", None)
    if place is None:
        return
    total: dict[str, float] = {}
    for name, values in _splits(results, place).items():
        total |= {f"best_{key}": value for key, value in summary(values, name).items()}
    recording.metrics(total, dataset=recording.dataset)


def _log_results(recording: Recording, results: Any) -> None:
    import pandas

    recording.text(pandas.DataFrame(results).to_csv(index=False), "cv_results.csv")


def _log_candidates(recording: Recording, search: Any, results: Any) -> None:
    """A run for each of the best candidates."""
    settings = recording.settings
    assert isinstance(settings, SklearnSettings)
    if settings.max_tuning_runs == 0:
        return
    refit = search.refit if isinstance(search.refit, str) else "score"
    ranks = results.get(f"rank_test_{refit}")
    if ranks is None:
        ranks = next((values for name, values in results.items() if name.startswith("rank_test_")), None)
    order = sorted(range(len(results["params"])), key=lambda place: (ranks[place] if ranks is not None else 0, place))
    tags = training.estimator_tags(search.estimator)
    for place in order[: settings.max_tuning_runs]:
        params = results["params"][place]
        shown = {**search.estimator.get_params(deep=True), **params}
        recording.step("a candidate's run", _log_candidate, recording, results, place, shown, tags)


def _log_candidate(recording: Recording, results: Any, place: int, params: Any, tags: dict[str, str]) -> None:
    run_id = recording.child(None, tags, recording.scope.run.info.start_time)
    client = recording.client
    metrics = {
        name: float(values[place])
        for name, values in results.items()
        if name != "params" and not name.startswith(("param_", "split")) and _is_number(values[place])
    }
    points = []
    for name, values in _splits(results, place).items():
        metrics |= {key: value for key, value in summary(values, name).items() if key.startswith("ci95_")}
        for fold, value in enumerate(values):
            points += recording.points({name: value}, fold)
    points += recording.points(metrics)
    client.log_batch(run_id, metrics=points, params=recording.pairs(params))
    if recording.dataset is not None:
        client.log_inputs(run_id, [recording.as_input(recording.dataset, "train")])
    client.set_terminated(run_id)


def _log_out_of_fold(recording: Recording, search: Any, results: Any, given: Any) -> None:
    """Fit the best candidate on every fold again, if the search was long enough for that not to be felt."""
    best = getattr(search, "best_index_", None)
    if best is None or given.truth is None or not training.kind_of(search):
        return
    if not isinstance(search.cv, int | None) and not hasattr(search.cv, "split"):
        return  # an iterator of folds is used up
    count = int(search.n_splits_)
    expected = float(results["mean_fit_time"][best] + results["mean_score_time"][best]) * count
    limit = _FAIR_SECONDS if recording.seconds < _SHORT else _FAIR_SHARE * recording.seconds
    if expected > limit:
        recording.tags({"hito.autolog.out_of_fold": f"left out: it would have taken {expected:.1f} s"})
        return
    from sklearn.base import clone, is_classifier
    from sklearn.model_selection import check_cv

    until = time.monotonic() + 2 * limit
    splitter = check_cv(search.cv, given.truth, classifier=is_classifier(search.estimator))
    parts, places = [], []
    for train, test in splitter.split(given.features, given.truth):
        if time.monotonic() > until:
            return
        fitted = clone(search.estimator).set_params(**clone(search.best_params_, safe=False))
        fitted.fit(samples.taken(given.features, train), samples.taken(given.truth, train))
        parts.append(training.outcome_of(fitted, samples.taken(given.features, test), samples.taken(given.truth, test)))
        places.append(test)
    folds.log_scores(recording, parts, search)
    recording.put_off(lambda: folds.log_predictions(recording, parts, places))


def _splits(results: Any, place: int) -> dict[str, list[float]]:
    """The scores of one candidate, fold by fold: `test_score` → values."""
    found: dict[str, list[float]] = {}
    for name, values in results.items():
        head, _, score = name.partition("_")
        if head.startswith("split") and score.startswith("test_"):
            found.setdefault(score, []).append(float(values[place]))
    return found


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _nothing(_: object) -> None:
    """The id of the second model is of no use."""
