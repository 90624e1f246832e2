"""Mail accounts: kept by administrators; secrets go in and never come out."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.access.grants import grants
from crm.access.scopes import Scope
from crm.access.services import require
from crm.audit.services import record
from crm.jobs.services import enqueue
from crm.mail import oauth
from crm.mail.choices import Security, SignIn
from crm.mail.mailbox import Credentials, MailboxProblem, Server, imap, try_smtp
from crm.mail.models import MailAccount, MailPlace, RawMail
from crm.mail.notifications import problem_tell
from crm.mail.secrets import LostSecret, decrypt, encrypt
from crm.outgoing import OutgoingFailed, OutgoingRefused, resolve
from crm.records.services import write_changes
from crm.staff.models import User

FIELDS = (
    "name",
    "address",
    "sign_in",
    "username",
    "imap_host",
    "imap_port",
    "imap_security",
    "folder",
    "sent_folder",
    "smtp_host",
    "smtp_port",
    "smtp_security",
    "is_active",
    "since_on",
)
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
#: where mail servers listen; a port of another program is not to be tried from here
PORTS = {"imap": (143, 993), "smtp": (25, 465, 587, 2525)}
#: what a change of makes the mailbox another one, to be read from its beginning
PLACE = {"address", "username", "imap_host", "imap_port", "folder", "sent_folder", "since_on"}


@transaction.atomic
def account_create(
    *, actor: User, values: Mapping[str, Any], password: str = "", is_own: bool = False
) -> MailAccount:
    """A mailbox of the company, or one's own. Raises ValidationError."""
    require(actor, "mail.create_account")
    if not is_own and not keeps_company(actor):
        raise PermissionDenied
    account = MailAccount(**values, owner=actor if is_own else None, secret=encrypt(password))
    check(account)
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as fault:
        raise taken() from fault
    record(actor=actor, action="mail.account.create", obj=account, after=dict(values))
    return account


@transaction.atomic
def account_edit(
    *, actor: User, account: MailAccount, values: Mapping[str, Any], version: int, password: str = ""
) -> MailAccount:
    """An empty password leaves the one that is kept. Raises StaleRecord, ValidationError."""
    require_account(actor, "mail.edit_account", account)
    moved = {name for name in PLACE & values.keys() if getattr(account, name) != values[name]}
    sign_in_changed = values.get("sign_in", account.sign_in) != account.sign_in
    check(MailAccount(**{name: values.get(name, getattr(account, name)) for name in FIELDS}))
    try:
        with transaction.atomic():
            account = write_changes(
                actor=actor, obj=account, values=values, version=version, action="mail.account.edit"
            )
    except IntegrityError as fault:
        raise taken() from fault
    if moved:
        MailPlace.objects.filter(account=account).delete()
    if password or sign_in_changed:
        keep_secret(actor=actor, account=account, secret=password)
    MailAccount.objects.filter(pk=account.pk).update(due_at=timezone.now(), failures=0, problem="")
    return MailAccount.objects.get(pk=account.pk)


def keeps_company(user: User) -> bool:
    """Whether the person keeps the mailboxes of the company, not only their own."""
    return grants(user).scope("mail.account", "create") is Scope.ALL


def require_account(actor: User, permission: str, account: MailAccount) -> None:
    """Somebody else's mailbox is not there for anybody, whatever they keep."""
    if account.owner_id not in (None, actor.pk):
        raise Http404
    require(actor, permission, account)


def check(account: MailAccount) -> None:
    for kind in ("imap", "smtp"):
        host, security = getattr(account, f"{kind}_host"), getattr(account, f"{kind}_security")
        if host and security == Security.NONE and host not in LOOPBACK:
            text = _("Without encryption the password could be read on the way: use TLS or STARTTLS.")
            raise ValidationError({f"{kind}_security": text})
        if host:
            check_place(kind, host, getattr(account, f"{kind}_port"))


def check_place(kind: str, host: str, port: int) -> None:
    """Raises ValidationError for what is no mail server outside. Each connection asks for the address anew."""
    if host in settings.MAILBOX_HOSTS:
        return
    if port not in PORTS[kind]:
        ports = ", ".join(str(one) for one in PORTS[kind])
        raise ValidationError({f"{kind}_port": _("Mail servers listen at these ports: %s.") % ports})
    try:
        resolve(host, port)
    except OutgoingRefused as fault:
        raise ValidationError({f"{kind}_host": str(fault)}) from fault
    except OutgoingFailed:
        return  # told when the mailbox is tried


def taken() -> ValidationError:
    return ValidationError({"name": _("There is another account with this name.")})


def keep_secret(*, actor: User | None, account: MailAccount, secret: str) -> None:
    """The audit entry tells that it was changed, never what it is."""
    MailAccount.objects.filter(pk=account.pk).update(secret=encrypt(secret))
    account.secret = encrypt(secret)
    record(actor=actor, action="mail.account.set_secret", obj=account)


@transaction.atomic
def account_connect(*, actor: User, account: MailAccount, tokens: str) -> MailAccount:
    """Keep what the provider gave after the person said yes there."""
    require_account(actor, "mail.edit_account", account)
    keep_secret(actor=actor, account=account, secret=tokens)
    MailAccount.objects.filter(pk=account.pk).update(due_at=timezone.now(), failures=0, problem="")
    return account


@transaction.atomic
def account_delete(*, actor: User, account: MailAccount) -> MailAccount:
    """Raises ValidationError for an account whose mails are kept: it can be switched off."""
    require_account(actor, "mail.delete_account", account)
    if RawMail.objects.filter(account=account).exists():
        raise ValidationError(_("Mails of this account are kept. Switch it off instead of deleting it."))
    before = {name: getattr(account, name) for name in FIELDS}
    record(actor=actor, action="mail.account.delete", obj=account, before=before)
    account.delete()
    return account


def credentials_of(account: MailAccount) -> Credentials:
    """What to sign in with now; an OAuth token is refreshed under a lock on the row. Raises MailboxProblem."""
    try:
        secret = decrypt(account.secret)
    except LostSecret as fault:
        raise MailboxProblem(
            _("The stored password cannot be read since SECRET_KEY was changed: enter it again.")
        ) from fault
    if not secret:
        raise MailboxProblem(_("No password is stored: enter it, or connect the account with its provider."))
    if account.sign_in == SignIn.PASSWORD:
        return Credentials(account.login, password=secret)
    return Credentials(account.login, token=fresh_token(account))


@transaction.atomic
def fresh_token(account: MailAccount) -> str:
    locked = MailAccount.objects.select_for_update().get(pk=account.pk)
    secret = decrypt(locked.secret)
    token, kept = oauth.fresh(oauth.provider_of(locked.sign_in), secret)
    if kept != secret:
        MailAccount.objects.filter(pk=locked.pk).update(secret=encrypt(kept))
    return token


def imap_server(account: MailAccount) -> Server:
    return Server(account.imap_host, account.imap_port, account.imap_security)


def smtp_server(account: MailAccount) -> Server:
    return Server(account.smtp_host, account.smtp_port, account.smtp_security)


def account_try(*, actor: User, account: MailAccount) -> list[tuple[str, str]]:
    """[("IMAP", problem or ""), ("SMTP", ...)]: sign in to both servers now, changing nothing."""
    require_account(actor, "mail.edit_account", account)
    found = []
    for name, ask in (("IMAP", ask_imap), ("SMTP", ask_smtp)):
        if name == "SMTP" and not account.smtp_host:
            continue
        try:
            ask(account)
        except MailboxProblem as fault:
            found.append((name, str(fault)))
        else:
            found.append((name, ""))
    return found


def ask_imap(account: MailAccount) -> None:
    with imap(imap_server(account), credentials_of(account), account.folder):
        return


def ask_smtp(account: MailAccount) -> None:
    try_smtp(smtp_server(account), credentials_of(account))


def accounts_due() -> int:
    """Queue a job for every account that is due: one that hangs keeps no other waiting."""
    due = MailAccount.objects.read().exclude(secret="").filter(due_at__lte=timezone.now())
    pks = list(due.order_by("due_at").values_list("pk", flat=True))
    for pk in pks:
        enqueue("mail.fetch_account", pk)
    return len(pks)


#: minutes until the next try after so many failures in a row
PAUSES = (1, 2, 5, 15, 60)
TOLD_AT = 3


def note_success(account: MailAccount) -> None:
    now = timezone.now()
    MailAccount.objects.filter(pk=account.pk).update(
        checked_at=now, succeeded_at=now, failures=0, problem="", due_at=now + timedelta(minutes=1)
    )


@transaction.atomic
def note_problem(account: MailAccount, problem: str) -> None:
    """Say so on its page and try later; those who can mend it are told of the third failure in a row, once."""
    now = timezone.now()
    failures = MailAccount.objects.select_for_update().get(pk=account.pk).failures + 1
    if failures == TOLD_AT:
        problem_tell(account, problem)
    pause = PAUSES[min(failures, len(PAUSES)) - 1]
    MailAccount.objects.filter(pk=account.pk).update(
        checked_at=now, failures=failures, problem=problem[:500], due_at=now + timedelta(minutes=pause)
    )
