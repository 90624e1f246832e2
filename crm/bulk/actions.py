"""Actions on many records: declared by the apps in settings.LIST_ACTIONS, each a class with the shape of ListAction."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from django import forms
from django.conf import settings
from django.db import models
from django.http import Http404
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from crm.access.services import allowed
from crm.records.kinds import Kind
from crm.staff.models import User

Before = dict[str, Any]


class ListAction(Protocol):
    """One verb on many records. `apply` and `undo` run in the caller's transaction over a few hundred rows.

    `verb` is the action of the kind's access object that each row must allow. `apply` gets rows that are locked and
    allowed, and returns what each changed row was, by key; a row it leaves out stays as it is. `undo` gets that back
    and returns the keys of the rows it could set back: those that still are as `apply` left them. With `at_once` rows
    selected on a page are changed by the click, without a form; all results still ask.

    An action may say more: `done_label` what a changed record is called, `left_out` why others were left as they are,
    and `page(params)` where one sees what came of it, (address, words).
    """

    key: str
    label: str | Promise
    icon: str
    verb: str
    can_undo: bool
    at_once: bool

    def fits(self, user: User, kind: Kind) -> bool: ...

    def form(self, user: User, kind: Kind, data: Any = None) -> forms.Form: ...

    def params(self, form: forms.Form) -> dict[str, Any]: ...

    def words(self, user: User, kind: Kind, params: Mapping[str, Any]) -> str: ...

    def apply(
        self, *, actor: User, kind: Kind, rows: Sequence[models.Model], params: Mapping[str, Any]
    ) -> dict[int, Before]: ...

    def undo(
        self, *, actor: User, kind: Kind, before: Mapping[int, Before], params: Mapping[str, Any]
    ) -> set[int]: ...


@cache
def list_actions() -> dict[str, ListAction]:
    found: list[ListAction] = [import_string(path)() for path in settings.LIST_ACTIONS]
    return {action.key: action for action in found}


def offered_actions(user: User, kind: Kind) -> list[ListAction]:
    """What this person may do with many records of the kind at once."""
    return [action for action in list_actions().values() if is_offered(user, kind, action)]


def is_offered(user: User, kind: Kind, action: ListAction) -> bool:
    return action.fits(user, kind) and allowed(user, kind.permission(action.verb))


def action_at(key: str, user: User, kind: Kind) -> ListAction:
    """The action of an address. Raises Http404 for one that is not offered to this person."""
    found = list_actions().get(key)
    if found is None or not is_offered(user, kind, found):
        raise Http404
    return found
