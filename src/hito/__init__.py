"""hito follows, explains, versions, serves and reproduces machine-learning models.

    import hito

    with hito.start_run():
        hito.log_param("depth", 5)
        hito.log_metric("accuracy", 0.93)

This is the public door, a list of names: each is imported when it is first used, so that `import hito` costs next to
nothing. What is not named here or in a module named here may change without notice.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hito.connect import Client as Client
    from hito.core.errors import HitoError as HitoError
    from hito.fluent.active import ActiveRun as ActiveRun
    from hito.fluent.artifacts import (
        Image as Image,
    )
    from hito.fluent.artifacts import (
        get_artifact_uri as get_artifact_uri,
    )
    from hito.fluent.artifacts import (
        load_table as load_table,
    )
    from hito.fluent.artifacts import (
        log_artifact as log_artifact,
    )
    from hito.fluent.artifacts import (
        log_artifacts as log_artifacts,
    )
    from hito.fluent.artifacts import (
        log_dict as log_dict,
    )
    from hito.fluent.artifacts import (
        log_figure as log_figure,
    )
    from hito.fluent.artifacts import (
        log_image as log_image,
    )
    from hito.fluent.artifacts import (
        log_stream as log_stream,
    )
    from hito.fluent.artifacts import (
        log_table as log_table,
    )
    from hito.fluent.artifacts import (
        log_text as log_text,
    )
    from hito.fluent.configuration import (
        get_registry_uri as get_registry_uri,
    )
    from hito.fluent.configuration import (
        get_tracking_uri as get_tracking_uri,
    )
    from hito.fluent.configuration import (
        is_tracking_uri_set as is_tracking_uri_set,
    )
    from hito.fluent.configuration import (
        set_registry_uri as set_registry_uri,
    )
    from hito.fluent.configuration import (
        set_tracking_uri as set_tracking_uri,
    )
    from hito.fluent.data import (
        log_input as log_input,
    )
    from hito.fluent.data import (
        log_inputs as log_inputs,
    )
    from hito.fluent.doctor import doctor as doctor
    from hito.fluent.evaluate import evaluate as evaluate
    from hito.fluent.evaluate import load_evaluation as load_evaluation
    from hito.fluent.evaluated import validate_evaluation_results as validate_evaluation_results
    from hito.fluent.experiments import (
        create_experiment as create_experiment,
    )
    from hito.fluent.experiments import (
        delete_experiment as delete_experiment,
    )
    from hito.fluent.experiments import (
        delete_experiment_tag as delete_experiment_tag,
    )
    from hito.fluent.experiments import (
        get_experiment as get_experiment,
    )
    from hito.fluent.experiments import (
        get_experiment_by_name as get_experiment_by_name,
    )
    from hito.fluent.experiments import (
        restore_experiment as restore_experiment,
    )
    from hito.fluent.experiments import (
        search_experiments as search_experiments,
    )
    from hito.fluent.experiments import (
        set_experiment as set_experiment,
    )
    from hito.fluent.experiments import (
        set_experiment_tag as set_experiment_tag,
    )
    from hito.fluent.experiments import (
        set_experiment_tags as set_experiment_tags,
    )
    from hito.fluent.logged_models import (
        ActiveModel as ActiveModel,
    )
    from hito.fluent.logged_models import (
        clear_active_model as clear_active_model,
    )
    from hito.fluent.logged_models import (
        create_external_model as create_external_model,
    )
    from hito.fluent.logged_models import (
        delete_logged_model_tag as delete_logged_model_tag,
    )
    from hito.fluent.logged_models import (
        finalize_logged_model as finalize_logged_model,
    )
    from hito.fluent.logged_models import (
        get_active_model_id as get_active_model_id,
    )
    from hito.fluent.logged_models import (
        get_logged_model as get_logged_model,
    )
    from hito.fluent.logged_models import (
        initialize_logged_model as initialize_logged_model,
    )
    from hito.fluent.logged_models import (
        last_logged_model as last_logged_model,
    )
    from hito.fluent.logged_models import (
        log_model_params as log_model_params,
    )
    from hito.fluent.logged_models import (
        log_outputs as log_outputs,
    )
    from hito.fluent.logged_models import (
        search_logged_models as search_logged_models,
    )
    from hito.fluent.logged_models import (
        set_active_model as set_active_model,
    )
    from hito.fluent.logged_models import (
        set_logged_model_tags as set_logged_model_tags,
    )
    from hito.fluent.registry import (
        register_model as register_model,
    )
    from hito.fluent.registry import (
        search_model_versions as search_model_versions,
    )
    from hito.fluent.registry import (
        search_registered_models as search_registered_models,
    )
    from hito.fluent.registry import (
        set_model_version_tag as set_model_version_tag,
    )
    from hito.fluent.runs import (
        active_run as active_run,
    )
    from hito.fluent.runs import (
        delete_run as delete_run,
    )
    from hito.fluent.runs import (
        end_run as end_run,
    )
    from hito.fluent.runs import (
        get_parent_run as get_parent_run,
    )
    from hito.fluent.runs import (
        get_run as get_run,
    )
    from hito.fluent.runs import (
        last_active_run as last_active_run,
    )
    from hito.fluent.runs import (
        restore_run as restore_run,
    )
    from hito.fluent.runs import (
        search_runs as search_runs,
    )
    from hito.fluent.runs import (
        start_run as start_run,
    )
    from hito.fluent.system import (
        disable_system_metrics_logging as disable_system_metrics_logging,
    )
    from hito.fluent.system import (
        enable_system_metrics_logging as enable_system_metrics_logging,
    )
    from hito.fluent.system import (
        set_system_metrics_node_id as set_system_metrics_node_id,
    )
    from hito.fluent.system import (
        set_system_metrics_samples_before_logging as set_system_metrics_samples_before_logging,
    )
    from hito.fluent.system import (
        set_system_metrics_sampling_interval as set_system_metrics_sampling_interval,
    )
    from hito.fluent.values import (
        delete_tag as delete_tag,
    )
    from hito.fluent.values import (
        flush_artifact_async_logging as flush_artifact_async_logging,
    )
    from hito.fluent.values import (
        flush_async_logging as flush_async_logging,
    )
    from hito.fluent.values import (
        log_metric as log_metric,
    )
    from hito.fluent.values import (
        log_metrics as log_metrics,
    )
    from hito.fluent.values import (
        log_param as log_param,
    )
    from hito.fluent.values import (
        log_params as log_params,
    )
    from hito.fluent.values import (
        log_series as log_series,
    )
    from hito.fluent.values import (
        set_tag as set_tag,
    )
    from hito.fluent.values import (
        set_tags as set_tags,
    )

    MlflowClient = Client
    MlflowException = HitoError

__version__ = "0.1.0"

_NAMES = {
    "hito.fluent.configuration": (
        "get_registry_uri get_tracking_uri is_tracking_uri_set set_registry_uri set_tracking_uri"
    ),
    "hito.fluent.experiments": (
        "create_experiment delete_experiment delete_experiment_tag get_experiment get_experiment_by_name"
        " restore_experiment search_experiments set_experiment set_experiment_tag set_experiment_tags"
    ),
    "hito.fluent.active": "ActiveRun",
    "hito.fluent.runs": (
        "active_run delete_run end_run get_parent_run get_run last_active_run restore_run search_runs start_run"
    ),
    "hito.fluent.values": (
        "delete_tag flush_artifact_async_logging flush_async_logging log_metric log_metrics log_param "
        "log_params log_series set_tag set_tags"
    ),
    "hito.fluent.data": "log_input log_inputs",
    "hito.fluent.artifacts": (
        "Image get_artifact_uri load_table log_artifact log_artifacts log_dict log_figure log_image "
        "log_stream log_table log_text"
    ),
    "hito.fluent.logged_models": (
        "ActiveModel clear_active_model create_external_model delete_logged_model_tag "
        "finalize_logged_model get_active_model_id get_logged_model initialize_logged_model "
        "last_logged_model log_model_params log_outputs search_logged_models set_active_model "
        "set_logged_model_tags"
    ),
    "hito.fluent.registry": ("register_model search_model_versions search_registered_models set_model_version_tag"),
    "hito.fluent.system": (
        "disable_system_metrics_logging enable_system_metrics_logging set_system_metrics_node_id "
        "set_system_metrics_samples_before_logging set_system_metrics_sampling_interval"
    ),
    "hito.fluent.doctor": "doctor",
    "hito.fluent.evaluate": "evaluate load_evaluation",
    "hito.fluent.evaluated": "validate_evaluation_results",
    "hito.autologging": "autolog",
    "hito.connect": "Client",
    "hito.core.errors": "HitoError",
}

_MODULES = frozenset(
    "artifacts config data entities exceptions lightgbm models onnx pyfunc sklearn tracking xgboost".split()
)
_ALIASES = {"MlflowClient": "Client", "MlflowException": "HitoError"}
"""MLflow's names for what has a name of ours."""

_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = sorted([*_HOMES, *_ALIASES, *_MODULES])


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"hito.{name}")
    home = _HOMES.get(_ALIASES.get(name, name))
    if home is None:
        raise AttributeError(f"module 'hito' has no attribute {name!r}")
    found = getattr(import_module(home), _ALIASES.get(name, name))
    globals()[name] = found  # the next time it is an attribute like any other
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
