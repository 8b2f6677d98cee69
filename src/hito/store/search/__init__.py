"""Searches: text → tree → SQL and parameters → internal ids, a page at a time.

    functions.py     what Python adds to SQLite
    fragment.py      a piece of SQL with its values
    texts.py         tests of texts, said in each dialect
    conditions.py    tree → SQL, for any entity that can say where its fields are
    keyset.py        total orders, and where a page goes on
    runs.py  walk.py drive.py        runs: their fields and orders, and the plans that stay fast at a million
    experiments.py  registered_models.py  model_versions.py  logged_models.py     the other four

Every search takes a `Tx` and returns a `Page`. Filter text never becomes SQL: identifiers are looked up in tables, keys
and values are parameters.
"""

from hito.store.search.experiments import search_experiments
from hito.store.search.keyset import Page
from hito.store.search.logged_models import DatasetChoice, LoggedModelOrder, search_logged_models
from hito.store.search.model_versions import search_model_versions
from hito.store.search.registered_models import search_registered_models
from hito.store.search.runs import search_runs

__all__ = [
    "DatasetChoice",
    "LoggedModelOrder",
    "Page",
    "search_experiments",
    "search_logged_models",
    "search_model_versions",
    "search_registered_models",
    "search_runs",
]
