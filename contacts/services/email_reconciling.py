"""What became of each mail, decided by hand: onto a record, to be ignored, or to be read again."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from contacts.choices import PointKind
from contacts.models import Customer, EmailMessage
from contacts.services.email_letters import letter_of, own_addresses
from contacts.services.email_matching import email_store, mail_match, settle
from contacts.services.points import MATCH, point_create
from crm.access.services import allowed, require
from crm.audit.services import record
from crm.jobs.services import enqueue
from crm.mail.choices import Outcome
from crm.mail.models import IgnoredSender, IncomingMail, MailAccount
from crm.staff.models import User

#: brings the other mails of an address in the same person's own mailbox onto the record that it was put on
MATCH_LIKE = "contacts.match_mails_like"
#: what one job matches at most; another one goes on
BATCH = 500


def mails_seen(user: User) -> QuerySet[IncomingMail]:
    """The mails of the mailboxes that one keeps."""
    return IncomingMail.objects.filter(account__in=MailAccount.objects.visible_to(user))


def locked(actor: User, mail: IncomingMail) -> IncomingMail:
    """Raises Http404 for a mail of somebody else's mailbox."""
    rows = IncomingMail.objects.select_for_update(of=("self",)).select_related("account", "thread", "raw")
    found = rows.filter(pk=mail.pk, account__in=MailAccount.objects.visible_to(actor, "edit")).first()
    if found is None:
        raise Http404
    return found


@transaction.atomic
def mail_put(
    *, actor: User, mail: IncomingMail, customer: Customer, keep_address: bool
) -> EmailMessage | None:
    """Put a mail on a customer's record by hand. With `keep_address` its address is kept there as well, and the other
    mails of that address follow by jobs: those of the company's mailboxes, and of the person's own.

    Raises ValidationError for one that is on a record already.
    """
    require(actor, "contacts.create_interaction")
    require(actor, "contacts.view_customer", customer)
    mail = locked(actor, mail)
    if mail.outcome == Outcome.MATCHED:
        raise ValidationError(_("This mail is on a record already."))
    letter = letter_of(mail)
    message = email_store(mail, letter, [customer], {"object_type": "", "object_id": None}, actor)
    strangers = strangers_of(mail)
    if keep_address and len(strangers) == 1:
        require(actor, "contacts.edit_customer", customer)
        point_create(actor=actor, customer=customer, kind=PointKind.EMAIL, text=next(iter(strangers)))
        if mail.account.owner:
            enqueue(MATCH_LIKE, mail.pk)
    return message


def strangers_of(mail: IncomingMail) -> set[str]:
    others = letter_of(mail).others
    return others - own_addresses(others, mail.account.owner)


def mails_match(pk: int, after: int = 0) -> int:
    """Match what belonged nowhere in the company's mailboxes with the addresses of one customer.

    What lies in somebody's own mailbox comes onto a record only when its owner asks.
    """
    customer = Customer.objects.alive().filter(pk=pk).first()
    if customer is None:
        return 0
    addresses = customer.contact_points.filter(kind=PointKind.EMAIL).values_list("value", flat=True)
    return match_some(unmatched_of(addresses).filter(account__owner=None), after, MATCH, pk)


def mails_match_like(pk: int, after: int = 0) -> int:
    """Match the mails with the address of one that lies in somebody's own mailbox, in the mailboxes of that person."""
    mail = IncomingMail.objects.select_related("account__owner", "raw").filter(pk=pk).first()
    if mail is None or mail.account.owner is None:
        return 0
    rows = unmatched_of(strangers_of(mail)).filter(account__owner=mail.account.owner)
    return match_some(rows, after, MATCH_LIKE, pk)


def match_some(rows: QuerySet[IncomingMail], after: int, job: str, key: int) -> int:
    """One batch behind the mail `after`; another job goes on behind it, whatever of it matched."""
    pks = list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH])
    count = sum(rematch(pk) for pk in pks)
    if len(pks) == BATCH:
        enqueue(job, key, payload={"after": pks[-1]})
    return count


def unmatched_of(addresses: Iterable[str]) -> QuerySet[IncomingMail]:
    """From these addresses, or by us to them."""
    wanted = Q(pk=0)
    for address in addresses:
        wanted |= (
            Q(sender=address) | Q(to__contains=[{"email": address}]) | Q(cc__contains=[{"email": address}])
        )
    return IncomingMail.objects.filter(wanted, outcome=Outcome.UNMATCHED)


@transaction.atomic
def rematch(pk: int) -> bool:
    rows = IncomingMail.objects.select_for_update(of=("self",)).select_related("account", "thread", "raw")
    mail = rows.filter(pk=pk, outcome=Outcome.UNMATCHED).first()
    if mail is None:
        return False
    mail_match(mail)
    return mail.outcome != Outcome.UNMATCHED


@transaction.atomic
def mail_ignore(*, actor: User, mail: IncomingMail, value: str = "") -> IgnoredSender | None:
    """This mail, or with a `value` everything of that address or domain, now and from now on.

    Raises ValidationError for a value that is not the mail's, or for a mail that is on a record.
    """
    mail = locked(actor, mail)
    if mail.outcome == Outcome.MATCHED:
        raise ValidationError(_("This mail is on a record already."))
    if not value:
        settle(mail, Outcome.IGNORED)
        return None
    if value not in values_of(mail):
        raise ValidationError(_("Choose the address of this mail, or its domain."))
    rule, _new = IgnoredSender.objects.get_or_create(
        owner=mail.account.owner, value=value, defaults={"created_by": actor}
    )
    rows = IncomingMail.objects.filter(outcome=Outcome.UNMATCHED, account__owner=mail.account.owner)
    named = Q(sender=value) if "@" in value else Q(sender__endswith=f"@{value}")
    rows.filter(named | Q(pk=mail.pk)).update(outcome=Outcome.IGNORED, ignored_by=rule)
    record(actor=actor, action="mail.ignoredsender.create", obj=rule, after={"value": value})
    return rule


def values_of(mail: IncomingMail) -> list[str]:
    """The address that a mail is about, and its domain; none where it is our own."""
    strangers = sorted(strangers_of(mail))
    return [strangers[0], strangers[0].rpartition("@")[2]] if len(strangers) == 1 else []


@transaction.atomic
def mail_unignore(*, actor: User, mail: IncomingMail) -> IncomingMail:
    """Look at it again; if a rule ignored it, the rule goes, and so all that it ignored comes back."""
    mail = locked(actor, mail)
    if mail.outcome != Outcome.IGNORED:
        raise ValidationError(_("This mail is not ignored."))
    if mail.ignored_by:
        rule_remove(actor=actor, rule=mail.ignored_by)
        mail.refresh_from_db()
    else:
        settle(mail, Outcome.UNMATCHED)
    mail_match(mail, actor)
    return mail


@transaction.atomic
def rule_remove(*, actor: User, rule: IgnoredSender) -> None:
    """Raises Http404 for a rule of somebody else's."""
    if rule.owner_id not in (None, actor.pk) or not allowed(actor, "mail.edit_account"):
        raise Http404
    IncomingMail.objects.filter(ignored_by=rule).update(outcome=Outcome.UNMATCHED, ignored_by=None)
    record(actor=actor, action="mail.ignoredsender.delete", obj=rule, before={"value": rule.value})
    rule.delete()


@transaction.atomic
def mail_look_again(*, actor: User, mail: IncomingMail) -> IncomingMail:
    """Match it anew, after records or rules changed."""
    mail = locked(actor, mail)
    if mail.outcome == Outcome.UNMATCHED:
        mail_match(mail, actor)
    return mail
