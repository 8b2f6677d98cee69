"""Log what training already knows: hyper-parameters, scores, curves, pictures, the model, without a line about logging.

    hito.autolog()              scikit-learn, XGBoost and LightGBM, whichever is imported, now or later
    hito.sklearn.autolog(…)     one of them, with its options

The package is not called `autolog`, because `hito.autolog` is the function, and Python would put the package in its place
as soon as it is imported.

    patch ── replaces methods and functions, and puts them back          imports ── does so for what is imported later
    guard ── a failure to log never reaches training                     later ──── what need not be waited for
    recording ── the run that a fit is logged to, and the steps of it
    sklearn, xgboost, lightgbm ── what each library can tell             training, searches, folds, held_out, boosting
    scores, pictures ── arrays to numbers, data and figures    evaluated ── the whole evaluation of held-out data
"""

from collections.abc import Mapping, Sequence
from importlib import import_module

FLAVORS = ("sklearn", "xgboost", "lightgbm")


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    log_traces: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    extra_tags: Mapping[str, str] | None = None,
    exclude_flavors: Sequence[str] | None = None,
    log_evaluation: bool = True,
) -> None:
    """Log every training of scikit-learn, XGBoost and LightGBM, with the options that they have in common.

    Libraries that are imported later are logged as well; none is imported by this call.

    Args:
        log_input_examples: keep the first rows with the model.
        log_model_signatures: say with the model what it takes and gives.
        log_models: keep the model.
        log_datasets: describe the training data on the run.
        log_traces: accepted for MLflow's sake; hito keeps no traces.
        disable: log nothing any more, and give the libraries back as they were.
        exclusive: log only where no run was started by the program.
        disable_for_unsupported_versions: accepted for MLflow's sake; what a version does not have is not logged.
        silent: say nothing when logging fails.
        extra_tags: on the runs that are begun for a training.
        exclude_flavors: names of FLAVORS to leave alone.
        log_evaluation: keep a whole evaluation of the first data that the model is scored on, see `evaluated`.
    """
    for name in FLAVORS:
        if name not in (exclude_flavors or ()):
            # Each is cheap, and none imports its library.
            import_module(f"hito.autologging.{name}").autolog(
                log_input_examples=log_input_examples,
                log_model_signatures=log_model_signatures,
                log_models=log_models,
                log_datasets=log_datasets,
                disable=disable,
                exclusive=exclusive,
                disable_for_unsupported_versions=disable_for_unsupported_versions,
                silent=silent,
                extra_tags=extra_tags,
                log_evaluation=log_evaluation,
            )
