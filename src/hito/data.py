"""`hito.data`: datasets, described."""

from hito.fluent.data import Dataset, from_numpy, from_pandas

__all__ = ["Dataset", "from_numpy", "from_pandas"]
