"""Writing exchange rates. What was reckoned with a rate keeps its amount; what is written later uses the new one."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm.access.services import require
from crm.audit.services import record
from crm.company.selectors import company
from crm.money.models import ExchangeRate
from crm.money.pasting import Rate
from crm.staff.models import User


@transaction.atomic
def rate_create(*, actor: User, currency: str, valid_on: date, rate: Decimal) -> ExchangeRate:
    require(actor, "money.edit_rate")
    if currency == company().currency:
        text = _("%s is the company's own currency; its rate is always 1.") % currency
        raise ValidationError({"currency": text})
    obj = ExchangeRate(currency=currency, valid_on=valid_on, rate=rate)
    try:
        with transaction.atomic():
            obj.save()
    except IntegrityError:
        raise ValidationError(
            {"valid_on": _("There is a rate of this day already. Change that one.")}
        ) from None
    told = {"currency": currency, "valid_on": valid_on, "rate": rate}
    record(actor=actor, action="money.rate.create", obj=obj, after=told)
    return obj


@transaction.atomic
def rate_edit(*, actor: User, obj: ExchangeRate, rate: Decimal) -> ExchangeRate:
    require(actor, "money.edit_rate")
    locked = ExchangeRate.objects.select_for_update().get(pk=obj.pk)
    if locked.rate != rate:
        before, locked.rate = locked.rate, rate
        locked.save(update_fields=["rate"])
        told = {"rate": before}, {"rate": rate}
        record(actor=actor, action="money.rate.edit", obj=locked, before=told[0], after=told[1])
    return locked


@transaction.atomic
def rate_delete(*, actor: User, obj: ExchangeRate) -> None:
    require(actor, "money.edit_rate")
    told = {"currency": obj.currency, "valid_on": obj.valid_on, "rate": obj.rate}
    record(actor=actor, action="money.rate.delete", obj=obj, before=told)
    obj.delete()


@transaction.atomic
def rates_paste(*, actor: User | None, rates: list[Rate]) -> int:
    """All of them or none; a rate of the same day is replaced. `actor` None: the first-run set-up."""
    if actor is not None:
        require(actor, "money.paste_rate")
    rows = [ExchangeRate(currency=item.currency, valid_on=item.valid_on, rate=item.rate) for item in rates]
    ExchangeRate.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["currency", "valid_on"], update_fields=["rate"]
    )
    if rows:
        told = {"rows": len(rows), "currencies": sorted({item.currency for item in rates})}
        record(actor=actor, action="money.rate.paste", obj=company(), after=told)
    return len(rows)
