"""What the program asked autolog for, per library. Looked up at every call, so that a second `autolog()` needs no patch."""

from collections.abc import Mapping

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    """The options that all libraries share; `hito.autologging.autolog` explains them."""

    log_input_examples: bool = False
    log_model_signatures: bool = True
    log_models: bool = True
    log_datasets: bool = True
    log_evaluation: bool = True
    exclusive: bool = False
    silent: bool = False
    registered_model_name: str | None = None
    extra_tags: Mapping[str, str] = {}


class SklearnSettings(Settings, frozen=True, kw_only=True):
    max_tuning_runs: int | None = 5
    log_post_training_metrics: bool = True
    serialization_format: str = "skops"
    pos_label: int | str | None = None


class BoostingSettings(Settings, frozen=True, kw_only=True):
    importance_types: tuple[str, ...] = ()
    model_format: str = ""


_current: dict[str, Settings] = {}
current = _current.get
"""The settings of a library, by its name; None while it is not logged."""


def choose(flavor: str, settings: Settings | None) -> None:
    """Log a library's training from now on, or not any more."""
    if settings is None:
        _current.pop(flavor, None)
    else:
        _current[flavor] = settings


def any_silent() -> bool:
    """Whether nothing is to be said: every library that is logged is so in silence."""
    return all(one.silent for one in _current.values())
