"""The tables of the report as CSV that no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from crm.imports.defusing import defused
from sales.reporting.activity import KINDS
from sales.reporting.scope import Scope

Lines = Iterator[list[Any]]


def people_lines(found: dict[str, Any]) -> Lines:
    yield [
        _("Name"), _("Won"), _("Deals won"), _("Deals lost"), _("Win rate"), _("Average deal"), _("Days to win"),
        _("Quota"), _("Attained"), _("Open in the period"), _("Weighted"), _("Learned"), _("Coverage"),
    ]  # fmt: skip
    for row in found["people"].rows:
        now = row.now
        yield [
            row.label, now.amount, now.won, now.lost, now.rate, now.average, now.days, now.quota, now.attainment,
            now.coming, now.weighted, now.learned, now.coverage,
        ]  # fmt: skip


def funnel_lines(found: dict[str, Any]) -> Lines:
    yield [
        _("Stage"),
        _("Entered"),
        _("Went on"),
        _("Share"),
        _("Lost there"),
        _("Still there"),
        _("Median days"),
    ]
    for rung in found["funnel"]:
        yield [rung.stage.name, rung.entered, rung.on, rung.rate, rung.lost, rung.stays, rung.days]


def cause_lines(name: str, found: dict[str, Any]) -> Lines:
    yield [_("Name"), _("Deals won"), _("Won"), _("Deals lost"), _("Lost"), _("Win rate")]
    for each in found[name]:
        yield [each.label, each.won, each.won_amount, each.lost, each.lost_amount, each.rate]


def activity_lines(found: dict[str, Any]) -> Lines:
    yield [_("Name"), *(kind.label for kind in KINDS), _("To-dos done")]
    for row in found["activities"]:
        yield [row["label"], *(row["counts"].get(kind, (0, ""))[0] for kind in (*KINDS, "done"))]


SHEETS = {
    "people": people_lines,
    "funnel": funnel_lines,
    "reasons": lambda found: cause_lines("loss_reasons", found),
    "competitors": lambda found: cause_lines("competitors", found),
    "sources": lambda found: cause_lines("sources", found),
    "activities": activity_lines,
}


def sheet_response(sheet: str, scope: Scope, found: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{sheet}-{scope.period.first}-{scope.period.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = csv.writer(response)
    for line in SHEETS[sheet](found):
        writer.writerow([cell(value) for value in line])
    return response


def cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4f}" if isinstance(value, float) else defused(str(value))
