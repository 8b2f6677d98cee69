"""The tree of experiments."""

from hito.api.context import Bindings, Context
from hito.core.runs import ACTIVE, DELETED, ViewType
from hito.store.experiment_tree import branches
from hito.wire.types import enum_of
from hito.wire.ui import experiments as wire


def tree(context: Context, message: wire.ExperimentTree) -> wire.Experiments:
    view = enum_of(ViewType, message.view, "view")
    return wire.Experiments(
        [
            wire.ExperimentNode(
                experiment_id=str(one.id),
                name=one.name,
                lifecycle_stage=DELETED if one.deleted else ACTIVE,
                runs=one.runs,
                running=one.running,
                last_start=one.last_start,
                creation_time=one.creation_time,
                last_update_time=one.last_update_time,
                description=one.description,
            )
            for one in branches(context.tx, view)
        ]
    )


BINDINGS: Bindings = [(wire.TREE, tree)]
