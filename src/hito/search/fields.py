"""What each of the five entities lets you ask: names, aliases, operators, and what a value looks like.

MLflow's tables (which prefix, which attribute, which alias) are followed to the letter, also where they differ from
entity to entity for no reason, because programs rely on what is refused. What is ours beyond them is marked so.
"""

from enum import Enum

from msgspec import Struct

EQUAL = frozenset({"=", "!="})
SIZE = EQUAL | {"<", "<=", ">", ">="}
LIKE = frozenset({"LIKE", "ILIKE"})
LIST = frozenset({"IN", "NOT IN"})
NULL = frozenset({"IS NULL", "IS NOT NULL"})
# Ours: NOT LIKE, MATCHES and BETWEEN on every text, IN and BETWEEN on every number, IS NULL on everything.
_OURS = frozenset({"NOT LIKE", "NOT ILIKE", "MATCHES", "NOT MATCHES", "BETWEEN", "NOT BETWEEN"}) | NULL
TEXTS = EQUAL | LIKE | LIST | _OURS
NUMBERS = SIZE | LIST | NULL | {"BETWEEN", "NOT BETWEEN"}


class Kind(Enum):
    """What a value looks like."""

    TEXT = "text"
    LOOSE_TEXT = "text that may stand without quotes"
    ID = "whole number in quotes"
    NUMBER = "number"
    WHOLE = "whole number, with or without quotes"
    TIME = "time: milliseconds since 1970, or a date in quotes"
    WHOLE_TIME = "time without fractions"


NUMERIC = frozenset({Kind.NUMBER, Kind.WHOLE, Kind.TIME, Kind.WHOLE_TIME})
TIMES = frozenset({Kind.TIME, Kind.WHOLE_TIME})


class Field(Struct, frozen=True):
    """An attribute: its first name, what its values look like, and which operators it takes."""

    name: str
    kind: Kind
    operators: frozenset[str]


class Entity(Struct, frozen=True):
    """One of the five kinds of thing that can be searched.

    `prefixes` says what may stand before the first dot: attribute, metric, param, tag or dataset. `attributes` has
    every spelling of each attribute; `orders` has the spellings by which one can sort, each with its first name.
    """

    name: str
    prefixes: dict[str, str]
    attributes: dict[str, Field]
    orders: dict[str, str]
    ordered: frozenset[str] = frozenset({"attribute"})
    """Which prefixes can be ordered by."""
    arithmetic: bool = False
    """Whether `+ - * /` and aggregates of curves have a meaning: only runs have them."""
    keyed: Kind = Kind.TEXT
    """What the value of a param looks like."""


def _text(name: str, operators: frozenset[str] = TEXTS) -> Field:
    return Field(name, Kind.TEXT, operators)


def _named(*fields: Field, **aliases: Field) -> dict[str, Field]:
    return {field.name: field for field in fields} | aliases


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_RUN_NAME = _text("run_name")
_START_TIME = Field("start_time", Kind.TIME, NUMBERS)

RUNS = Entity(
    name="runs",
    prefixes={
        **dict.fromkeys(("attribute", "attributes", "attr", "run"), "attribute"),
        **dict.fromkeys(("metric", "metrics"), "metric"),
        **dict.fromkeys(("param", "params", "parameter", "parameters"), "param"),
        **dict.fromkeys(("tag", "tags"), "tag"),
        **dict.fromkeys(("dataset", "datasets"), "dataset"),
    },
    attributes=_named(
        _text("run_id"),
        _RUN_NAME,
        # `status IN (…)` is refused as MLflow refuses it (its acceptance tests say so); OR says the same.
        _text("status", TEXTS - LIST),
        _text("user_id"),
        _text("artifact_uri"),
        _START_TIME,
        Field("end_time", Kind.TIME, NUMBERS),
        Field("duration", Kind.NUMBER, NUMBERS),  # ours: end_time - start_time, in milliseconds
        created=_START_TIME,
        Created=_START_TIME,
        **dict.fromkeys(("run name", "Run name", "Run Name"), _RUN_NAME),
    ),
    orders=_same("start_time", "end_time", "run_name", "status", "user_id", "artifact_uri", "run_id", "duration")
    | {"created": "start_time", "Created": "start_time"},
    ordered=frozenset({"attribute", "metric", "param", "tag"}),
    arithmetic=True,
)

DATASETS = {name: _text(name) for name in ("name", "digest", "context")}
"""What can be asked of a run's datasets."""

EXPERIMENTS = Entity(
    name="experiments",
    prefixes={"attribute": "attribute", "attributes": "attribute", "tag": "tag", "tags": "tag"},
    attributes=_named(
        _text("name"),
        Field("experiment_id", Kind.ID, EQUAL | LIST),
        Field("creation_time", Kind.WHOLE_TIME, NUMBERS),
        Field("last_update_time", Kind.WHOLE_TIME, NUMBERS),
    ),
    orders=_same("name", "experiment_id", "creation_time", "last_update_time"),
)

_REGISTRY_PREFIXES = {"attribute": "attribute", "tag": "tag", "tags": "tag"}

REGISTERED_MODELS = Entity(
    name="registered models",
    prefixes=_REGISTRY_PREFIXES,
    attributes=_named(_text("name")),
    orders=_same("name", "last_updated_timestamp") | {"timestamp": "last_updated_timestamp"},
)

MODEL_VERSIONS = Entity(
    name="model versions",
    prefixes=_REGISTRY_PREFIXES,
    attributes=_named(
        _text("name"),
        _text("run_id"),
        _text("source_path"),
        Field("version_number", Kind.WHOLE, NUMBERS),
    ),
    orders=_same("name", "version_number", "creation_timestamp", "last_updated_timestamp"),
)

_CREATION = Field("creation_timestamp", Kind.TIME, NUMBERS)

LOGGED_MODELS = Entity(
    name="logged models",
    prefixes={"attributes": "attribute", "metrics": "metric", "params": "param", "tags": "tag"},
    attributes=_named(
        *(_text(name) for name in ("name", "model_id", "model_type", "status", "source_run_id", "artifact_location")),
        _text("experiment_id"),
        _CREATION,
        Field("last_updated_timestamp", Kind.TIME, NUMBERS),
        creation_time=_CREATION,
    ),
    orders=_same("name", "model_id", "model_type", "status", "source_run_id", "artifact_location", "experiment_id")
    | _same("creation_timestamp", "last_updated_timestamp")
    | {"creation_time": "creation_timestamp"},
    ordered=frozenset({"attribute", "metric"}),
    keyed=Kind.LOOSE_TEXT,
)

AGGREGATES = frozenset({"max", "min", "mean", "first", "last", "count", "sum"})
"""What can be asked of a metric's whole curve. `last` is the latest value, which a bare name means, too."""
