"""The ways to look at a list: as a table, in groups, as a board."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.lists.state import ListState, board_fields, can_group


@dataclass(frozen=True)
class Layout:
    label: str
    url: str
    is_open: bool


def layouts(state: ListState) -> dict[str, list[Layout]]:
    """`table`, `groups` and `boards`, each with its address."""
    grouped = [field for field in state.fields.values() if can_group(field)]
    boards = board_fields(state.kind, state.fields)
    return {
        "table": [Layout(_("Table"), address(state), not state.group and not state.board)],
        "groups": [
            Layout(field.title, address(state, group=field.key), not state.board and field == state.group)
            for field in grouped
        ],
        "boards": [
            Layout(field.title, address(state, layout="board", board=field.key), field == state.board)
            for field in boards
        ],
    }


def address(state: ListState, **changes: str) -> str:
    """The list as it is, looked at otherwise. What a view says is overruled by an empty parameter."""
    kept = {key: state.asked.get(key, "") for key in state.asked}
    for name in ("group", "layout", "board", "after", "before"):
        kept.pop(name, None)
        if state.view and state.view.params.get(name):
            kept[name] = ""
    if state.view:
        kept["view"] = str(state.view.pk)
    return f"{reverse(state.kind.list_url)}?{urlencode({**kept, **changes})}"
