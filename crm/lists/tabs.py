"""The views of a list as tabs: pinned ones and the one that is open; all others in a menu."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.lists.defaults import Defaults, defaults, may_rule_roles
from crm.lists.models import View
from crm.lists.selectors import views
from crm.lists.state import BUILT_IN, ListState

MOST_TABS = 5


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    is_open: bool
    share: str = ""
    is_pinned: bool = False
    default: str = ""

    @property
    def note(self) -> str:
        return " · ".join(filter(None, (self.share, self.default)))


def view_tabs(state: ListState) -> dict[str, Any]:
    """`shown` stand in the bar, `others` behind a menu; `default` tells for whom the open one opens the list."""
    address = reverse(state.kind.list_url)
    found = list(views(state.user, state.kind.key).values("pk", "name", "share"))
    pins = View.pinned_by.through.objects.filter(user_id=state.user.pk).values_list("view_id", flat=True)
    pinned = set(pins) if found else set()
    opening = defaults(state.user, state.kind.key) if found else {}
    open_pk = state.view.pk if state.view else 0
    everything = Tab(
        str(state.kind.all_label or _("All")),
        f"{address}?{urlencode({'view': BUILT_IN})}" if found else address,
        state.view is None,
    )
    tabs = [
        Tab(
            view["name"],
            f"{address}?{urlencode({'view': view['pk']})}",
            view["pk"] == open_pk,
            str(View.Share(view["share"]).label) if view["share"] != View.Share.PRIVATE else "",
            view["pk"] in pinned,
            opening[view["pk"]].words if view["pk"] in opening else "",
        )
        for view in found
    ]
    shown = [tab for tab in tabs if tab.is_pinned or tab.is_open][:MOST_TABS]
    return {
        "shown": [everything, *shown],
        "others": [tab for tab in tabs if tab not in shown],
        "default": opening.get(open_pk, Defaults()),
        "may_rule_roles": may_rule_roles(state.user),
    }
