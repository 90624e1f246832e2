"""Deals as a kind of import: known by their id in the system they come from, stages and owners matched by name."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.choices import PointKind
from contacts.models import ContactPoint, Customer
from crm.imports.models import ImportRun
from crm.imports.simple import SimpleField, SimpleImport, Values
from crm.money.currencies import DECIMALS
from crm.staff.models import User
from crm.staff.selectors import colleagues
from sales.choices import StageKind
from sales.models import Deal, LossReason, Stage
from sales.selectors import loss_reason_options, stages
from sales.services.deal import deal_create, deal_edit
from sales.services.deal_stage import deal_lose, deal_move, deal_win, step_undo


def stage_names() -> Sequence[tuple[int, str]]:
    """Each stage by its own name and with that of its pipeline before it."""
    known = stages()
    return [(stage.pk, f"{stage.pipeline} · {stage}") for stage in known] + [
        (stage.pk, stage.name) for stage in known
    ]


def owner_names() -> Sequence[tuple[int, str]]:
    """Colleagues by name, and by the address they sign in with."""
    people = list(colleagues().values_list("pk", "name", "email"))
    return [(pk, name) for pk, name, _email in people] + [(pk, email) for pk, _name, email in people]


def customer_called(text: str, reader: User | None) -> Customer:
    """The one customer of this e-mail or name, among those whom the importer may see. Raises ValidationError."""
    if reader is None:
        raise ValidationError(_("Nobody answers for this import any more."))
    seen = Customer.objects.alive().visible_to(reader)
    points = ContactPoint.objects.filter(kind=PointKind.EMAIL, value=text.lower()).values("customer")
    found = list(seen.filter(pk__in=points)[:2]) or list(seen.filter(name__iexact=text)[:2])
    if not found:
        raise ValidationError(_("No customer has this e-mail or name."))
    if len(found) > 1:
        raise ValidationError(_("Several customers are called this. Write the e-mail."))
    return found[0]


def currency(text: str, _known: Any) -> str:
    code = text.upper()
    if code not in DECIMALS:
        raise ValidationError(_("There is no such currency."))
    return code


class DealImport(SimpleImport):
    """Open deals in their stage; what was won elsewhere comes as orders, what was lost with its reason."""

    key = "deal"
    label = gettext_lazy("Deals")
    model = Deal
    identity = "external_id"
    permissions = ("sales.create_deal", "sales.edit_deal")
    fields = (
        SimpleField(
            "external_id", gettext_lazy("Deal id"), required=True,
            synonyms=("id", "deal_id", "record_id", "opportunity_id"),
            help=gettext_lazy("As the other system names it; imported again, the deal is changed."),
        ),
        SimpleField(
            "name", gettext_lazy("Deal"), required=True,
            synonyms=("title", "deal_name", "opportunity_name", "deal_title"),
        ),
        SimpleField(
            "customer", gettext_lazy("Customer"), required=True, read=customer_called,
            synonyms=("organization", "organisation", "company", "account", "email", "customer_email", "contact"),
            help=gettext_lazy("Their e-mail, or their name where nobody else has it."),
        ),
        SimpleField(
            "stage", gettext_lazy("Stage"), field="stage_id", required=True, options=stage_names,
            synonyms=("deal_stage", "stage_name", "status", "phase"),
        ),
        SimpleField(
            "owner", gettext_lazy("Owner"), field="owner_id", options=owner_names,
            synonyms=("deal_owner", "user", "sales_rep"),
        ),
        SimpleField("amount", gettext_lazy("Amount"), synonyms=("value", "deal_value", "deal_amount")),
        SimpleField("currency", gettext_lazy("Currency"), read=currency, synonyms=("currency_code",)),
        SimpleField(
            "close_on", gettext_lazy("Expected close"),
            synonyms=("close_date", "expected_close_date", "closedate", "closing_date"),
        ),
        SimpleField("lead_source", gettext_lazy("Lead source"), synonyms=("source", "source_channel")),
        SimpleField(
            "loss_reason", gettext_lazy("Loss reason"), field="loss_reason_id", options=loss_reason_options,
            synonyms=("lost_reason", "reason"),
        ),
        SimpleField("description", gettext_lazy("Description"), synonyms=("notes", "details")),
    )  # fmt: skip

    def known(self, run: ImportRun) -> User | None:
        return run.actor

    def row_problem(self, values: Values) -> tuple[str, str] | None:
        stage = stage_of(values)
        if stage is not None and stage.kind == StageKind.LOST and not values.get("loss_reason_id"):
            return "loss_reason", _("A lost deal needs its reason.")
        if stage is not None and stage.kind == StageKind.WON and values.get("amount") is None:
            return "amount", _("Say what it was sold for.")
        return None

    def create(self, *, actor: User, values: Values) -> Deal:
        given = rows_of(values)
        stage: Stage = given.pop("stage")
        reason = given.pop("loss_reason", None)
        begin = stage if stage.is_open else first_open(stage)
        close_on = given.pop("close_on", None)
        deal = deal_create(actor=actor, values={**given, "stage": begin, "close_on": soon(close_on, stage)})
        return arrive(actor, deal, stage, reason)

    def edit(self, *, actor: User, obj: Deal, values: Values, version: int) -> Deal:
        given = rows_of(values)
        stage: Stage | None = given.pop("stage", None)
        reason = given.pop("loss_reason", None)
        deal = deal_edit(actor=actor, deal=obj, values=given, version=version) if given else obj
        return arrive(actor, deal, stage, reason) if stage is not None else deal

    def is_untouched(self, obj: Deal, run: ImportRun) -> bool:
        """Each step counts its version up: there are no more of either than the import made."""
        steps = list(obj.stage_changes.values_list("changed_at", flat=True))
        return obj.version == len(steps) and (run.finished_at is None or max(steps) <= run.finished_at)

    def undo_changes(self, run: ImportRun) -> list[str]:
        """A stage goes back the way it came; the rest as with every kind."""
        for before in run.befores.filter(before__has_key="stage_id"):
            deal = Deal.objects.filter(pk=before.object_id, version=before.version).first()
            if deal is not None and run.actor is not None:
                deal = step_undo(actor=run.actor, deal=deal)
                kept = {name: value for name, value in before.before.items() if name in LEFT}
                run.befores.filter(pk=before.pk).update(version=deal.version, before=kept)
        return super().undo_changes(run)


#: what undoing a step does not set back
LEFT = ("name", "customer", "owner_id", "amount", "currency", "close_on", "lead_source", "description")


def stage_of(values: Values) -> Stage | None:
    return next((stage for stage in stages() if stage.pk == values.get("stage_id")), None)


def rows_of(values: Values) -> Values:
    """Keys as rows, where services take rows."""
    found = dict(values)
    for name, model in (("stage", Stage), ("owner", User), ("loss_reason", LossReason)):
        key = found.pop(f"{name}_id", None)
        if key is not None:
            found[name] = model._default_manager.get(pk=key)
    return found


def first_open(stage: Stage) -> Stage:
    rows = Stage.objects.filter(pipeline=stage.pipeline_id, kind=StageKind.OPEN, deleted_at=None)
    return rows.select_related("pipeline").order_by("position", "pk")[0]


def soon(close_on: Any, stage: Stage) -> Any:
    """A day that is over is no day on which an open deal can be expected to close."""
    if stage.is_open or close_on is None:
        return close_on
    return max(close_on, timezone.localdate())


def arrive(actor: User, deal: Deal, stage: Stage, reason: LossReason | None) -> Deal:
    """Into the stage that the file says, the way people take."""
    if deal.stage_id == stage.pk:
        return deal
    if stage.is_open:
        return deal_move(actor=actor, deal=deal, stage=stage)
    if stage.kind == StageKind.WON:
        return deal_win(actor=actor, deal=deal)[0]
    if reason is None:
        raise ValidationError(_("A lost deal needs its reason."))
    return deal_lose(actor=actor, deal=deal, reason=reason)
