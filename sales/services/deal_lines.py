"""What hangs on a deal: its lines, the people in it, its competitors."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.models import Customer
from crm.access.services import require
from crm.audit.services import record
from crm.records.services import touch, write_changes
from crm.staff.models import User
from sales.book_amounts import with_book_amounts
from sales.choices import DealRole
from sales.models import Deal, DealCompetitor, DealLine, DealPerson, QuoteLine
from sales.services.approval_keep import approvals_keep
from sales.services.deal import check_amount, rated
from sales.services.order import Line


@transaction.atomic
def deal_lines_save(*, actor: User, deal: Deal, lines: Sequence[Line], version: int) -> Deal:
    """Set the lines to exactly these; the amount of the deal is their sum. Raises StaleRecord, ValidationError."""
    require(actor, "sales.edit_deal", deal)
    if not deal.is_open:
        raise ValidationError(_("This deal is closed: its lines stay as they were. Reopen it first."))
    check_amount(amount_of(deal, lines))
    before = list(deal.lines.select_related("product"))
    priced = with_book_amounts(deal, lines, before)
    touch(deal, version)
    lines_write(actor, deal, priced)
    approvals_keep(actor, deal, before)
    return deal


def lines_write(actor: User | None, deal: Deal, lines: Sequence[Line]) -> Deal:
    """As deal_lines_save, for a caller who has locked the deal and needs no permission."""
    amount = amount_of(deal, lines)
    before = [line_text(line) for line in deal.lines.all()]
    deal.lines.all().delete()
    rows = DealLine.objects.bulk_create(deal_line(deal, line) for line in lines)
    values = {"amount": amount, **rated(amount, deal.currency)}
    write_changes(actor=actor, obj=deal, values=values, version=None, action="sales.deal.edit")
    after = [line_text(line) for line in rows]
    if after != before:
        record(
            actor=actor, action="sales.deal.lines", obj=deal, before={"lines": before}, after={"lines": after}
        )
    return deal


def amount_of(deal: Deal, lines: Sequence[Line]) -> Decimal | None:
    return sum((line.amount(deal.currency) for line in lines), Decimal(0)) if lines else deal.amount


def deal_line(deal: Deal, line: Line) -> DealLine:
    return DealLine(
        deal=deal,
        product=line.product,
        text=line.text or (line.product.name if line.product else ""),
        quantity=line.quantity,
        unit_amount=line.unit_amount,
        discount_rate=line.discount_rate,
        line_amount=line.amount(deal.currency),
        book_amount=line.book_amount,
    )


def line_text(line: DealLine | QuoteLine) -> str:
    """A line as the history tells it."""
    less = f" - {line.discount_rate.normalize():f} %" if line.discount_rate else ""
    return f"{line.quantity.normalize():f} x {line.text}{less} = {line.line_amount}"


@transaction.atomic
def deal_person_add(*, actor: User, deal: Deal, customer: Customer, role: DealRole) -> DealPerson:
    """Say which part a person plays in the deal; named again, the new part counts."""
    require(actor, "sales.edit_deal", deal)
    require(actor, "contacts.view_customer", customer)
    if not customer.is_person:
        raise ValidationError({"customer": _("Choose a person.")})
    found, _created = DealPerson.objects.update_or_create(
        deal=deal, customer=customer, defaults={"role": role.value}
    )
    record(actor=actor, action="sales.deal.person_add", obj=deal, after={"customer": customer, "role": role})
    return found


@transaction.atomic
def deal_person_remove(*, actor: User, person: DealPerson) -> None:
    require(actor, "sales.edit_deal", person.deal)
    before: dict[str, Any] = {"customer": person.customer_id, "role": person.role}
    record(actor=actor, action="sales.deal.person_remove", obj=person.deal, before=before)
    person.delete()


@transaction.atomic
def deal_competitor_add(*, actor: User, deal: Deal, name: str, note: str = "") -> DealCompetitor:
    """Name a competitor; named again, the new note counts."""
    require(actor, "sales.edit_deal", deal)
    found, _created = DealCompetitor.objects.update_or_create(deal=deal, name=name, defaults={"note": note})
    record(actor=actor, action="sales.deal.competitor_add", obj=deal, after={"competitor": name})
    return found


@transaction.atomic
def deal_competitor_remove(*, actor: User, competitor: DealCompetitor) -> None:
    require(actor, "sales.edit_deal", competitor.deal)
    before = {"competitor": competitor.name}
    record(actor=actor, action="sales.deal.competitor_remove", obj=competitor.deal, before=before)
    competitor.delete()
