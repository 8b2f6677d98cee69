"""Every handler of the page's own API. The embedded client never asks for one, so it never imports this."""

from hito.api.context import Bindings
from hito.api.ui import changes, columns, curves, experiments, fields, groups, models, rows, views

INSIDE: Bindings = [
    *experiments.BINDINGS,
    *rows.BINDINGS,
    *fields.BINDINGS,
    *columns.BINDINGS,
    *curves.BINDINGS,
    *groups.BINDINGS,
    *changes.BINDINGS,
    *models.BINDINGS,
    *views.BINDINGS,
]
