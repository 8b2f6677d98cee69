"""Who may do what: a pure function over an actor, a right and the level granted on the thing.

Levels and what they allow are MLflow's (auth.md, 2.5 and 2.6). There is no login yet: every request is made by
`ANYBODY`, who is an administrator of a server that listens where only its owner can reach it. The table is here from
the first day, so that an endpoint cannot be added without saying what it needs.
"""

import enum

from msgspec import Struct

from hito.wire.endpoint import Action, Right


class Level(enum.IntEnum):
    DENY = -1
    NO_PERMISSIONS = 0
    READ = 1
    USE = 2
    EDIT = 3
    MANAGE = 4


class Actor(Struct, frozen=True):
    """Who makes a request. `name` is empty where nobody logged in."""

    name: str = ""
    is_admin: bool = False


ANYBODY = Actor(is_admin=True)

_NEEDS = {
    Action.READ: Level.READ,
    Action.UPDATE: Level.EDIT,
    Action.DELETE: Level.MANAGE,
    Action.MANAGE: Level.MANAGE,
}


def can(actor: Actor, right: Right, level: Level = Level.NO_PERMISSIONS) -> bool:
    """Whether `actor`, who was granted `level` on the thing in question, has `right` to it.

    An action that this table does not know is refused.
    """
    if right.action is Action.OPEN or actor.is_admin:
        return True
    if right.action in (Action.LOGGED_IN, Action.CREATE, Action.SEARCH):
        return bool(actor.name)
    needed = _NEEDS.get(right.action)
    return needed is not None and level >= needed
