"""Actions on many records: declared by the apps in settings.LIST_ACTIONS, each a subclass of ListAction."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from crm.access.services import allowed
from crm.records.kinds import Kind
from crm.staff.models import User

Before = dict[str, Any]


class ListAction:
    """One verb on many records. `apply` and `undo` run in the caller's transaction over a few hundred rows.

    `verb` is the action of the kind's access object that each row must allow. With `at_once` rows selected on a page
    are changed by the click, without a form; all results still ask. `done_label` is what a changed record is called,
    `left_out` why others were left as they are.
    """

    key: str
    label: str | Promise
    icon: str
    verb: str
    can_undo = True
    at_once = False
    done_label: str | Promise = gettext_lazy("Changed")
    left_out: str | Promise = ""

    def fits(self, user: User, kind: Kind) -> bool:
        raise NotImplementedError

    def form(self, user: User, kind: Kind, data: Any = None) -> forms.Form:
        """What is asked; nothing, unless the action says so."""
        return forms.Form(data)

    def params(self, form: forms.Form) -> dict[str, Any]:
        """The answers as JSON."""
        return {}

    def words(self, user: User, kind: Kind, params: Mapping[str, Any]) -> str:
        return str(self.label)

    def page(self, params: Mapping[str, Any]) -> tuple[str, str] | None:
        """Where one sees what came of it: (address, words)."""
        return None

    def apply(
        self, *, actor: User, kind: Kind, rows: Sequence[Any], params: Mapping[str, Any]
    ) -> dict[int, Before]:
        """Of rows that are locked and allowed: what each changed row was, by key; one left out stays as it is."""
        raise NotImplementedError

    def undo(
        self, *, actor: User, kind: Kind, before: Mapping[int, Before], params: Mapping[str, Any]
    ) -> set[int]:
        """Gets what `apply` returned; the keys of the rows set back: those that still are as `apply` left them."""
        return set()


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
