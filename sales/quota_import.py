"""Quotas as a kind of import: of a person or a team, for a month or a quarter, which is three equal months."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg.types.json import Jsonb

from crm.company.selectors import company
from crm.imports.kinds import Applied
from crm.imports.models import ImportBatch, ImportBefore, ImportRun
from crm.imports.simple import Known, SimpleField, SimpleImport, Values
from crm.staff.models import User
from crm.staff.selectors import colleagues, team_options
from sales.models import Quota
from sales.quota_grid import read_amount
from sales.services.quota import QuotaCell, QuotaMoved, quotas_set

QUARTER = re.compile(
    r"(?:Q(?P<q1>[1-4])[ /-]?(?P<y1>20\d\d)|(?P<y2>20\d\d)[ /-]?Q(?P<q2>[1-4]))", re.IGNORECASE
)
MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%m.%Y", "%Y-%m-%d", "%b %Y", "%B %Y")
CENT = Decimal("0.01")
#: people and teams are options of one column: which it is stands in the last bit of the key
PERSON, TEAM = 0, 1


def whose_names() -> Sequence[tuple[int, str]]:
    """People by name and by the address they sign in with, then teams."""
    people = list(colleagues().values_list("pk", "name", "email"))
    return [
        *((pk * 2 + PERSON, name) for pk, name, _email in people),
        *((pk * 2 + PERSON, email) for pk, _name, email in people),
        *((pk * 2 + TEAM, name) for pk, name in team_options()),
    ]


def whose_of(key: int) -> tuple[str, int]:
    return ("team" if key % 2 else "owner"), key // 2


def period(text: str, _known: Any) -> tuple[date, ...]:
    """The months that a cell names. Raises ValidationError."""
    found = QUARTER.fullmatch(text)
    if found:
        year, quarter = int(found["y1"] or found["y2"]), int(found["q1"] or found["q2"])
        return tuple(date(year, quarter * 3 - offset, 1) for offset in (2, 1, 0))
    for form in MONTHS:
        try:
            month = datetime.strptime(text, form).date().replace(day=1)  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
        if 2000 <= month.year <= 2100:
            return (month,)
    raise ValidationError(_("Write a month, such as 2026-11, or a quarter, such as 2026-Q4."))


def amount(text: str, _known: Any) -> Decimal:
    found = read_amount(text)
    if found is None:
        raise ValidationError(_("This is no amount."))
    return found


def own_currency(text: str, _known: Any) -> str:
    """A quota is held against deals in the company's currency; a rate of today would move it each day."""
    if text.upper() != company().currency:
        raise ValidationError(_("Quotas are kept in %s.") % company().currency)
    return text.upper()


def shares(total: Decimal, count: int) -> list[Decimal]:
    """Equal parts in whole cents; the last has what is left over."""
    part = (total / count).quantize(CENT, ROUND_DOWN)
    return [part] * (count - 1) + [total - part * (count - 1)]


@dataclass(frozen=True)
class Wanted:
    """What a row sets."""

    whose: str
    pk: int
    months: tuple[date, ...]
    amount: Decimal

    def cells(self, known: Mapping[date, Quota]) -> list[QuotaCell]:
        parts = shares(self.amount, len(self.months))
        return [
            QuotaCell(self.whose, self.pk, month, part, known[month].amount if month in known else None)
            for month, part in zip(self.months, parts, strict=True)
        ]

    def quotas(self) -> dict[date, Quota]:
        rows = Quota.objects.filter(**{f"{self.whose}_id": self.pk}, month__in=self.months)
        return {quota.month: quota for quota in rows}


def wanted(values: Values) -> Wanted:
    return Wanted(*whose_of(values["whose"]), values["period"], values["amount"])


class QuotaImport(SimpleImport):
    """A row names no record of its own: whose it is and when it is are its name together."""

    key = "quota"
    label = gettext_lazy("Quotas")
    model = Quota
    identity = "key"
    permissions = ("sales.edit_quota",)
    fields = (
        SimpleField(
            "whose", gettext_lazy("Person or team"), required=True, options=whose_names,
            synonyms=("owner", "person", "name", "email", "user", "team", "sales_rep", "rep", "quota_owner"),
            help=gettext_lazy("By name, or by the address they sign in with."),
        ),
        SimpleField(
            "period", gettext_lazy("Month or quarter"), required=True, read=period,
            synonyms=("month", "quarter", "date", "start_date", "quota_period"),
            help=gettext_lazy("Such as 2026-11 or 2026-Q4. A quarter is spread over its three months."),
        ),
        SimpleField(
            "amount", gettext_lazy("Quota"), required=True, read=amount,
            synonyms=("quota", "target", "goal", "quota_amount", "value"),
        ),
        SimpleField(
            "currency", gettext_lazy("Currency"), read=own_currency, synonyms=("currency_code",),
            help=gettext_lazy("The company's; quotas are not converted."),
        ),
    )  # fmt: skip

    # --- the check -------------------------------------------------------------------------------------------

    def judged(
        self,
        run: ImportRun,
        row: int,
        given: int,
        cells: Mapping[str, str],
        known: Known,
        seen: dict[str, int],
    ) -> tuple[Any, ...]:
        """As everywhere; a month that two rows set, be it within a quarter, is refused."""
        values, wrong = self.values_of(cells, known)
        name = "" if wrong else name_of(values)
        judged = super().judged(run, row, given, {**cells, "key": name}, known, {})
        if not judged[1]:
            return judged
        for month in values["period"]:
            first = seen.setdefault(f"{values['whose']} {month}", row)
            if first != row:
                text = _("Row %(row)d sets this month too.") % {"row": first}
                return row, False, name, judged[3], Jsonb([("period", cells["period"], text)])
        return judged

    def there(self, names: Sequence[str]) -> dict[str, Any]:
        """Those of which each month has a quota already."""
        asked = {name: read_name(name) for name in names}
        by_whose = Q(pk=None)
        for key, months in asked.values():
            whose, pk = whose_of(key)
            by_whose |= Q(**{f"{whose}_id": pk}, month__in=months)
        found = {
            (("owner", quota.owner_id) if quota.owner_id else ("team", quota.team_id), quota.month): quota
            for quota in Quota.objects.filter(by_whose)
        }
        return {
            name.lower(): found[whose_of(key), months[0]]
            for name, (key, months) in asked.items()
            if all((whose_of(key), month) in found for month in months)
        }

    # --- the import ------------------------------------------------------------------------------------------

    def apply_row(self, run: ImportRun, batch: ImportBatch, obj: Any, values: Values, done: Applied) -> None:
        """Of a quarter some months may be new and others changed: it counts as new then."""
        if run.actor is None:
            raise ValidationError(_("Nobody answers for this import any more."))
        row = wanted(values)
        before = row.quotas()
        count = write(run.actor, row.cells(before))
        after = row.quotas()
        batch.created_ids += [after[month].pk for month in row.months if month not in before]
        for month, quota in before.items():
            if quota.amount != after[month].amount:
                kept = {"amount": str(quota.amount), "set": str(after[month].amount)}
                ImportBefore.objects.create(run=run, object_id=quota.pk, version=1, before=kept)
        done.created += len(before) < len(row.months)
        done.updated += bool(count) and len(before) == len(row.months)
        done.unchanged += not count

    # --- taking it back --------------------------------------------------------------------------------------

    def is_untouched(self, obj: Any, run: ImportRun) -> bool:
        return run.finished_at is None or obj.updated_at <= run.finished_at

    def undo_changes(self, run: ImportRun) -> list[str]:
        """What it set goes back to what it was, unless somebody has set it anew since."""
        kept = []
        befores = {row.object_id: row.before for row in run.befores.all()}
        for quota in Quota.objects.select_related("owner", "team").filter(pk__in=befores).order_by("pk"):
            was = befores[quota.pk]
            if quota.amount != Decimal(was["set"]) or run.actor is None:
                kept.append(_("%s stays as it is: it was changed after the import.") % quota)
                continue
            whose, pk = ("owner", quota.owner_id) if quota.owner_id else ("team", quota.team_id)
            write(run.actor, [QuotaCell(whose, pk or 0, quota.month, Decimal(was["amount"]), quota.amount)])
        run.befores.all().delete()
        return kept


def write(actor: User, cells: Sequence[QuotaCell]) -> int:
    """How many differ from what stood there. Raises ValidationError."""
    try:
        return quotas_set(actor=actor, cells=cells)
    except QuotaMoved as fault:
        raise ValidationError(_("Somebody has set this quota in the meantime.")) from fault


def name_of(values: Values) -> str:
    return f"{values['whose']} {' '.join(f'{month:%Y-%m}' for month in values['period'])}"


def read_name(name: str) -> tuple[int, list[date]]:
    key, *months = name.split()
    return int(key), [date.fromisoformat(f"{month}-01") for month in months]
