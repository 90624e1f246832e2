"""All configuration of Tenure, read strictly from the environment in this one file.

A setting that is unsafe or unreadable stops the start with one sentence that says what to do.
"""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from crm import embedded
from crm.api.configuration import *  # noqa: F403 - what the libraries below the API read
from crm.composition import *  # noqa: F403 - the lists by which lower floors reach upper ones
from crm.environment import database, env_bool, env_int, env_list, env_str, secret_key
from crm.mail.configuration import mail_settings, oauth_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env_str("VAR_DIR", str(BASE_DIR / "var"))).resolve()

# --- What kind of installation this is -------------------------------------------------------------
DEMO = env_bool("DEMO", default=False)
PRODUCTION = env_bool("PRODUCTION", default=False)
DEBUG = env_bool("DEBUG", default=False)
HOST = env_str("HOST", "127.0.0.1")
LOOPBACK = HOST in {"127.0.0.1", "localhost", "::1"}
PUBLIC_URL = env_str("PUBLIC_URL", "")
# what the links of mails begin with
SITE_URL = PUBLIC_URL.rstrip("/") or f"http://localhost:{env_int('PORT', 8000)}"
SECRET_KEY = secret_key(VAR_DIR, production=PRODUCTION)
ALLOWED_HOSTS = env_list(
    "ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver"], required=PRODUCTION
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

# --- Servers ---------------------------------------------------------------------------------------
DATABASE_URL, REDIS_URL = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
if not (DATABASE_URL and REDIS_URL):
    embedded_database, embedded_redis = embedded.connection_urls(VAR_DIR)
    DATABASE_URL, REDIS_URL = DATABASE_URL or embedded_database, REDIS_URL or embedded_redis
WEB_THREADS = env_int("WEB_THREADS", 2)
DATABASES: dict[str, Any] = {"default": database(DATABASE_URL, pool_size=WEB_THREADS + 2)}
# in the database, so that nobody is kept from signing in while the broker is down
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "crm_cache"}}

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 1.5,  # a request that nudges a broker which hangs waits so long, once in half a minute
    "socket_connect_timeout": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Applications, from the ground floor up -----------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.forms",
    "django_htmx",
    "django_filters",
    "template_partials",
    "django_prometheus",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "crm",
    "crm.staff",
    "crm.company",
    "crm.access",
    "crm.audit",
    "crm.money",
    "crm.jobs",
    "crm.mail",
    "crm.backup",
    "crm.calendars",
    "crm.assignment",
    "crm.publicforms",
    "crm.search",
    "crm.fields",
    "crm.layouts",
    "crm.lists",
    "crm.bulk",
    "crm.api",
    "crm.submissions",
    "crm.notifications",
    "crm.bookmarks",
    "crm.automation",
    "crm.imports",
    "crm.demo",
    "contacts",
    "sales",
    "analytics",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "crm.api.middleware.ProblemMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads pages at random, so that their length tells no secret
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "crm.access.uploads.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "crm.access.middleware.SignedInMiddleware",
    "crm.administration.setup_middleware.SetupMiddleware",
    "crm.staff.middleware.LastSeenMiddleware",
    "crm.audit.middleware.OriginMiddleware",
    "crm.access.preview_middleware.PreviewMiddleware",
    "crm.company.middleware.TimeZoneMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.context.chrome",
            ],
            "builtins": ["crm.templatetags.crm", "django.templatetags.i18n"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- Words, time, numbers ---------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files, uploads -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static" / "build"] if (BASE_DIR / "static" / "build").is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "crm.assets.AssetStorage"},
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000
MEDIA_ROOT = Path(env_str("MEDIA_ROOT", str(VAR_DIR / "media")))
BACKUP_DIR = Path(env_str("BACKUP_DIR", str(VAR_DIR / "backups")))
POSTGRES_BIN = env_str("POSTGRES_BIN", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
ATTACHMENT_LIMIT_BYTES = env_int("ATTACHMENT_LIMIT_MB", 25) * 1024 * 1024
ATTACHMENTS_LIMIT_BYTES = env_int("ATTACHMENTS_LIMIT_MB", 100) * 1024 * 1024
UPLOAD_LIMIT_BYTES = env_int("UPLOAD_LIMIT_MB", 256) * 1024 * 1024

# --- Mail: what is sent goes through the ledger (crm.mail), which hands it to MAIL_BACKEND in a job ---------------
EMAIL_BACKEND = "crm.mail.backend.LedgerBackend"
MAIL = mail_settings(demo=DEMO, var_dir=VAR_DIR)
MAIL_BACKEND: str = MAIL["MAIL_BACKEND"]
MAIL_DOMAIN: str = MAIL["MAIL_DOMAIN"]
MAIL_NOTE: str = MAIL["MAIL_NOTE"]
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL["DEFAULT_FROM_EMAIL"]
EMAIL_HOST: str = MAIL.get("EMAIL_HOST", "")
EMAIL_PORT: int = MAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER: str = MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD: str = MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS: bool = MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL: bool = MAIL.get("EMAIL_USE_SSL", False)
MAIL_FOLDER: Path = MAIL.get("MAIL_FOLDER", VAR_DIR / "mail")
EMAIL_TIMEOUT = 30
MAILBOX_HOSTS = env_list("MAILBOX_HOSTS", [], required=False)  # mail servers within our own network
MAILBOX_TIMEOUT, MAILBOX_SECONDS = 20, 120  # of one answer, of one visit
MAIL_OAUTH = oauth_settings()
ANYMAIL: dict[str, Any] = MAIL.get("ANYMAIL", {})

# --- Sign-in ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "crm.staff.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "10/m/ip,5/5m/key"}
# whose word on the client's address counts: so many proxies stand in front
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 1 if PRODUCTION else 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "Tenure"
USERSESSIONS_TRACK_ACTIVITY = False
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- Security ------------------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "crm.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
    }
}

# --- The API -----------------------------------------------------------------------------------------------------
API_REQUESTS_PER_MINUTE = env_int("API_REQUESTS_PER_MINUTE", 600)

# --- Work in the background ----------------------------------------------------------------------------------------
READY_QUEUE_SECONDS = env_int("READY_QUEUE_SECONDS", 900)
METRICS_TOKEN = env_str("METRICS_TOKEN", "")
JOB_STALE_SECONDS = env_int("JOB_STALE_SECONDS", 120)
AUTOMATION_RUNS_PER_HOUR = env_int("AUTOMATION_RUNS_PER_HOUR", 5_000)  # more ask to be confirmed
OUTGOING_LOOPBACK = False  # only tests call their own machine

# --- Logs ------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"not_ready": {"()": "crm.health.logs.NotReadyFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["not_ready"]}},
    "root": {"handlers": ["stderr"], "level": env_str("LOG_LEVEL", "INFO")},
    "loggers": {"django.security.DisallowedHost": {"level": "CRITICAL"}},
}
