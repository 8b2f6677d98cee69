"""What every flavor's save has in common: everything in the folder but the model's own file.

    save(model, folder, …)  ── a flavor writes its file ──> complete(…)  example, signature, code, environment, MLmodel

The MLmodel file is written last, so a folder that has one is whole.
"""

import platform
import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypedDict

from hito.core.errors import AlreadyExists, InvalidArgument, NotFound
from hito.core.signature import Signature
from hito.flavors import environment, example, mlmodel
from hito.flavors import profile as profiles
from hito.flavors.infer import infer_schema, infer_signature, is_pandas
from hito.flavors.mlmodel import PYTHON_FUNCTION, MLmodel, Origin
from hito.flavors.profile import Profile

CODE = "code"

Predict = Callable[[Any, dict[str, Any] | None], Any]


class Details(TypedDict, total=False):
    """What may be said about any model while it is saved; all of it optional.

    signature: False writes none; absent or None, it is inferred from the example.
    input_example: an input, or (input, params).
    metadata: the user's own words, kept in the MLmodel file.
    pip_requirements: replaces the requirements that were found; extra_pip_requirements: adds to them.
    code_paths: files and folders that the model's code needs, copied into the folder.
    extra_files: more files to keep in `extra_files/`.
    profile: of the data that it was trained on.
    origin: ids that `log_model` knows.
    """

    signature: Signature | bool | None
    input_example: Any
    metadata: Mapping[str, Any] | None
    pip_requirements: Iterable[str] | str | None
    extra_pip_requirements: Iterable[str] | str | None
    code_paths: Iterable[str | Path] | None
    extra_files: Iterable[str | Path] | None
    profile: Profile | None
    origin: Origin


def begin(folder: Path) -> Path:
    """Make the folder that a model is saved to, readable by its owner alone.

    Raises: AlreadyExists: there is something in it; two models never share a folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyExists(f"{folder} is not empty; give a folder that does not exist yet")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def complete(
    folder: Path,
    name: str,
    settings: Mapping[str, Any],
    python_function: Mapping[str, Any] | None,
    details: Details,
    *,
    modules: Iterable[str],
    predict: Predict | None = None,
) -> MLmodel:
    """Write everything but the model's own file, which is there already.

    Args:
        name, settings: the flavor's entry; empty for a model that is a python_function alone.
        python_function: the entry of the common face, without what is the same for all; None leaves it out.
        modules: top-level modules the model consists of; requirements are found from them.
        predict: how an output for the signature is obtained; it is given a copy of the example.
    Returns: what was written into MLmodel.
    """
    code = _copy_code(folder, details.get("code_paths"))
    _copy_extra(folder, details.get("extra_files"))
    given = details.get("input_example")
    info = None if given is None else example.write(given, folder)
    frames = ["pandas"] if is_pandas(example.split(given)[0], "DataFrame") else []
    lines = environment.merged(
        environment.requirements([*modules, *frames]),
        details.get("pip_requirements"),
        details.get("extra_pip_requirements"),
    )
    environment.write(folder, lines)
    trained_on = details.get("profile")
    if trained_on is not None:
        profiles.write(trained_on, folder)
    flavors: dict[str, Mapping[str, Any]] = {name: {**settings, "code": code}} if name else {}
    if python_function is not None:
        common = {"env": dict(environment.ENV), "python_version": platform.python_version()}
        flavors[PYTHON_FUNCTION] = {**python_function, **common} | ({"code": code} if code or not name else {})
    model = MLmodel(
        flavors=flavors,
        origin=details.get("origin", Origin()),
        signature=_signature(details, predict),
        example=info,
        metadata=details.get("metadata"),
        utc_time_created=mlmodel.now_text(),
        size=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        model_uuid=uuid.uuid4().hex,
    )
    mlmodel.write(model, folder)
    return model


def native(path: str | Path) -> Path:
    """A path argument, absolute, so that a change of the working folder does not matter."""
    return Path(path).expanduser().absolute()


def _signature(details: Details, predict: Predict | None) -> Signature | None:
    """The signature given, or inferred from the example and what the model answers to it."""
    given = details.get("signature")
    if isinstance(given, Signature):
        return given
    shown = details.get("input_example")
    if given is False or shown is None:
        return None
    data, params = example.split(shown)
    inferred = infer_signature(data, None, params)
    if predict is None:
        return inferred
    try:
        output = predict(data.copy() if hasattr(data, "copy") else data, params)
    except Exception as error:
        # Whatever a model can raise; the folder would claim an input that the model does not take.
        raise InvalidArgument(
            f"the model cannot answer its input example: {type(error).__name__}: {error}. "
            "Give an example as it would be given to predict, or leave it out and give a signature"
        ) from error
    return Signature(inferred.inputs, infer_schema(output), inferred.params)


def _copy_code(folder: Path, paths: Iterable[str | Path] | None) -> str | None:
    if not paths:
        return None
    _copy_into(folder / CODE, paths)
    return CODE


def _copy_extra(folder: Path, paths: Iterable[str | Path] | None) -> None:
    if paths:
        _copy_into(folder / "extra_files", paths)


def _copy_into(target: Path, paths: Iterable[str | Path]) -> None:
    target.mkdir(mode=0o700)
    for given in paths:
        source = native(given)
        if not source.exists():
            raise NotFound(f"{source} does not exist, so it cannot be saved with the model")
        if source.is_dir():
            shutil.copytree(source, target / source.name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy2(source, target / source.name)
