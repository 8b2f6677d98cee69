"""No input to the registry or the logged models makes anything but an answer or a refusal of ours."""

from collections.abc import Callable
from typing import Any

import pytest

from hito.api import logged_models, registered_models, versions
from hito.core.errors import HitoError
from hito.wire import models as wire_models
from hito.wire import registry as wire

Call = Callable[..., Any]


ODD: list[Any] = [
    "", " ", "\0", "a\0b", "../a", "%00", "\ud7ff\ue000", "🚀" * 300, "x" * 100_001, "'; --", "-1", "9" * 30,
    None, 0, -1, 2**63, 1.5, True, [], [None], {}, [{"key": None}], [{"key": "\0", "value": "\0"}], [{"value": 5}],
]  # fmt: skip


RIGHT = {
    "name": "forest", "version": "1", "source": "s3://b/k", "key": "k", "value": "v", "alias": "a", "stage": "Staging",
    "new_name": "oak", "experiment_id": "0", "status": "LOGGED_MODEL_READY", "tag_key": "k", "experiment_ids": ["0"],
}  # fmt: skip
CREATORS = (wire.CREATE_REGISTERED_MODEL, wire_models.CREATE_LOGGED_MODEL)


@pytest.mark.parametrize("noun", [registered_models, versions, logged_models], ids=lambda noun: noun.__name__)
def test_whatever_comes_in_is_answered_or_refused_as_ours(
    call: Call, model: str, logged: str, new_version: Call, noun: Any
) -> None:
    new_version()
    faults = []
    # Renaming comes last: some of the odd names are fine, and then "forest" is gone.
    for endpoint, _ in sorted(noun.BINDINGS, key=lambda binding: binding[0] is wire.RENAME_REGISTERED_MODEL):
        fields = endpoint.takes.__struct_fields__
        right = {name: RIGHT[name] for name in fields if name in RIGHT} | {"model_id": logged}
        for field in fields:
            for odd in ODD:
                given = {**right, field: odd}
                if endpoint in CREATORS and field != "name":
                    given["name"] = "fresh"
                try:
                    call(endpoint, **given)
                except HitoError as error:
                    if error.status >= 500:
                        faults.append((endpoint, field, odd, error))
    assert not faults
