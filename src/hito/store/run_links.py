"""What leads away from a run: versions and logged models that came from it."""

from typing import NamedTuple

from hito.core.models import LoggedModelStatus, Stage
from hito.store.database import Tx, marks

_MOST = 200


class VersionLink(NamedTuple):
    name: str
    version: int
    stage: str
    aliases: list[str]


class ModelLink(NamedTuple):
    model_id: str
    name: str
    status: str


def versions(tx: Tx, run_id: str) -> list[VersionLink]:
    """Versions of registered models that name the run as their origin, the newest first."""
    rows = tx.all(
        "SELECT v.model_id, m.name, v.version, v.stage FROM model_versions AS v "
        "JOIN registered_models AS m ON m.id = v.model_id "
        "WHERE v.run_id = ? AND v.deleted = 0 ORDER BY v.creation_timestamp DESC, m.name, v.version DESC LIMIT ?",
        (run_id, _MOST),
    )
    named: dict[tuple[int, int], list[str]] = {}
    models = sorted({row[0] for row in rows})
    for model, alias, version in (
        tx.all(
            "SELECT model_id, alias, version FROM registered_model_aliases "
            f"WHERE model_id IN ({marks(len(models))}) ORDER BY alias",
            models,
        )
        if models
        else ()
    ):
        named.setdefault((model, version), []).append(alias)
    return [
        VersionLink(name, version, Stage(stage).label, named.get((model, version), []))
        for model, name, version, stage in rows
    ]


def models(tx: Tx, run_id: str) -> list[ModelLink]:
    """Logged models that the run made, in the order in which they were made."""
    rows = tx.all(
        "SELECT uuid, name, status FROM logged_models WHERE source_run_id = ? AND deleted = 0 "
        "ORDER BY creation_timestamp, uuid LIMIT ?",
        (run_id, _MOST),
    )
    return [ModelLink(uuid, name, LoggedModelStatus(status).name) for uuid, name, status in rows]
