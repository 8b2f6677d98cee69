"""What names and values may be, each rule with its source.

Numbers are MLflow's (its documented limits, and what its 3.17 server does); where MLflow truncates instead of refusing,
so do we, since a training must not fail on a long note.
"""

import posixpath
import re
import unicodedata

from hito.core.errors import InvalidArgument

MAX_KEY = 250
"""Characters in the name of a metric, param or tag."""
MAX_PARAM_VALUE = 6000
MAX_TAG_VALUE = 8000
"""Longer values of params and run tags are cut, silently, before the write-once comparison."""
MAX_EXPERIMENT_NAME = 500
MAX_EXPERIMENT_TAG_VALUE = 20_000
MAX_REGISTRY_TAG_VALUE = 100_000
MAX_ARTIFACT_LOCATION = 2048
MAX_MODEL_NAME = 500
"""Ours: MLflow states no limit for the names of registered and logged models."""
MAX_DESCRIPTION = 1 << 20
MAX_RUN_NAME = 8000
"""A run's name is also its tag mlflow.runName."""

MAX_BATCH_METRICS = 1000
MAX_BATCH_PARAMS = 100
MAX_BATCH_TAGS = 100
MAX_BATCH_ENTITIES = 1000

MAX_DATASET_NAME = 500
MAX_DATASET_DIGEST = 36
MAX_DATASET_SOURCE = 65_535
MAX_DATASET_SCHEMA = 1_048_575
MAX_DATASET_PROFILE = 16_777_215
MAX_INPUT_TAG_KEY = 255
MAX_INPUT_TAG_VALUE = 500

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

_GOOD_KEYS: set[str] = set()
"""Names that passed: programs use the same few for ever, and a look-up costs a twentieth of the check."""
_KEY = re.compile(r"[\w/.\- :]+")
_RUN_ID = re.compile(r"[a-zA-Z0-9][\w\-]{0,255}", re.ASCII)
_OWN_RUN_ID = re.compile(r"[0-9a-f]{32}")
_MODEL_ID = re.compile(r"m-[0-9a-f]{32}")
_ALIAS = re.compile(r"[\w\-]+")
_VERSION = re.compile(r"-?[0-9]{1,18}")
_VERSION_ALIAS = re.compile(r"[vV]\d+")
_LOGGED_MODEL_NAME = re.compile(r"[^/:.%\"']+")


def check_key(key: str, where: str = "key") -> str:
    """A name of a metric, param or tag; `where` is its path in the request, for the message."""
    if key in _GOOD_KEYS:
        return key
    if not key:
        raise InvalidArgument(f"Missing value for required parameter '{where}': a name has 1 to {MAX_KEY} characters.")
    if len(key) > MAX_KEY:
        raise InvalidArgument(f"{where} has {len(key)} characters, a name may have {MAX_KEY}: '{key[:60]}…'.")
    if not _KEY.fullmatch(key):
        raise InvalidArgument(
            f"Invalid value {_quoted(key)} for {where}: a name may hold letters, digits, "
            "underscores, dashes, periods, spaces, colons and slashes."
        )
    _check_normal_path(key, where)
    if len(_GOOD_KEYS) < 10_000:
        _GOOD_KEYS.add(key)
    return key


def _check_normal_path(name: str, where: str) -> None:
    # A name becomes a path in artifact folders and in the tree of charts, so it must be the path that it looks like.
    normal = posixpath.normpath(name)
    if normal != name or normal.startswith(("/", "..")) or normal == ".":
        raise InvalidArgument(
            f"Invalid value {_quoted(name)} for {where}: read as a path it must be in its simplest form "
            f"and stay below its folder; it would mean '{normal}'."
        )


def check_text(text: str, limit: int, where: str) -> str:
    """A text of at most `limit` characters without NUL, which PostgreSQL cannot store."""
    if len(text) > limit:
        raise InvalidArgument(f"{where} has {len(text)} characters, at most {limit} are allowed.")
    if "\0" in text:
        raise InvalidArgument(f"{where} holds a NUL character, which no text may.")
    return text


def truncated(text: str, limit: int, where: str) -> str:
    """The first `limit` characters: what MLflow does to long values of params and run tags."""
    if "\0" in text:
        raise InvalidArgument(f"{where} holds a NUL character, which no text may.")
    return text[:limit]


def check_run_id(run_id: str) -> str:
    """The form of a run's id; MLflow accepts more than the 32 hex digits that it gives."""
    if not _RUN_ID.fullmatch(run_id):
        raise InvalidArgument(f"Invalid run id {_quoted(run_id)}: letters, digits, '_' and '-', at most 256 of them.")
    return run_id


def is_own_run_id(text: str) -> bool:
    """Whether this is an id as hito and MLflow make them, 32 hex digits: what a client may choose for a new run."""
    return _OWN_RUN_ID.fullmatch(text) is not None


def is_model_id(text: str) -> bool:
    """Whether this is the form of a logged model's id, `m-` and 32 hex digits."""
    return _MODEL_ID.fullmatch(text) is not None


def check_experiment_id(text: str) -> int:
    """An experiment's id is an integer in decimal text on the wire."""
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    raise InvalidArgument(f"Invalid experiment id {_quoted(text)}: expected a decimal number, such as '0'.")


def check_experiment_name(name: str) -> str:
    """1 to 500 characters, also blanks; `/` separates folders."""
    if not name:
        raise InvalidArgument("Invalid experiment name: expected a text that is not empty.")
    return check_text(name, MAX_EXPERIMENT_NAME, "experiment name")


def check_model_name(name: str) -> str:
    """A registered model's name: no '/' or ':', which separate the parts of a models:/ URI."""
    if not name.strip():
        raise InvalidArgument("Missing value for required parameter 'name': a registered model needs a name.")
    check_text(name, MAX_MODEL_NAME, "registered model name")
    if "/" in name or ":" in name:
        raise InvalidArgument(f"Invalid registered model name {_quoted(name)}: it may not hold '/' or ':'.")
    if any(unicodedata.category(c) == "Cc" for c in name):
        raise InvalidArgument(f"Invalid registered model name {_quoted(name)}: it holds control characters.")
    _check_normal_path(name, "registered model name")
    return name


def folded_model_name(name: str) -> str:
    """What two names share that a reader would take for one: MLflow's `model%20a` beside `model a` (CVE-2024-3099).

    Percent-escapes are decoded until nothing changes, compatibility forms are unified, white space is one blank and
    invisible characters are dropped. Letter case stays: MLflow tells `Model` from `model`.
    """
    from urllib.parse import unquote  # here, not above: this module is part of the light client's import

    previous = None
    while previous != name:
        previous, name = name, unicodedata.normalize("NFKC", unquote(name))
    visible = "".join(c for c in name if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc"))
    return " ".join(visible.split())


def check_logged_model_name(name: str) -> str:
    if not _LOGGED_MODEL_NAME.fullmatch(name):
        raise InvalidArgument(f"Invalid model name {_quoted(name)}: it must not be empty nor hold any of / : . % \" '.")
    return check_text(name, MAX_MODEL_NAME, "model name")


def check_alias(alias: str) -> str:
    """1 to 255 of letters, digits, `_` and `-`; `latest` and `v1` are reserved for version numbers."""
    if not alias or len(alias) > 255 or not _ALIAS.fullmatch(alias):
        raise InvalidArgument(
            f"Invalid alias {_quoted(alias)}: 1 to 255 letters, digits, underscores and dashes are allowed."
        )
    if alias.lower() == "latest" or _VERSION_ALIAS.fullmatch(alias):
        raise InvalidArgument(f"The alias '{alias}' is reserved; choose one that reads neither 'latest' nor 'v1'.")
    return alias


def check_version(text: str) -> int:
    """A model version's number, which is a decimal text on the wire. No version is 0 or below: such are not found."""
    if _VERSION.fullmatch(text):
        return int(text)
    raise InvalidArgument(f"Invalid model version {_quoted(text)}: expected a decimal number, such as '1'.")


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 100 else text[:100] + "…")
