"""`hito.evaluate`: scores, explanations and the report of a model, logged to a run as data, pictures and one page.

given ──> evaluation.evaluating ──> explain ──> evaluation_log ──> the run
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from hito.client.client import TransportClient
from hito.core.errors import InvalidArgument, NotFound
from hito.core.outermost import entered
from hito.evaluation import extras, files, learning
from hito.evaluation.evaluating import BUDGET, Asked
from hito.evaluation.results import Evaluation, LearningCurve
from hito.flavors.infer import is_pandas
from hito.fluent import active, loading, runs
from hito.fluent.configuration import client
from hito.fluent.evaluated import EvaluationResult
from hito.fluent.evaluation_log import Told, attempt, evaluated, kept
from hito.fluent.given import asked_model, folds, given, training
from hito.fluent.places import locate

_HISTORIES = 12
_EVALUATORS = (None, "default", ["default"])


def evaluate(
    model: Any = None,
    data: Any = None,
    targets: Any = None,
    *,
    model_type: str | None = None,
    predictions: Any = None,
    dataset_path: str | None = None,
    feature_names: Sequence[str] | None = None,
    evaluators: Any = None,
    evaluator_config: Mapping[str, Any] | None = None,
    extra_metrics: Any = None,
    custom_artifacts: Sequence[Callable[..., Any]] | None = None,
    env_manager: str = "local",
    model_config: Mapping[str, Any] | None = None,
    inference_params: Mapping[str, Any] | None = None,
    model_id: str | None = None,
    sample_weight: Any = None,
    train: Any = None,
    group: Any = None,
    pos_label: Any = None,
    label_list: Sequence[Any] | None = None,
    quantiles: Mapping[float, Any] | None = None,
    cv_scores: Mapping[str, Any] | None = None,
    require: str | Sequence[str] = (),
    name: str = "dataset",
    budget: float = BUDGET,
    seed: int = 0,
    explain: bool = True,
    report: bool = True,
    language: str = "en",
    log: bool = True,
    run_id: str | None = None,
    trust_pickle: bool | None = None,
) -> EvaluationResult:
    """Evaluate a classifier or regressor on data whose truth is known, and log what was found.

    Args:
        model: an estimator, a booster, a loaded pyfunc model, a function of the features, or a URI (`models:/…`,
            `runs:/…`, a folder). None: `predictions` are given.
        data: the features: frame, array or list. A frame may hold targets, predictions, weights and groups as columns.
        targets: the truth, or the name of its column. One column with labels or numbers; of multilabel a matrix of 0 and 1.
        model_type: `classifier` or `regressor`; None: as the model says, else by what the targets look like.
        predictions: what a model said, or the name of the column; of classes also probabilities, (rows, classes).
        feature_names: the model's columns, if data is an array, or which of a frame's columns they are.
        evaluators: MLflow's; `default` is the only one.
        evaluator_config: MLflow's `pos_label`, `label_list`, `sample_weights`, `metric_prefix`, `log_model_explainability`.
        extra_metrics: own scores: functions of (truth, predicted), or what `hito.models.make_metric` made.
        custom_artifacts: functions of (eval_df, metrics, folder) that give artifacts by name.
        dataset_path: where the data came from. model_id: of a logged model, if the model is given as an object.
        env_manager: `local`; other environments are `hito reproduce`'s matter. model_config, inference_params: not used.
        sample_weight: a weight for each row, or the name of the column.
        train: (X_train, y_train), or a frame as `data` is: for the gap to training, drift, and rows in both.
        group: the name of a column, names, or name → values: fairness between its groups.
        pos_label: of two classes the positive one; None: the second. label_list: the classes of probabilities.
        quantiles: level → predicted quantile of each row, for coverage.
        cv_scores: score → its values over folds, or (mean, deviation): is this test set a lucky one?
        require: what has to be reached, `accuracy >= 0.9`; the result's `passed` tells.
        name: of the dataset. budget: seconds for all. seed: of everything that is drawn.
        explain: SHAP, LIME, dependence and permutation, too. report: make the page. language: `en` or `es`.
        log: to the active run, or to `run_id`, or to a new one that ends with this. False: nowhere.
        trust_pickle: whether a URI's files that can run code may be opened.
    Returns: metrics, artifacts and all that was found.
    Raises: InvalidArgument: something does not fit; the message says what to give. NotFound: there is no such model.
    """
    began = time.monotonic()
    settings = _settings(evaluators, evaluator_config)
    if env_manager not in ("local", "uv", "virtualenv", "conda", None):
        raise InvalidArgument(f"env_manager is {env_manager!r}; the model is evaluated in this environment, 'local'.")
    if not budget > 0:
        raise InvalidArgument(f"The budget is {budget} seconds; give a number above 0.")
    if language not in ("en", "es"):
        raise InvalidArgument(f"The language is {language!r}; reports are written in 'en' or 'es'.")
    source = _source(model, model_id, trust_pickle)
    heavy = sample_weight if sample_weight is not None else settings.get("sample_weights")
    taken = given(data, targets, predictions, heavy, group, feature_names)
    face = asked_model(source.model, feature_names)
    chosen_run = run_id or _current_run()
    asked = Asked(
        predictor=face,
        features=taken.features,
        truth=taken.truth,
        weights=taken.weights,
        predictions=taken.predictions,
        model_type=model_type or settings.get("model_type"),
        positive=pos_label if pos_label is not None else settings.get("pos_label"),
        labels=label_list if label_list is not None else settings.get("label_list"),
        train=training(train, targets),
        groups=taken.groups,
        quantiles=quantiles or {},
        custom=extras.scores(extra_metrics),
        requirements=[require] if isinstance(require, str) else list(require),
        learning=_learning(source.model, source.run_id or chosen_run),
        folds=folds(cv_scores),
        names=feature_names if not is_pandas(taken.features, "DataFrame") else None,
        dataset=name,
        target=None if taken.target is None else str(taken.target),
        model=None if face is None else face.facts(source.uri, source.model_id),
        budget=budget,
        seed=seed,
    )
    with entered():  # the trees and lines that are fitted here are no trainings of the program's
        found, explanation = evaluated(asked, began, explain and settings.get("log_model_explainability", True))
    told = Told(
        found,
        explanation,
        taken,
        model_id=source.model_id,
        prefix=str(settings.get("metric_prefix") or ""),
        custom=custom_artifacts or (),
        path=dataset_path,
        language=language,
        report=report,
    )
    if not log:
        with tempfile.TemporaryDirectory(prefix="hito-") as folder:
            return kept(told, Path(folder), None, None)
    with _run(run_id, face) as (through, owner), tempfile.TemporaryDirectory(prefix="hito-") as folder:
        return kept(told, Path(folder), through, owner)


class _Source(Struct, frozen=True, eq=False):
    """A model and where it came from."""

    model: Any
    uri: str | None = None
    model_id: str | None = None
    run_id: str | None = None


def load_evaluation(run_id: str) -> Evaluation:
    """The evaluation that a run keeps. Raises: NotFound; InvalidArgument: it is damaged."""
    with tempfile.TemporaryDirectory(prefix="hito-") as folder:
        return files.read(_fetched(run_id, files.FILE, folder))


def load_predictions(run_id: str) -> Any:
    """What the model of a run said row by row, as `evaluation.predictions.Predictions`; None if that was not kept."""
    with tempfile.TemporaryDirectory(prefix="hito-") as folder:
        try:
            return files.read_predictions(_fetched(run_id, files.PREDICTIONS, folder))
        except NotFound:
            return None


def _fetched(run_id: str, path: str, folder: str) -> Path:
    known = active.find(run_id)
    through = known.client if known is not None else client()
    try:
        return Path(through.download_artifacts(run_id, path, folder))
    except NotFound:
        raise NotFound(f"Run {run_id} has no {path}; hito.evaluate(..., run_id=…) makes one.") from None


# --- what was given ---


def _settings(evaluators: Any, config: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """MLflow's evaluator_config, which may be nested below the evaluator's name."""
    if evaluators not in _EVALUATORS:
        raise InvalidArgument(f"evaluators is {evaluators!r}; 'default' is the only one. Own scores are extra_metrics.")
    known = dict(config or {})
    inner = known.get("default")
    return inner if isinstance(inner, Mapping) else known


def _source(model: Any, model_id: str | None, trust_pickle: bool | None) -> _Source:
    if not isinstance(model, str | Path):
        return _Source(model, None, model_id)
    uri = str(model)
    place = locate(client(), uri)
    loaded = loading.load(uri, "pyfunc", trust_pickle=trust_pickle)
    known = place.model.model_id if place.model is not None else model_id
    return _Source(loaded, uri, known, place.run_id)


def _current_run() -> str | None:
    scope = active.current() or active.shared()
    return None if scope is None else scope.run_id


def _learning(model: Any, run_id: str | None) -> list[LearningCurve]:
    """The model's own curves, or else those that its run logged."""
    native = model.unwrap_python_model() if hasattr(model, "unwrap_python_model") else model
    own = attempt("the learning curves", lambda: learning.of_model(native)) or []
    if own or run_id is None:
        return own

    def logged() -> list[LearningCurve]:
        known = active.find(run_id)
        through = known.client if known is not None else client()
        names = [name for name in through.get_run(run_id).data.metrics if learning.is_curve(name)][:_HISTORIES]
        return learning.of_metrics(
            {name: [(one.step, one.value) for one in through.get_metric_history(run_id, name)] for name in names}
        )

    return attempt("the run's learning curves", logged) or []


# --- what is kept ---


@contextmanager
def _run(run_id: str | None, face: Any) -> Iterator[tuple[TransportClient, str]]:
    """The run that is meant; a new one ends with this."""
    if run_id is not None:
        known = active.find(run_id)
        through = known.client if known is not None else client()
        if known is None:
            through.get_run(run_id)  # NotFound, before anything is written
        yield through, run_id
        return
    scope = active.current() or active.shared()
    if scope is not None:
        yield scope.client, scope.run_id
        return
    kind = "predictions" if face is None else face.facts().kind
    begun = runs.begin(run_name=None, tags={"hito.evaluated": kind}, named=False)
    with begun.run:
        yield begun.client, begun.run_id
