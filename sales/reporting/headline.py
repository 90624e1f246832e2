"""The figures that stand above the report, each beside what it was in the period before."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.money.formatting import money_whole, number, percent
from sales.reporting.people import People, Tally
from sales.reporting.scope import Scope

Number = float | Decimal


@dataclass(frozen=True)
class Figure:
    """`change` is the share by which it grew, of a share the points; `is_better` says whether that is good.

    None says nothing.
    """

    label: str | Promise
    text: str
    door: str
    was: str = ""
    change: str = ""
    is_better: bool | None = None
    hint: str = ""


def figures(scope: Scope, people: People) -> list[Figure]:
    now, was, doors = people.now, people.before, people.doors
    found = [
        compared(_("Won"), now.amount, was.amount, money_whole, doors["won"]),
        compared(_("Deals won"), now.won, was.won, number, doors["won"]),
        compared(_("Win rate"), now.rate, was.rate, percent, doors["closed"], hint=closed_words(now)),
        compared(_("Average deal"), now.average, was.average, money_whole, doors["won"]),
        compared(_("Days to win"), now.days, was.days, number, doors["won"], less_is_better=True),
    ]
    if now.velocity is not None and scope.period.last >= scope.today:
        hint = _("What comes in a day: open deals × average deal × win rate ÷ days to win")
        found.append(
            Figure(_("Sales velocity"), money_whole(now.velocity), doors["open"], _("a day"), hint=hint)
        )
    if now.quota is not None:
        words = _("%(share)s attained, %(gap)s to go")
        said = {"share": percent(now.attainment) or "–", "gap": money_whole(now.missing)}
        found.append(Figure(_("Quota"), money_whole(now.quota), doors["won"], words % said))
    return found


def closed_words(now: Tally) -> str:
    closed = now.won + now.lost
    return ngettext("%(won)s of %(count)s closed deal", "%(won)s of %(count)s closed deals", closed) % {
        "won": number(now.won),
        "count": number(closed),
    }


def compared(
    label: str,
    now: Number | None,
    was: Number | None,
    write: object,
    door: str,
    *,
    less_is_better: bool = False,
    hint: str = "",
) -> Figure:
    written = write if callable(write) else str
    text = "–" if now is None else str(written(now))
    if was is None or now is None or not was:
        return Figure(label, text, door, hint=hint)
    is_share = write is percent
    change = float(now) - float(was) if is_share else float(now) / float(was) - 1
    if round(change, 2) == 0:
        return Figure(label, text, door, _("before: %s") % written(was), hint=hint)
    size = points(change) if is_share else percent(change)
    told = ("+" if change > 0 else "") + size
    return Figure(label, text, door, str(written(was)), told, (change > 0) is not less_is_better, hint)


def points(change: float) -> str:
    """The difference of two shares: 0.06 is 6 points."""
    count = round(change * 100)
    return ngettext("%s point", "%s points", abs(count)) % number(count)
