"""What a model needs to run: requirements.txt, conda.yaml and python_env.yaml.

MLflow finds requirements by loading the model in a second process, which takes seconds. Here they are looked up: the
distributions of the modules that this process has really imported, in the versions that it runs.

    modules of the model's own objects ──> their distributions ──> what these require, and so on ──> of those, the
    (sklearn, numpy, my_package …)                                                                   imported ones, pinned

The first line is `mlflow==3.17.2`, the version whose format we write: `mlflow models serve` and every platform that
builds an environment from this file start MLflow's own code in it. hito reads the folder without it.

Lines that a user gives are taken only if they are plain requirements. pip would obey options and fetch from addresses,
and a model's files are read by many (CVE-2025-15379 began with a line of such a file).
"""

import ast
import functools
import importlib.metadata
import pickletools
import platform
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from hito.core.errors import InvalidArgument
from hito.flavors.mlmodel import MLFLOW_VERSION

REQUIREMENTS, CONDA, PYTHON_ENV = "requirements.txt", "conda.yaml", "python_env.yaml"

ENV = {"conda": CONDA, "virtualenv": PYTHON_ENV}
"""The `env` setting of the python_function flavor."""

MLFLOW_LINE = f"mlflow=={MLFLOW_VERSION}"

TOOLS = frozenset(
    "hito pip setuptools wheel uv pytest pluggy iniconfig hypothesis coverage mypy ruff ipython ipykernel jupyter-client "
    "jupyter-core debugpy mlflow mlflow-skinny mlflow-tracing".split()
)
"""What runs around a model and is no part of it."""

# PEP 508 without addresses: a name, extras, versions, a marker.
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_VERSION = r"(?:===?|[<>~!]=|[<>])\s*[A-Za-z0-9.*+!_-]+"
_REQUIREMENT = re.compile(
    rf"(?P<name>{_NAME})\s*(?:\[\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\])?\s*"
    rf"(?:\(?{_VERSION}(?:\s*,\s*{_VERSION})*\)?)?\s*(?:;\s*[A-Za-z0-9_.'\"<>=!~()\s-]+)?"
)


def requirements(modules: Iterable[str]) -> list[str]:
    """Pinned requirements of a model made of these modules.

    Args:
        modules: top-level names, such as `sklearn`; those that belong to no distribution are passed over.
    Returns: lines `name==version`, sorted, after MLflow's.
    """
    imported = {name.partition(".")[0] for name in list(sys.modules)}
    distributions = _distributions()
    wanted = [name for module in modules for name in distributions.get(module, ())]
    present = {_normal(name) for module in imported for name in distributions.get(module, ())}
    pinned: dict[str, str] = {}
    while wanted:
        name = wanted.pop()
        if _normal(name) in pinned or _normal(name) in TOOLS:
            continue
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        # A local version (+cpu, +cu118) is on no index.
        pinned[_normal(name)] = f"{found.metadata['Name']}=={found.version.partition('+')[0]}"
        wanted += [need for need in _needs(found) if _normal(need) in present]
    return [MLFLOW_LINE, *(pinned[name] for name in sorted(pinned))]


def modules_in_pickle(content: bytes) -> list[str]:
    """Top-level modules that a pickle names, or that the code inside it imports; nothing is unpickled.

    Classes and functions stand in a pickle by the name of their module, and so do the names that code objects use. A
    name counts if a module of that name has been imported and is no part of Python itself.
    """
    texts = {text for _, text, _ in pickletools.genops(content) if isinstance(text, str)}
    # Protocol 0 … 3 write "module name" in one text.
    names = {name for text in texts for name in text.split(" ")[:1] if name in sys.modules}
    return sorted({name.partition(".")[0] for name in names} - sys.stdlib_module_names)


def modules_in_source(source: str) -> list[str]:
    """Top-level modules that Python source imports, wherever in it.

    Raises: InvalidArgument: it is no Python.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise InvalidArgument(f"the model's code is no Python: {error}") from None
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    found |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
    return sorted({name.partition(".")[0] for name in found} - sys.stdlib_module_names)


def checked(lines: Iterable[str] | str | Path) -> list[str]:
    """Requirements as a user gave them: lines, or a file of lines. Empty lines and comments are left out.

    Raises: InvalidArgument: a line is an option, an address, a path, or otherwise no plain requirement.
    """
    if isinstance(lines, str | Path):
        lines = Path(lines).read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        text = re.sub(r"(^|\s)#.*", "", line).strip()
        if not text:
            continue
        if _REQUIREMENT.fullmatch(text) is None:
            raise InvalidArgument(
                f"{line!r} is no plain requirement; write a name with versions, such as scikit-learn>=1.5. "
                "Options (-r, --index-url), addresses and paths are not taken over into a model"
            )
        found.append(text)
    return found


def merged(base: list[str], override: Iterable[str] | None, extra: Iterable[str] | None) -> list[str]:
    """The lines to write: `override` instead of what was found, `extra` beside it; a name given by a user wins."""
    lines = list(base) if override is None else checked(override)
    if not any(_requirement_name(line) in ("mlflow", "mlflow-skinny") for line in lines):
        lines.insert(0, MLFLOW_LINE)
    added = checked(extra or ())
    replaced = {_requirement_name(line) for line in added}
    return [line for line in lines if _requirement_name(line) not in replaced] + added


def write(folder: Path, lines: list[str]) -> None:
    """Write the three files of an environment in which the model runs."""
    python = platform.python_version()
    (folder / REQUIREMENTS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    build = [f"{name}=={version}" if (version := _version(name)) else name for name in ("pip", "setuptools", "wheel")]
    pip = build[0].replace("==", "<=")
    conda: Mapping[str, Any] = {
        "name": "mlflow-env",
        "channels": ["conda-forge"],
        "dependencies": [f"python={python}", pip, {"pip": lines}],
    }
    environment = {"python": python, "build_dependencies": build, "dependencies": [f"-r {REQUIREMENTS}"]}
    for name, content in ((CONDA, conda), (PYTHON_ENV, environment)):
        (folder / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


@functools.cache
def _distributions() -> Mapping[str, list[str]]:
    # It reads a file of every installed distribution, 50–200 ms, so once in a process.
    return importlib.metadata.packages_distributions()


def _needs(distribution: importlib.metadata.Distribution) -> list[str]:
    """The names of what a distribution requires, without what it merely offers (`; extra == "plot"`)."""
    found = (re.match(_NAME, line) for line in distribution.requires or () if "extra ==" not in line)
    return [match[0] for match in found if match]


def _requirement_name(line: str) -> str:
    match = _REQUIREMENT.fullmatch(line)
    return _normal(match["name"]) if match else line


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
