"""Datasets in the store, and which run used them for what."""

from collections.abc import Iterable, Sequence

from hito.core.runs import DATASET_CONTEXT, Dataset, DatasetInput, DatasetSummary, Tag
from hito.store.database import Tx, marks

MAX_SUMMARIES = 1000


def log(tx: Tx, run_id: int, experiment_id: int, inputs: Iterable[tuple[Dataset, Sequence[tuple[str, str]]]]) -> None:
    """Link datasets, with tags, to a run.

    The first writer of a (experiment, name, digest) says what it is; tags given with a repeated link are ignored.
    """
    for dataset, tags in inputs:
        dataset_id = _id(tx, experiment_id, dataset)
        context = dict(tags).get(DATASET_CONTEXT)
        if not tx.run(
            "INSERT INTO run_datasets (run_id, dataset_id, context) VALUES (?, ?, ?) "
            "ON CONFLICT (run_id, dataset_id) DO NOTHING",
            (run_id, dataset_id, context),
        ):
            continue
        tx.many(
            "INSERT INTO run_dataset_tags (run_id, dataset_id, key, value) VALUES (?, ?, ?, ?)",
            [(run_id, dataset_id, key, value) for key, value in dict(tags).items()],
        )


def _id(tx: Tx, experiment_id: int, dataset: Dataset) -> int:
    identity = (experiment_id, dataset.name, dataset.digest)
    tx.run(
        "INSERT INTO datasets (experiment_id, name, digest, source_type, source, schema, profile) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (experiment_id, name, digest) DO NOTHING",
        (*identity, dataset.source_type, dataset.source, dataset.schema, dataset.profile),
    )
    row = tx.one("SELECT id FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?", identity)
    assert row is not None
    return int(row[0])


def of_runs(tx: Tx, run_ids: Sequence[int]) -> dict[int, list[DatasetInput]]:
    """Each run's dataset inputs, by the run's internal id."""
    within = f"IN ({marks(len(run_ids))})"
    rows = tx.all(
        "SELECT l.run_id, l.dataset_id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile "
        f"FROM run_datasets l JOIN datasets d ON d.id = l.dataset_id WHERE l.run_id {within} "
        "ORDER BY l.run_id, l.dataset_id",
        run_ids,
    )
    if not rows:
        return {}
    tags: dict[tuple[int, int], list[Tag]] = {}
    for run_id, dataset_id, key, value in tx.all(
        f"SELECT run_id, dataset_id, key, value FROM run_dataset_tags WHERE run_id {within}", run_ids
    ):
        tags.setdefault((run_id, dataset_id), []).append(Tag(key, value))
    found: dict[int, list[DatasetInput]] = {}
    for run_id, dataset_id, name, digest, source_type, source, schema, profile in rows:
        dataset = Dataset(
            name=name, digest=digest, source_type=source_type, source=source, schema=schema, profile=profile
        )
        found.setdefault(run_id, []).append(DatasetInput(tags.get((run_id, dataset_id), []), dataset))
    return found


def summaries(tx: Tx, experiment_ids: Sequence[int]) -> list[DatasetSummary]:
    """Every distinct (dataset, context) in use, at most `MAX_SUMMARIES`."""
    rows = tx.all(
        "SELECT DISTINCT d.experiment_id, d.name, d.digest, l.context FROM datasets d "
        f"JOIN run_datasets l ON l.dataset_id = d.id WHERE d.experiment_id IN ({marks(len(experiment_ids))}) "
        "ORDER BY d.experiment_id, d.name, d.digest, l.context LIMIT ?",
        (*experiment_ids, MAX_SUMMARIES),
    )
    return [DatasetSummary(str(row[0]), row[1], row[2], row[3]) for row in rows]
