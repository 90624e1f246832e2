"""Strict readers of environment variables: a value that cannot be read stops the start, in plain words."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def env_str(name: str, default: str) -> str:
    return os.environ.get(name, "") or default


def env_bool(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE | FALSE:
        return value.lower() in TRUE
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no: set it to 1 or 0.")


def env_int(name: str, default: int) -> int:
    value = os.environ.get(name, "") or str(default)
    if value.isdecimal():
        return int(value)
    raise ImproperlyConfigured(
        f"{name}={value!r} is not a whole number: set it to one, for example {default}."
    )


def env_list(name: str, default: list[str], *, required: bool) -> list[str]:
    value = os.environ.get(name, "")
    if value:
        return [item.strip() for item in value.split(",") if item.strip()]
    if required:
        raise ImproperlyConfigured(f"{name} is not set: in production give the names this server answers to.")
    return default


def secret_key(var_dir: Path, *, production: bool) -> str:
    """SECRET_KEY from the environment; outside production one is drawn once and kept in VAR_DIR."""
    value = os.environ.get("SECRET_KEY", "")
    if value:
        if production and len(value) < 40:
            raise ImproperlyConfigured("SECRET_KEY is too short: give at least 40 random characters.")
        return value
    if production:
        raise ImproperlyConfigured("SECRET_KEY is not set: give at least 40 random characters.")
    path = var_dir / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


def database(url: str, *, pool_size: int) -> dict[str, Any]:
    """A Django DATABASES entry for a postgresql:// address; there is no second dialect."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            "DATABASE_URL must start with postgresql:// - Tenure runs on PostgreSQL only."
        )
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or parts.hostname or ""
    if env_bool("DATABASE_POOL", default=False):
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    limit = env_int("DATABASE_STATEMENT_TIMEOUT_MS", 0)
    if limit:
        options["options"] = f"-c statement_timeout={limit}"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,
    }
