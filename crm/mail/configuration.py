"""EMAIL_URL, EMAIL_HOST and MAIL_FROM of the environment as Django's mail settings. Knows no settings itself."""

import os
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from crm.environment import env_str

SMTP = "django.core.mail.backends.smtp.EmailBackend"
SINK = "crm.mail.sink.SinkBackend"
#: scheme -> (port, settings)
SECURITY: dict[str, tuple[int, dict[str, bool]]] = {
    "smtp": (587, {"EMAIL_USE_TLS": True}),
    "smtps": (465, {"EMAIL_USE_SSL": True}),
    "smtp+plain": (25, {}),
}
#: service -> what its address holds: secret of the service, then further settings of anymail by part of the address
PROVIDERS: dict[str, dict[str, str]] = {
    "brevo": {"username": "BREVO_API_KEY"},
    "mailgun": {"username": "MAILGUN_API_KEY", "hostname": "MAILGUN_SENDER_DOMAIN"},
    "mailjet": {"username": "MAILJET_API_KEY", "password": "MAILJET_SECRET_KEY"},
    "postmark": {"username": "POSTMARK_SERVER_TOKEN"},
    "resend": {"username": "RESEND_API_KEY"},
    "sendgrid": {"username": "SENDGRID_API_KEY"},
    "sparkpost": {"username": "SPARKPOST_API_KEY"},
}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
WRITE_LIKE = "write it like smtp://name:password@mail.example.com:587 (docs/operations.md)"


def mail_settings(*, demo: bool, var_dir: Path) -> dict[str, Any]:
    """The mail settings of Django; MAIL_BACKEND is empty when nothing is set up, and mails then wait in the ledger."""
    url = os.environ.get("EMAIL_URL", "") or host_as_url()
    if not url:
        return demo_sink(var_dir) if demo else {"MAIL_BACKEND": ""} | sender("tenure@localhost")
    from_address = os.environ.get("MAIL_FROM", "")
    if "@" not in parseaddr(from_address)[1]:
        raise ImproperlyConfigured("MAIL_FROM is not an address: say from whom mails come, crm@example.com.")
    return by_url(url) | sender(from_address)


def host_as_url() -> str:
    """EMAIL_HOST, EMAIL_PORT, EMAIL_USER, EMAIL_PASSWORD and EMAIL_SECURITY (starttls, tls, none) in one address."""
    host = os.environ.get("EMAIL_HOST", "")
    if not host:
        return ""
    schemes = {"starttls": "smtp", "tls": "smtps", "none": "smtp+plain"}
    security = env_str("EMAIL_SECURITY", "starttls")
    if security not in schemes:
        raise ImproperlyConfigured(f"EMAIL_SECURITY={security!r} is none of starttls, tls, none.")
    name, password = (percent(os.environ.get(key, "")) for key in ("EMAIL_USER", "EMAIL_PASSWORD"))
    port = os.environ.get("EMAIL_PORT", "")
    return (
        f"{schemes[security]}://"
        + (f"{name}:{password}@" if name else "")
        + host
        + (f":{port}" if port else "")
    )


def percent(text: str) -> str:
    """Every character that an address would read as its own."""
    return "".join(
        char if char.isalnum() else "".join(f"%{byte:02X}" for byte in char.encode()) for char in text
    )


def by_url(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise ImproperlyConfigured(f"EMAIL_URL cannot be read: {WRITE_LIKE}.") from fault
    if parts.scheme in SECURITY:
        return smtp(parts, port)
    if parts.scheme in PROVIDERS:
        return provider(parts)
    if parts.scheme == "file":
        return {"MAIL_BACKEND": SINK, "MAIL_FOLDER": Path(unquote(parts.path))}
    known = ", ".join([*SECURITY, *PROVIDERS])
    raise ImproperlyConfigured(f"EMAIL_URL begins with none of {known}: {WRITE_LIKE}.")


def smtp(parts: SplitResult, port: int | None) -> dict[str, Any]:
    host, password = parts.hostname or "", unquote(parts.password or "")
    if not host:
        raise ImproperlyConfigured(f"EMAIL_URL names no server: {WRITE_LIKE}.")
    if password and parts.scheme == "smtp+plain" and host not in LOOPBACK:
        raise ImproperlyConfigured("EMAIL_URL would send the password unencrypted: use smtp:// or smtps://.")
    default_port, security = SECURITY[parts.scheme]
    return {
        "MAIL_BACKEND": SMTP,
        "EMAIL_HOST": host,
        "EMAIL_PORT": port or default_port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": password,
    } | security


def provider(parts: SplitResult) -> dict[str, Any]:
    anymail = {}
    for part, name in PROVIDERS[parts.scheme].items():
        anymail[name] = unquote(getattr(parts, part) or "")
        if not anymail[name]:
            example = "mailgun://KEY@mg.example.com or postmark://TOKEN@"
            raise ImproperlyConfigured(f"EMAIL_URL holds no {name}: write it like {example}.")
    return {
        "MAIL_BACKEND": f"anymail.backends.{parts.scheme}.EmailBackend",
        "ANYMAIL": anymail | {"REQUESTS_TIMEOUT": (5, 25)},
    }


def demo_sink(var_dir: Path) -> dict[str, Any]:
    """The demo writes its mails into a folder, and its ledger says so."""
    note = "The demo sends no mail: it was written to a file in VAR_DIR/mail."
    backend = {"MAIL_BACKEND": SINK, "MAIL_FOLDER": var_dir / "mail"}
    return backend | sender("Tenure <crm@tenure.example>") | {"MAIL_NOTE": note}


def sender(address: str) -> dict[str, Any]:
    domain = parseaddr(address)[1].rpartition("@")[2]
    return {"DEFAULT_FROM_EMAIL": address, "MAIL_DOMAIN": domain, "MAIL_NOTE": ""}


def oauth_settings() -> dict[str, dict[str, Any]]:
    """The providers of mailboxes that the operator has registered this program with."""
    found: dict[str, dict[str, Any]] = {}
    if client := oauth_client("GOOGLE"):
        found["google"] = client | {
            "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
            "token_url": "https://oauth2.googleapis.com/token",
            "scope": "https://mail.google.com/",
            "imap_host": "imap.gmail.com",
            "smtp_host": "smtp.gmail.com",
            "extra": (("access_type", "offline"), ("prompt", "consent")),
        }
    if client := oauth_client("MICROSOFT"):
        tenant = env_str("MICROSOFT_TENANT", "common")
        base = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0"
        found["microsoft"] = client | {
            "authorize_url": f"{base}/authorize",
            "token_url": f"{base}/token",
            "scope": "offline_access https://outlook.office.com/IMAP.AccessAsUser.All "
            "https://outlook.office.com/SMTP.Send",
            "imap_host": "outlook.office365.com",
            "smtp_host": "smtp.office365.com",
        }
    return found


def oauth_client(name: str) -> dict[str, str]:
    client_id, secret = (os.environ.get(f"{name}_CLIENT_{word}", "") for word in ("ID", "SECRET"))
    if bool(client_id) != bool(secret):
        raise ImproperlyConfigured(f"Set both {name}_CLIENT_ID and {name}_CLIENT_SECRET, or neither.")
    return {"client_id": client_id, "client_secret": secret} if client_id else {}
