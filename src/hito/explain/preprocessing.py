"""Which input column each column of a preprocessed matrix was made of, found by trial.

    input      age   city                 output   age'   city=Lima   city=Oslo
                │     └──────────┬───────────────────────────┘  │
                └────────────────│──────────┘                   │
                                 └──────────────────────────────┘

Contributions add up, so those of the outputs of one column are added to give the column's own; their sum over all
columns is still the model's answer. That needs every output to depend on one column alone. Names cannot say that for
every transformer; the transformer itself can: one column at a time is shuffled, and what changes depended on it.
"""

from typing import Any

from hito.explain.columns import Columns

_TRIED = 200
"""Rows that are shuffled. A category that none of them holds would leave its output without an owner."""


def owners(transform: Any, rows: Any, columns: Columns, seed: int) -> list[int] | None:
    """For each output the number of the input column that it depends on; -1: on none, it never changed.

    Args:
        transform: a fitted transformer, or a pipeline of such.
        rows: as the transformer wants them.
    Returns: None if an output depends on several columns, as after PCA.
    """
    import numpy

    generator = numpy.random.default_rng(seed)
    matrix = columns.encode(rows)
    picked = _telling(matrix, columns, generator)
    matrix = matrix[picked]
    before = dense(transform.transform(columns.decode(matrix)))
    found = numpy.full(before.shape[1], -1)
    for at in range(matrix.shape[1]):
        shuffled = matrix.copy()
        shuffled[:, at] = numpy.roll(matrix[:, at], 1)
        same = (matrix[:, at] == shuffled[:, at]) | (numpy.isnan(matrix[:, at]) & numpy.isnan(shuffled[:, at]))
        if same.all():
            continue
        after = dense(transform.transform(columns.decode(shuffled)))
        changed = ~(numpy.isclose(before, after, rtol=1e-9, atol=1e-12, equal_nan=True)).all(axis=0)
        if (found[changed] >= 0).any():
            return None
        found[changed] = at
    return [int(one) for one in found]


def dense(matrix: Any) -> Any:
    """Float64 of shape (rows, outputs), from an array, a DataFrame or a sparse matrix."""
    import numpy

    if hasattr(matrix, "toarray"):
        matrix = matrix.toarray()
    return numpy.asarray(matrix, dtype="float64")


def add_up(values: Any, found: list[int], features: int) -> Any | None:
    """Contributions of the outputs, of shape (outputs, rows, made), as those of the columns: (outputs, rows, features).

    Returns: None if an output without an owner contributes, so that the sum would not be the answer.
    """
    import numpy

    summed = numpy.zeros((*values.shape[:2], features))
    for made, owner in enumerate(found):
        if owner >= 0:
            summed[:, :, owner] += values[:, :, made]
        elif numpy.abs(values[:, :, made]).max(initial=0) > 1e-9:
            return None
    return summed


def _telling(matrix: Any, columns: Columns, generator: Any) -> Any:
    """Numbers of rows that hold every category there is, filled up at random."""
    import numpy

    wanted: list[int] = []
    for at in columns.categorical:
        wanted += [int(one) for one in numpy.unique(matrix[:, at], return_index=True)[1]]
    order = generator.permutation(len(matrix))
    wanted += [int(one) for one in order[:_TRIED]]
    return numpy.array(list(dict.fromkeys(wanted)), dtype=int)


def split(model: Any) -> tuple[Any, Any]:
    """A pipeline as what prepares the rows and the model behind; (None, model) for what is no pipeline."""
    steps = getattr(model, "steps", None)
    if not isinstance(steps, list) or len(steps) < 2 or not hasattr(model, "named_steps"):
        return None, model
    return model[:-1], model.steps[-1][1]
