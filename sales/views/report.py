"""The report of sales: one page, each number a door to the deals behind it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from crm.access.services import allowed
from crm.access.views import ProtectedView
from crm.company.selectors import company_day
from crm.lists.filters import readable_id
from crm.staff.selectors import person_options, team_options
from sales.forecast import BY, names
from sales.reporting.activity import KINDS, Counts, activities, entries_door
from sales.reporting.causes import competitors, loss_reasons, sources
from sales.reporting.funnel import funnel
from sales.reporting.headline import figures
from sales.reporting.people import BY as WAYS
from sales.reporting.people import over_time, people
from sales.reporting.period import MONTHS, PERIODS, USUAL, Period, before, named, read_period
from sales.reporting.scope import Scope
from sales.reporting.sheets import SHEETS, sheet_response
from sales.reporting.slips import slips
from sales.selectors import first_pipeline_id, pipeline_options

NARROWED = ("pipeline", "team", "owner")


class ReportView(ProtectedView):
    """`?period=last-quarter` or `?period=custom&from=2026-01-01&to=2026-03-31`; `pipeline`, `team` and `owner` narrow
    it, `by=team` adds up by team, `funnel=2` shows the funnel of another pipeline."""

    permission = "sales.view_deal"

    def get(self, request: HttpRequest) -> HttpResponse:
        scope, by = self.scope(), self.by()
        context = {
            "scope": scope,
            "may_export": allowed(self.user, "sales.export_deal"),
            **self.menus(scope, by),
            **found(scope, by, self.pipeline(scope)),
        }
        return render(request, "sales/report.html", context)

    def scope(self) -> Scope:
        today = company_day()
        period = self.period()
        asked = {name: self.request.GET.get(name, "") for name in NARROWED}
        narrowed = {name: int(value) for name, value in asked.items() if readable_id(value)}
        return Scope(self.user, period, before(period, today), narrowed)

    def period(self) -> Period:
        name = self.request.GET.get("period", "")
        if name == "custom":
            days = (self.request.GET.get(word, "") for word in ("from", "to"))
            return read_period("..".join(days)) or named(USUAL, company_day())
        known = name.removeprefix("last-") in MONTHS
        return named(name if known else USUAL, company_day())

    def by(self) -> str:
        asked = self.request.GET.get("by", "")
        return asked if asked in WAYS else "owner"

    def pipeline(self, scope: Scope) -> int:
        asked = self.request.GET.get("funnel", "")
        if "pipeline" in scope.narrowed:
            return scope.narrowed["pipeline"]
        return int(asked) if readable_id(asked) else first_pipeline_id()

    def menus(self, scope: Scope, by: str) -> dict[str, Any]:
        name = self.request.GET.get("period", "")
        ways: list[tuple[str, str | Promise]] = [(key, BY[key]) for key in WAYS]
        return {
            "periods": PERIODS,
            "period_name": name if name in dict(PERIODS) else USUAL,
            "pipelines": pipeline_options(),
            "teams": team_options(),
            "people_options": person_options(),
            "by": by,
            "by_label": BY[by],
            "ways": ways,
        }


def found(scope: Scope, by: str, pipeline: int) -> dict[str, Any]:
    everybody, did = people(scope, by), activities(scope)
    if by == "owner":
        for row in everybody.rows:
            row.activities.update(said_by(scope, row.key, did))
    steps = over_time(scope)
    rungs = funnel(scope, pipeline)
    return {
        "people": everybody,
        "figures": figures(scope, everybody),
        "steps": steps,
        "steps_chart": steps_chart(steps),
        "funnel": rungs,
        "funnel_pipeline": pipeline,
        "loss_reasons": loss_reasons(scope),
        "competitors": competitors(scope),
        "sources": sources(scope),
        "activities": named_activities(did),
        "slips": slips(scope),
        "has_quota": everybody.now.quota is not None,
        "is_over": scope.period.last < scope.today,
        "has_learned": everybody.now.learned != everybody.now.weighted,
    }


def said_by(scope: Scope, person: int | None, did: dict[int, Counts]) -> dict[str, Any]:
    """How much a person wrote down of what they did with customers; to-dos are apart."""
    count = sum(did.get(person or 0, {}).get(kind, (0, ""))[0] for kind in KINDS)
    return {"count": count, "door": entries_door(scope, person)} if count else {}


def named_activities(done: dict[int, Counts]) -> list[dict[str, Any]]:
    """Who did something, the busiest first."""
    rows = [
        {
            "label": label,
            "counts": done[pk],
            "cells": [done[pk].get(kind, (0, "")) for kind in (*KINDS, "done")],
            "total": sum(count for count, _door in done[pk].values()),
        }
        for pk, label in names("owner", done).items()
        if pk is not None
    ]
    return sorted(rows, key=lambda row: (-row["total"], row["label"]))


def steps_chart(steps: list[Any]) -> dict[str, Any]:
    return {
        "categories": [step.label for step in steps],
        "series": [{"name": "", "data": [{"value": float(step.amount), "url": step.door} for step in steps]}],
    }


class ReportSheetView(ReportView):
    """A table of the report as CSV: `/sales/report/people.csv`."""

    permission = "sales.export_deal"

    def get(self, request: HttpRequest, sheet: str) -> HttpResponse:  # type: ignore[override]
        if sheet not in SHEETS:
            raise Http404
        scope, by = self.scope(), self.by()
        return sheet_response(sheet, scope, found(scope, by, self.pipeline(scope)))
