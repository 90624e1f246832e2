"""How likely a deal is to be won: the probability that was set by hand, the learned one, and why."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.access.services import allowed
from crm.staff.models import User
from sales.models import Deal, DealChance
from sales.win_words import reasons


class WinPanel:
    """DEAL_PANELS entry; nothing where nothing was learnt, or the deal is closed."""

    key = "win"
    title = _("Win probability")
    permission = "sales.view_deal"
    template = "sales/win_panel.html"
    query_budget = 1
    about = ("deal",)

    def context(self, *, user: User, deal: Deal) -> dict[str, Any] | None:
        rows = DealChance.objects.visible_to(user).select_related("stage")
        chance = rows.filter(deal=deal).first() if deal.is_open else None
        if chance is None:
            return None
        return {
            "deal": deal,
            "hand": deal.probability / 100,
            "chance": chance,
            "has_moved": chance.stage_id != deal.stage_id,
            "reasons": reasons(chance.reasons, chance.stage.name),
            "may_edit": allowed(user, "sales.edit_deal", deal),
            "may_open_model": allowed(user, "sales.view_pipeline"),
        }
