"""The public door: MLflow's names are there, or their absence has a reason; and going through it costs little."""

import importlib
import inspect
import os
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import hito

# protocol/fluent-api.md, section 1: names, and the parameters of each, in their order.
CONTRACT = {
    "set_tracking_uri": "uri",
    "get_tracking_uri": "",
    "is_tracking_uri_set": "",
    "set_registry_uri": "uri",
    "get_registry_uri": "",
    "enable_system_metrics_logging": "",
    "disable_system_metrics_logging": "",
    "set_system_metrics_sampling_interval": "interval",
    "set_system_metrics_samples_before_logging": "samples",
    "set_system_metrics_node_id": "node_id",
    "flush_async_logging": "",
    "flush_artifact_async_logging": "",
    "doctor": "mask_envs",
    "create_experiment": "name artifact_location tags trace_location",
    "set_experiment": "experiment_name experiment_id trace_location",
    "get_experiment": "experiment_id",
    "get_experiment_by_name": "name",
    "search_experiments": "view_type max_results filter_string order_by",
    "delete_experiment": "experiment_id",
    "restore_experiment": "experiment_id",
    "set_experiment_tag": "key value",
    "set_experiment_tags": "tags",
    "delete_experiment_tag": "key",
    "start_run": "run_id experiment_id run_name nested parent_run_id tags description log_system_metrics",
    "end_run": "status",
    "active_run": "",
    "last_active_run": "",
    "get_run": "run_id",
    "get_parent_run": "run_id",
    "delete_run": "run_id",
    "restore_run": "run_id",
    "search_runs": "experiment_ids filter_string run_view_type max_results order_by output_format "
    "search_all_experiments experiment_names",
    "log_param": "key value synchronous",
    "log_params": "params synchronous run_id",
    "log_metric": "key value step synchronous timestamp run_id model_id dataset",
    "log_metrics": "metrics step synchronous run_id timestamp model_id dataset",
    "set_tag": "key value synchronous",
    "set_tags": "tags synchronous",
    "delete_tag": "key",
    "log_input": "dataset context tags model",
    "log_inputs": "datasets contexts tags_list models",
    "log_outputs": "models",
    "log_artifact": "local_path artifact_path run_id",
    "log_artifacts": "local_dir artifact_path run_id",
    "log_text": "text artifact_file run_id",
    "log_dict": "dictionary artifact_file run_id",
    "log_figure": "figure artifact_file save_kwargs",
    "log_image": "image artifact_file key step timestamp synchronous",
    "log_stream": "stream artifact_file run_id",
    "log_table": "data artifact_file run_id",
    "load_table": "artifact_file run_ids extra_columns",
    "get_artifact_uri": "artifact_path",
    "initialize_logged_model": "name source_run_id tags params model_type experiment_id",
    "create_external_model": "name source_run_id tags params model_type experiment_id",
    "finalize_logged_model": "model_id status",
    "get_logged_model": "model_id",
    "last_logged_model": "",
    "search_logged_models": "experiment_ids filter_string datasets max_results order_by output_format",
    "set_logged_model_tags": "model_id tags",
    "delete_logged_model_tag": "model_id key",
    "log_model_params": "params model_id",
    "set_active_model": "name model_id",
    "get_active_model_id": "",
    "clear_active_model": "",
    "register_model": "model_uri name await_registration_for tags env_pack",
    "search_registered_models": "max_results filter_string order_by",
    "search_model_versions": "max_results filter_string order_by",
    "set_model_version_tag": "name version key value",
}

CLASSES = "Image ActiveRun ActiveModel MlflowClient MlflowException Client HitoError".split()

MODULES = {
    "artifacts": "download_artifacts list_artifacts load_text load_dict load_image",
    "config": "set_tracking_uri enable_system_metrics_logging",
    "data": "from_pandas from_numpy Dataset",
    "entities": "Experiment Run RunInfo RunData Metric Param RunTag LoggedModel LoggedModelInput LoggedModelOutput "
    "RegisteredModel ModelVersion FileInfo ViewType RunStatus Dataset DatasetInput",
    "exceptions": "MlflowException RestException",
    "models": "infer_signature set_signature get_model_info ModelSignature convert_input_example_to_serving_input Model "
    "evaluate EvaluationResult EvaluationArtifact EvaluationMetric MetricThreshold MetricValue make_metric "
    "validate_evaluation_results",
    "pyfunc": "load_model log_model save_model PythonModel PyFuncModel",
    "sklearn": "load_model log_model save_model",
    "tracking": "MlflowClient",
    "xgboost": "load_model log_model save_model",
    "lightgbm": "load_model log_model save_model",
    "onnx": "load_model log_model save_model",
}

ABSENT = {
    "login": "it is for Databricks; hito takes credentials from the environment",
    "import_checkpoints": "it reads checkpoints of another platform",
    "run": "projects are run by `hito run`",
    "projects": "as run",
    "types": "hito.models.infer_signature makes what these classes describe",
    "client": "hito.Client; hito.client is the package behind it",
    "models.validate_serving_input": "it comes with serving, which reads these payloads",
    "models.predict": "it runs a model in an environment of its own: `hito models serve`",
}
"""Names of the contract that hito does not have, each with its reason."""

OURS = "log_series autolog evaluate load_evaluation validate_evaluation_results".split()


@pytest.mark.parametrize("name", CONTRACT)
def test_a_name_of_the_contract_takes_its_parameters(name: str) -> None:
    parameters = inspect.signature(getattr(hito, name)).parameters
    assert [one for one in parameters if not one.startswith("_")] == CONTRACT[name].split()


@pytest.mark.parametrize(("module", "names"), MODULES.items())
def test_a_module_of_the_contract_has_its_names(module: str, names: str) -> None:
    found = importlib.import_module(f"hito.{module}")
    assert getattr(hito, module) is found
    for name in names.split():
        assert getattr(found, name) is not None


def test_classes_and_names_of_ours_are_there() -> None:
    for name in CLASSES:
        assert inspect.isclass(getattr(hito, name))
    assert hito.MlflowClient is hito.Client
    assert "log_series" in dir(hito)


def test_what_is_absent_is_absent() -> None:
    """A name that comes to be leaves the list of those that are missing."""
    for name in ABSENT:
        module, _, attribute = name.rpartition(".")
        owner = importlib.import_module(f"hito.{module}") if module else hito
        present = attribute in dir(owner) and attribute != "client"
        assert not present, f"hito.{name} exists: take it from the list"


def test_a_wrong_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'strat_run'"):
        _ = hito.strat_run  # type: ignore[attr-defined]


def test_the_docs_name_everything() -> None:
    text = (Path(__file__).parent.parent / "docs" / "api.md").read_text("utf-8")
    missing = [name for name in hito.__all__ if f"`{name}" not in text and f"hito.{name}" not in text]
    assert missing == []


def _examples() -> list[str]:
    text = (Path(__file__).parent.parent / "docs" / "api.md").read_text("utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def _python(code: str) -> str:
    source = str(Path(hito.__file__).parent.parent)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [source, os.environ.get("PYTHONPATH")]))}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_importing_costs_little() -> None:
    timed = "import time; t = time.perf_counter(); import hito; print(time.perf_counter() - t)"
    seconds = statistics.median(float(_python(timed)) for _ in range(5))
    assert seconds <= 0.1


def test_logging_imports_nothing_heavy() -> None:
    heavy = _python(
        "import sys, hito; hito.start_run, hito.log_metric, hito.Client; "
        "print([name for name in ('numpy', 'pandas', 'apsw', 'http.client', 'yaml', 'sklearn', 'matplotlib', 'asyncio', "
        "'hito.api', 'hito.server', 'hito.store') if name in sys.modules])"
    )
    assert heavy == "[]"


@pytest.mark.parametrize("example", _examples())
def test_the_examples_of_the_docs_run(example: str, tmp_path: Path) -> None:
    _python(f"import os; os.environ['HITO_HOME'] = {str(tmp_path / '.hito')!r}\n{example}")


def test_memory_of_an_import_is_small() -> None:
    used = (
        "import resource; before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss; import hito; hito.start_run; "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    assert int(_python(used)) <= 25 * 1024
