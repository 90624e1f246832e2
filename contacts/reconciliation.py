"""Each mailbox in numbers that add up: what lies in it, what we have of it, and what became of that."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Sum
from django.utils import timezone

from contacts.models import EmailMessage
from contacts.services.email_reconciling import mails_seen
from crm.mail.choices import Outcome, RawState
from crm.mail.models import IncomingMail, MailAccount, MailPlace, MailUid, RawMail
from crm.mail.services.accounts import keeps_company
from crm.staff.models import User

#: a mail that waits to be read for longer has failed
LATE = timedelta(minutes=10)


@dataclass(frozen=True)
class Reconciled:
    """One mailbox. `is_open`: whether its mails may be looked at; somebody else's are only counted."""

    account: MailAccount
    is_open: bool
    on_server: int | None
    counted_at: datetime | None
    problems: list[str]
    missing: int
    here: int  # mails of the folders that we have
    twice: int  # the same bytes under another number
    gone: int  # ours still, but off the server
    waiting: int
    late: int
    quarantined: int
    matched: int
    unmatched: int
    ignored: int
    lost: int  # said to be on a record, and not there

    @property
    def stored(self) -> int:
        return self.here - self.twice + self.gone

    @property
    def read(self) -> int:
        return self.matched + self.unmatched + self.ignored

    @property
    def faults(self) -> list[str]:
        """Which of the sums do not come out."""
        faults = []
        if self.on_server is not None and self.on_server != self.here + self.missing:
            faults.append("server")
        if self.stored != self.read + self.waiting + self.quarantined:
            faults.append("stored")
        if self.lost:
            faults.append("lost")
        return faults

    @property
    def is_well(self) -> bool:
        return not (self.faults or self.missing or self.late or self.problems)


def reconciliation(user: User) -> list[Reconciled]:
    """The mailboxes that one keeps; who keeps those of the company also sees the numbers of the others."""
    seen = set(MailAccount.objects.visible_to(user).values_list("pk", flat=True))
    rows = MailAccount.objects.all() if keeps_company(user) else MailAccount.objects.filter(pk__in=seen)
    accounts = list(rows.select_related("owner").defer("secret").order_by("owner__name", "name"))
    numbers = counted({account.pk for account in accounts})
    return [
        Reconciled(account=account, is_open=account.pk in seen, **numbers[account.pk]) for account in accounts
    ]


def counted(pks: set[int]) -> dict[int, dict[str, Any]]:
    """The numbers of these mailboxes, in five queries whatever their number."""
    found: dict[int, dict[str, Any]] = {pk: dict(EMPTY, problems=[]) for pk in pks}
    for row in places(pks):
        found[row["account"]] |= {key: row[key] for key in ("on_server", "missing", "counted_at")}
    for account, folder, problem in (
        MailPlace.objects.filter(account__in=pks)
        .exclude(problem="")
        .values_list("account", "folder", "problem")
    ):
        found[account]["problems"].append(f"{folder}: {problem}")
    for row in uids(pks):
        found[row["place__account"]] |= {"here": row["here"], "twice": row["here"] - row["raws"]}
    for row in raws(pks):
        found[row["account"]] |= {key: row[key] for key in ("waiting", "late", "quarantined", "gone")}
    for row in outcomes(pks):
        found[row["account"]] |= {key: row[key] for key in ("matched", "unmatched", "ignored", "lost")}
    return found


NUMBERS = (
    "missing", "here", "twice", "gone", "waiting", "late", "quarantined", "matched", "unmatched", "ignored", "lost",
)  # fmt: skip
EMPTY: dict[str, Any] = {"on_server": None, "counted_at": None, **dict.fromkeys(NUMBERS, 0)}


def places(pks: set[int]) -> Any:
    rows = MailPlace.objects.filter(account__in=pks, counted_at__isnull=False).values("account").order_by()
    return rows.annotate(
        on_server=Sum("on_server"), missing=Sum("missing"), counted_at=Min("counted_at"), newest=Max("pk")
    )


def uids(pks: set[int]) -> Any:
    rows = MailUid.objects.filter(place__account__in=pks, is_gone=False).values("place__account").order_by()
    return rows.annotate(here=Count("pk"), raws=Count("raw", distinct=True))


def raws(pks: set[int]) -> Any:
    """Of the stored mails: how many wait, are held, or lie in no folder any more."""
    here = MailUid.objects.filter(raw=OuterRef("pk"), is_gone=False)
    stored = Q(state=RawState.STORED)
    rows = RawMail.objects.filter(account__in=pks).annotate(is_here=Exists(here)).values("account").order_by()
    return rows.annotate(
        waiting=Count("pk", filter=stored),
        late=Count("pk", filter=stored & Q(arrived_at__lt=timezone.now() - LATE)),
        quarantined=Count("pk", filter=Q(state=RawState.QUARANTINED)),
        gone=Count("pk", filter=Q(is_here=False)),
    )


def outcomes(pks: set[int]) -> Any:
    rows = IncomingMail.objects.filter(account__in=pks).annotate(is_kept=Exists(kept())).values("account")
    matched = Q(outcome=Outcome.MATCHED)
    return rows.order_by().annotate(
        matched=Count("pk", filter=matched),
        unmatched=Count("pk", filter=Q(outcome=Outcome.UNMATCHED)),
        ignored=Count("pk", filter=Q(outcome=Outcome.IGNORED)),
        lost=Count("pk", filter=matched & Q(is_kept=False)),
    )


def kept() -> Any:
    """The mail as it stands on records: it, or the same one that came another way."""
    same = Q(message_id=OuterRef("message_id")) & ~Q(message_id="")
    return EmailMessage.objects.filter(Q(incoming=OuterRef("pk")) | same)


def mails_in(user: User, account: MailAccount, outcome: str) -> Any:
    """The mails of one mailbox that came to this end, with what is known of the record they are on."""
    rows = mails_seen(user).filter(account=account, outcome=outcome)
    return rows.select_related("ignored_by").defer("html", "text")
