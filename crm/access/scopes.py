"""Pure vocabulary of access: how far a permission reaches, and over which objects it is defined."""

from dataclasses import dataclass, field
from enum import IntEnum

from django.utils.functional import Promise

ACTIONS = ("view", "create", "edit", "delete", "export", "bulk", "assign")


LEVELS = ("hidden", "read", "edit")


class Scope(IntEnum):
    """How far an action reaches; the widest of a person's roles wins."""

    NONE = 0
    OWN = 1
    TEAM = 2
    SUBTEAMS = 3
    ALL = 4

    @classmethod
    def named(cls, name: str) -> "Scope":
        return cls[name.upper()]


@dataclass(frozen=True)
class AccessObject:
    """A kind of thing that permissions speak of; `verbs` maps further verbs to the action that covers them.

    What is not `owned` (products, settings) belongs to nobody: one may do something with all of it or with none.
    """

    name: str  # "sales.order"
    label: str | Promise
    actions: tuple[str, ...] = ACTIONS
    verbs: dict[str, str] = field(default_factory=dict)  # {"cancel": "edit"}
    owned: bool = True


@dataclass(frozen=True)
class FieldGroup:
    """Fields that a role hides, lets read or lets edit together."""

    name: str
    label: str | Promise
    hint: str | Promise


@dataclass(frozen=True)
class Permission:
    """`sales.cancel_order` read into the object it speaks of and the action of the matrix that covers it."""

    object_name: str
    action: str
