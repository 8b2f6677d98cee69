"""One change to many runs, all or nothing, with what is needed to take it back."""

from collections.abc import Callable

from hito.api.context import Bindings, Context
from hito.core import rules
from hito.core.errors import InvalidArgument
from hito.core.runs import RUN_NAME
from hito.store import runs
from hito.store.database import Tx
from hito.wire.endpoint import missing
from hito.wire.ui import runs as wire

MAX_RUNS = 20_000
_Before = tuple[bool, str | None]
"""Whether a run was changed, and what it had."""


def change(context: Context, message: wire.ChangeRuns) -> wire.Changed:
    if len(message.run_ids) > MAX_RUNS:
        raise InvalidArgument(f"'run_ids' names {len(message.run_ids)} runs, at most {MAX_RUNS} are allowed.")
    act = _action(message)
    found = [(run_id, *act(context.tx, run_id)) for run_id in dict.fromkeys(message.run_ids)]
    changed = [(run_id, before) for run_id, done, before in found if done]
    return wire.Changed([run_id for run_id, _ in changed], [before for _, before in changed])


def _action(message: wire.ChangeRuns) -> Callable[[Tx, str], _Before]:
    """What to do with each run, checked before anything is done."""
    match message.action:
        case "delete":
            return lambda tx, run_id: _marked(tx, run_id, deleted=True)
        case "restore":
            return lambda tx, run_id: _marked(tx, run_id, deleted=False)
        case "rename":
            if not message.value:
                raise missing("value")
            name = rules.check_text(message.value, rules.MAX_RUN_NAME, "value")
            return lambda tx, run_id: _tagged(tx, run_id, RUN_NAME, name)
        case "set_tag":
            key = rules.check_key(message.key)
            value = rules.check_text(message.value, rules.MAX_TAG_VALUE, "value")
            return lambda tx, run_id: _tagged(tx, run_id, key, value)
        case "delete_tag":
            key = rules.check_key(message.key)
            if key == RUN_NAME:
                raise InvalidArgument(f"The tag {RUN_NAME} is the run's name, which it cannot be without; rename it.")
            return lambda tx, run_id: _untagged(tx, run_id, key)
    raise InvalidArgument(
        f"Invalid value {message.action[:100]!r} for parameter 'action': expected delete, restore, set_tag, delete_tag or "
        "rename."
    )


def _marked(tx: Tx, run_id: str, deleted: bool) -> _Before:
    run = runs.existing(tx, run_id)
    row = tx.one("SELECT deleted FROM runs WHERE id = ?", (run.id,))
    if row is None or bool(row[0]) == deleted:
        return False, None
    (runs.delete if deleted else runs.restore)(tx, run_id)
    return True, None


def _tagged(tx: Tx, run_id: str, key: str, value: str) -> _Before:
    run = runs.writable(tx, run_id)
    before = runs.tag(tx, run, key)
    if before == value:
        return False, None
    runs.set_tags(tx, run, [(key, value)])
    return True, before


def _untagged(tx: Tx, run_id: str, key: str) -> _Before:
    run = runs.writable(tx, run_id)
    before = runs.tag(tx, run, key)
    if before is None:
        return False, None
    runs.delete_tag(tx, run, key)
    return True, before


BINDINGS: Bindings = [(wire.CHANGE, change)]
