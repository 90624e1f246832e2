"""What people do with leads: add, assign, disqualify, convert."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contacts.choices import InteractionKind, LeadStatus
from contacts.models import Customer
from contacts.services.customer import customer_create, customer_edit
from contacts.services.interaction import interaction_create
from crm.access.services import require
from crm.assignment.services import assign_next
from crm.audit.services import record
from crm.records.errors import StaleRecord
from crm.records.kinds import kinds
from crm.records.services import write_changes
from crm.rules.compile import Reading, compiled
from crm.rules.errors import RuleError
from crm.rules.tree import read_tree
from crm.search.services import index
from crm.staff.models import User
from crm.staff.selectors import default_team
from sales.choices import DisqualifyReason
from sales.models import Deal, Lead, LeadRule
from sales.selectors import open_leads_of
from sales.services.deal import deal_create

CUSTOMER = "contacts.customer"


@transaction.atomic
def lead_create(
    *,
    actor: User,
    values: Mapping[str, Any],
    email: str = "",
    phone: str = "",
    note: str = "",
    by_rule: bool = False,
) -> Lead:
    """Add a customer who might buy, as a new lead; `by_rule` gives it to whom the rules say. Raises ValidationError."""
    require(actor, "sales.create_lead")
    given = {**values, "lead_status": LeadStatus.NEW.value}
    customer = customer_create(actor=actor, values=given, email=email, phone=phone)
    if note:
        written = {
            "kind": InteractionKind.NOTE.value,
            "summary": note[:200],
            "body": note if len(note) > 200 else "",
        }
        interaction_create(actor=actor, customer=customer, values=written)
    lead = Lead.objects.get(pk=customer.pk)
    if by_rule:
        give_by_rule(actor, lead)
    return lead


@transaction.atomic
def lead_assign(*, actor: User, lead: Lead) -> str:
    """Give the lead to whom the rules say, and say why; nobody found leaves it as it is."""
    require(actor, "sales.assign_lead", lead)
    return give_by_rule(actor, lead)


def give_by_rule(actor: User, lead: Lead) -> str:
    for rule in LeadRule.objects.select_related("pool", "owner", "team", "saved_by"):
        if not matches(rule, lead.pk):
            continue
        if rule.pool is not None:
            chosen = assign_next(pool=rule.pool, loads=open_leads_of)
            if chosen.user is None:
                return chosen.reason
            give(actor, lead, chosen.user, rule)
            return chosen.reason
        give(actor, lead, rule.owner, rule)
        return _("By the rule %s.") % rule
    return _("No rule is for this lead.")


def matches(rule: LeadRule, pk: int) -> bool:
    """Whether the rule is for the customer, asked with the rights of whoever saved it."""
    kind = kinds()[CUSTOMER]
    try:
        condition = compiled(Reading.of(kind, rule.saved_by), read_tree(rule.rule))
    except RuleError:
        return False
    return kind.visible(rule.saved_by).filter(condition, pk=pk).exists()


def give(actor: User, lead: Lead, owner: User | None, rule: LeadRule) -> None:
    """A new owner of the customer, and so of the lead; of a team the lead waits for whoever takes it."""
    customer = Customer.objects.select_for_update().get(pk=lead.pk)
    team = rule.team or (default_team(owner) if owner else customer.team)
    values = {"owner": owner, "team": team}
    write_changes(actor=actor, obj=customer, values=values, version=None, action="contacts.customer.edit")
    index(customer)
    record(
        actor=actor,
        action="sales.lead.assign",
        obj=lead,
        after={"owner": owner, "team": team, "rule": rule.name},
    )


@transaction.atomic
def lead_take(*, actor: User, lead: Lead) -> Lead:
    """Make a lead that belongs to nobody one's own; whoever comes second is told so. Raises ValidationError."""
    require(actor, "sales.take_lead")
    require(actor, "sales.view_lead", lead)
    customer = Customer.objects.select_for_update().get(pk=lead.pk)
    if customer.owner_id not in (None, actor.pk):
        raise ValidationError(_("%s was faster: the lead is theirs.") % customer.owner)
    values = {"owner": actor, "team": default_team(actor)}
    write_changes(actor=actor, obj=customer, values=values, version=None, action="contacts.customer.edit")
    index(customer)
    record(actor=actor, action="sales.lead.take", obj=lead, after={"owner": actor})
    return Lead.objects.get(pk=lead.pk)


@transaction.atomic
def lead_disqualify(
    *, actor: User, lead: Lead, reason: DisqualifyReason, note: str = "", version: int | None = None
) -> Lead:
    """Take the lead out of the working list, with the reason. Raises StaleRecord."""
    require(actor, "sales.disqualify_lead", lead)
    check(lead, version)
    set_status(actor, lead, LeadStatus.DISQUALIFIED)
    return written(actor, lead, {"reason": reason.value, "note": note}, "disqualify")


@transaction.atomic
def lead_reopen(*, actor: User, lead: Lead) -> Lead:
    """Back into the working list, as being worked on."""
    require(actor, "sales.reopen_lead", lead)
    set_status(actor, lead, LeadStatus.WORKING)
    return written(actor, lead, {"reason": "", "note": ""}, "reopen")


@transaction.atomic
def lead_convert(*, actor: User, lead: Lead, values: Mapping[str, Any], version: int | None = None) -> Deal:
    """The same customer gets a deal with the lead's source, and the lead is qualified. Converted twice is one deal.

    Raises ValidationError, StaleRecord.
    """
    require(actor, "sales.convert_lead", lead)
    lead = Lead.objects.select_for_update().get(pk=lead.pk)
    if lead.deal_id is not None and lead.status == LeadStatus.QUALIFIED:
        return Deal.objects.get(pk=lead.deal_id)
    check(lead, version)
    if lead.status == LeadStatus.DISQUALIFIED:
        raise ValidationError(_("This lead was disqualified. Take it up again first."))
    customer = Customer.objects.select_related("organisation").get(pk=lead.pk)
    deal = deal_create(actor=actor, values={"lead_source": lead.source, **values, "customer": customer})
    set_status(actor, lead, LeadStatus.QUALIFIED)
    written(actor, lead, {"deal": deal}, "convert")
    return deal


def check(lead: Lead, version: int | None) -> None:
    if version is not None and lead.version != version:
        raise StaleRecord(lead)


def set_status(actor: User, lead: Lead, status: LeadStatus) -> None:
    """The status stands on the customer; the lead follows it (sales.listeners)."""
    customer = Customer.objects.get(pk=lead.pk)
    customer_edit(
        actor=actor, customer=customer, values={"lead_status": status.value}, version=customer.version
    )


def written(actor: User, lead: Lead, values: Mapping[str, Any], verb: str) -> Lead:
    now = Lead.objects.select_related("customer").get(pk=lead.pk)
    return write_changes(actor=actor, obj=now, values=values, version=None, action=f"sales.lead.{verb}")
