"""The MLmodel file: YAML that makes a folder a model.

It says which flavors the folder holds, what goes in and comes out, and where the model came from. Its keys are MLflow's
and stand in sorted order. What is read from it is a description, never a permission: whatever a file says about trust
(`skops_trusted_types`, `loader_module`, `model_class`, `code`) is checked against tables of the reader's own.
"""

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from hito.core.artifacts import SafePath
from hito.core.errors import InvalidArgument, NotFound
from hito.core.signature import Signature

FILE = "MLmodel"
MLFLOW_VERSION = "3.17.2"
"""The MLflow whose format we write."""
MAX_BYTES = 16 * 1024 * 1024
"""A signature of ten thousand columns takes 1 MB; more than this is no description of a model."""

PYTHON_FUNCTION = "python_function"


class ExampleInfo(Struct, frozen=True):
    """How an input example was saved. `type` is dataframe, ndarray, json_object, sparse_matrix_csr or …_csc."""

    artifact_path: str
    type: str
    pandas_orient: str | None = None
    serving_input_path: str | None = None
    has_params: bool = False


class Origin(Struct, frozen=True):
    """Where a model comes from, as `log_model` knows before it saves: a logged model, its run, its artifact URI."""

    model_id: str | None = None
    run_id: str | None = None
    artifact_path: str | None = None


class MLmodel(Struct, frozen=True, kw_only=True):
    """What an MLmodel file says.

    `flavors` maps a flavor's name to its settings; `python_function` stands among them. `utc_time_created` is
    `YYYY-MM-DD HH:MM:SS.ffffff`. `size` is the bytes of the folder's other files.
    """

    flavors: Mapping[str, Mapping[str, Any]]
    origin: Origin = Origin()
    signature: Signature | None = None
    example: ExampleInfo | None = None
    metadata: Mapping[str, Any] | None = None
    utc_time_created: str | None = None
    size: int | None = None
    mlflow_version: str = MLFLOW_VERSION
    model_uuid: str | None = None

    def flavor(self, name: str) -> Mapping[str, Any]:
        """The settings of one flavor.

        Raises: InvalidArgument: the model has no such flavor; the message lists those it has.
        """
        if name not in self.flavors:
            raise InvalidArgument(
                f"this model has no flavor {name}; it has {', '.join(sorted(self.flavors)) or 'none'}"
            )
        return self.flavors[name]

    @property
    def native_flavors(self) -> list[str]:
        """All flavors but python_function, which is the common face of the others."""
        return [name for name in self.flavors if name != PYTHON_FUNCTION]


def now_text(now: datetime.datetime | None = None) -> str:
    """A time as `utc_time_created` writes it; the present one when none is given."""
    now = now or datetime.datetime.now(datetime.UTC)
    return now.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def write(model: MLmodel, folder: Path) -> None:
    """Write the MLmodel file into a folder, which must exist."""
    text = yaml.safe_dump(_to_yaml(model), sort_keys=True, allow_unicode=True, default_flow_style=False)
    (folder / FILE).write_text(text, encoding="utf-8")


def read(folder: Path) -> MLmodel:
    """Read a folder's MLmodel file.

    Raises:
        NotFound: the folder has none.
        InvalidArgument: it is not YAML of the expected shape, or larger than MAX_BYTES.
    """
    path = folder / FILE
    if not path.is_file():
        raise NotFound(f"{folder} holds no {FILE} file, so it is no model; give the folder that log_model wrote")
    if path.stat().st_size > MAX_BYTES:
        raise InvalidArgument(f"{path} is larger than {MAX_BYTES} bytes; that is no description of a model")
    try:
        # safe_load builds plain values only: no tag in the file can name a Python object.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_PlainLoader)  # noqa: S506
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidArgument(f"{path} is not YAML: {error}") from None
    return _from_yaml(content, path)


class _PlainLoader(yaml.SafeLoader):
    """Safe YAML without aliases, by which a small file could unfold into a huge value."""

    def compose_node(self, parent: Any, index: int) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it uses aliases (*name), which no MLmodel file needs")
        return super().compose_node(parent, index)


def part(folder: Path, name: Any, what: str) -> Path:
    """A file or folder inside a model, named by its MLmodel file.

    Raises:
        InvalidArgument: the name is no relative path, or leads out of the folder, also by a symbolic link.
        NotFound: nothing is there.
    """
    if not isinstance(name, str):
        raise InvalidArgument(f"{folder / FILE} gives {name!r} as {what}; expected a relative path")
    path = folder.joinpath(*SafePath.parse(name).parts)
    if not path.exists():
        raise NotFound(f"{folder / FILE} names {what} {name!r}, and no such file is in the folder; download it again")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InvalidArgument(f"{what} {name!r} leads out of the model's folder by a symbolic link")
    return path


def _to_yaml(model: MLmodel) -> dict[str, Any]:
    origin = model.origin
    # MLflow 3 gives both the same value, and MLflow 2 wants 32 hexadecimal digits at most by habit.
    content: dict[str, Any] = {
        "flavors": {name: dict(settings) for name, settings in model.flavors.items()},
        "mlflow_version": model.mlflow_version,
        "model_id": origin.model_id,
        "model_uuid": origin.model_id or model.model_uuid,
        "prompts": None,
        "utc_time_created": model.utc_time_created,
    }
    if origin.artifact_path is not None:
        content["artifact_path"] = origin.artifact_path
    if origin.run_id is not None:
        content["run_id"] = origin.run_id
    if model.size is not None:
        content["model_size_bytes"] = model.size
    if model.metadata is not None:
        content["metadata"] = dict(model.metadata)
    if model.signature is not None:
        content |= {"signature": model.signature.to_texts()}
        content |= {"is_signature_from_type_hint": False, "type_hint_from_example": False}
    if model.example is not None:
        content["saved_input_example_info"] = _example_yaml(model.example)
    return content


def _example_yaml(example: ExampleInfo) -> dict[str, Any]:
    content: dict[str, Any] = {"artifact_path": example.artifact_path, "type": example.type}
    if example.pandas_orient is not None:
        content["pandas_orient"] = example.pandas_orient
    if example.serving_input_path is not None:
        content["serving_input_path"] = example.serving_input_path
    if example.has_params:
        content["params"] = "true"  # a text, as MLflow writes it
    return content


def _from_yaml(content: Any, path: Path) -> MLmodel:
    if not isinstance(content, dict):
        raise InvalidArgument(f"{path} holds a {type(content).__name__}, expected keys and values")
    flavors = content.get("flavors")
    if not isinstance(flavors, dict) or not all(isinstance(entry, dict) for entry in flavors.values()):
        raise InvalidArgument(f"{path} has no flavors; it should say how the model was saved")
    signature = content.get("signature")
    metadata = content.get("metadata")
    size = content.get("model_size_bytes")
    return MLmodel(
        flavors={str(name): settings for name, settings in flavors.items()},
        origin=Origin(
            model_id=_text(content, "model_id"),
            run_id=_text(content, "run_id"),
            artifact_path=_text(content, "artifact_path"),
        ),
        signature=Signature.from_texts(signature) if isinstance(signature, dict) else None,
        example=_example(content.get("saved_input_example_info")),
        metadata=metadata if isinstance(metadata, dict) else None,
        utc_time_created=_text(content, "utc_time_created"),
        size=size if isinstance(size, int) else None,
        mlflow_version=_text(content, "mlflow_version") or "",
        model_uuid=_text(content, "model_uuid"),
    )


def _text(content: dict[str, Any], key: str) -> str | None:
    value = content.get(key)
    # A time that was written without quotes is a time to YAML.
    return None if value is None else str(value)


def _example(content: Any) -> ExampleInfo | None:
    if not isinstance(content, dict) or not isinstance(content.get("artifact_path"), str):
        return None
    return ExampleInfo(
        artifact_path=content["artifact_path"],
        type=str(content.get("type", "dataframe")),
        pandas_orient=_text(content, "pandas_orient"),
        serving_input_path=_text(content, "serving_input_path"),
        has_params=str(content.get("params", "")).lower() == "true",
    )
