"""Settings: one file; what differs between installations comes from the environment.

XINGKE_DATA          folder for the database, keys, columns and attachments (default: var/ in the working folder)
XINGKE_DATABASE_URL  postgres://user:password@host:port/name (default: SQLite in the data folder)
XINGKE_HOSTS         comma-separated host names the site answers to (default: 127.0.0.1, localhost)
XINGKE_HTTPS         1 when served behind TLS: secure cookies and HSTS
XINGKE_PROXIES       how many of our own reverse proxies stand before the site (default 0): the address of a visitor is then
                     the one the outermost of them put into X-Forwarded-For
XINGKE_LOG           json: one JSON object per line on stderr instead of text
XINGKE_SITE          address of the site as messages name it: https://xingke.example.gov.cn (default: the first of XINGKE_HOSTS)
XINGKE_SMTP_URL      smtp://user:password@host:587 (STARTTLS), smtps://… (TLS at once) or smtp+plain://… (neither); default: none,
                     and no mail is sent
XINGKE_MAIL_FROM     whom mail is from: xingke@example.gov.cn; asked for with XINGKE_SMTP_URL
XINGKE_WEBHOOK_NETWORKS  comma-separated networks of the house a webhook may lead into: 10.1.2.0/24 (default: none)
XINGKE_KEEP          after how many days what ends by itself ends: drafts=30,sign-ins=200 (default: as docs/deployment.md says)
PORT                 port of ``xingke demo`` (default 8000)
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from xingke.base import files
from xingke.notices.rules.addresses import networks

# Connections of one process: as many as it has threads, so that nobody waits for one but while the database is away, and
# then for two seconds only; whoever asks next tries anew.
POOL = {"min_size": 1, "max_size": 10, "timeout": 2, "reconnect_timeout": 2}
PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("XINGKE_DATA", "var")).resolve()


def _secret_key() -> str:
    """The key of this installation, made once and kept in the data folder, readable by its owner only.

    It gets its name when all of it is on disk; an empty file, which a full disk or a kill left, is none.
    """
    path = DATA / "secret.key"
    if not path.exists() or not path.stat().st_size:
        DATA.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.unlink()
        with suppress(FileExistsError):  # another process made it in this moment
            files.create(path, secrets.token_urlsafe(50))
    return path.read_text()


def _database() -> dict[str, Any]:  # Django's own shape
    url = os.environ.get("XINGKE_DATABASE_URL", "")
    if not url:
        DATA.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "xingke.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,  # seconds a writer waits for another
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
            },
            # A file, not memory: other connections and processes of the tests must see what was committed.
            "TEST": {"NAME": DATA / "test.sqlite3"},
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"XINGKE_DATABASE_URL begins with {parts.scheme!r}; only postgres:// is known")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,  # one that died while it lay in the pool is not handed out
        "OPTIONS": {"pool": POOL, "connect_timeout": 3, **dict(parse_qsl(parts.query))},
    }


def _proxies() -> int:
    text = os.environ.get("XINGKE_PROXIES", "0").strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text) < 10):
        raise ValueError(f"XINGKE_PROXIES 写成了“{text}”；应写网站前面自己的反向代理有几层：0、1、2……")
    return int(text)


def _retention() -> dict[str, int]:
    """After how many days what ends by itself ends, where the installation says so: ``drafts=30,sign-ins=200``."""
    found: dict[str, int] = {}
    for part in filter(None, (each.strip() for each in os.environ.get("XINGKE_KEEP", "").split(","))):
        code, _sign, days = (each.strip() for each in part.partition("="))
        if not code or not (days.isascii() and days.isdigit() and len(days) < 6):
            raise ValueError(f"XINGKE_KEEP 里的“{part}”看不懂；应写成“drafts=30,sign-ins=200”这样，等号后面是天数")
        found[code] = int(days)
    return found


def _mail() -> dict[str, Any]:
    """The mail server as Django has it; empty for none."""
    url = os.environ.get("XINGKE_SMTP_URL", "")
    if not url:
        return {}
    parts = urlsplit(url)
    ports = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
    if parts.scheme not in ports or not parts.hostname:
        raise ValueError("XINGKE_SMTP_URL 应写成 smtp://用户:口令@主机:端口、smtps://… 或 smtp+plain://…")
    if not os.environ.get("XINGKE_MAIL_FROM"):
        raise ValueError("设了 XINGKE_SMTP_URL，还要用 XINGKE_MAIL_FROM 写明发件地址")
    return {
        "host": parts.hostname,
        "port": parts.port or ports[parts.scheme],
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "starts_tls": parts.scheme == "smtp",
        "is_tls": parts.scheme == "smtps",
    }


DEBUG = False
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("XINGKE_HOSTS", "127.0.0.1,localhost").split(",")
HTTPS = os.environ.get("XINGKE_HTTPS") == "1"
PROXIES = _proxies()
DATABASES = {"default": _database()}
CACHES = {  # in each process its own: nothing in it is taken for true before the database was asked for the last change
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 1_000}}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "template_partials",
    "axes",
    "xingke.base",
    "django.forms",  # after base: its field template is ours
    "xingke.accounts",
    "xingke.registry",
    "xingke.notices",
    "xingke.ledger",
    "xingke.intake",
    "xingke.casework",
    "xingke.funds",
    "xingke.letters",
    "xingke.indicators",
    "xingke.reports",
    "xingke.archive",
    "xingke.search",
    "xingke.portal",
    "xingke.demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "xingke.base.middleware.security_headers",
    "xingke.base.compressing.Compressed",  # inside the former: what says no-store here says it of itself
    "xingke.base.failing.watched",
    "xingke.base.remembering.within_request",
    "xingke.base.middleware.no_null_characters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "xingke.accounts.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "xingke.accounts.middleware.sliding",
    "xingke.accounts.middleware.SignedIn",
    "xingke.accounts.middleware.own_password",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "xingke.accounts.middleware.bounded",
]
ROOT_URLCONF = "xingke.config.urls"
ASGI_APPLICATION = "xingke.config.asgi.application"
WSGI_APPLICATION = "xingke.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "xingke.portal.context.page",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "xingke.accounts.passwords.NotLikeTheAccount", "OPTIONS": {"user_attributes": ("username", "name")}},
    {"NAME": "xingke.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "xingke.accounts.passwords.NotCommon"},
    {"NAME": "xingke.accounts.passwords.NotOnlyDigits"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "portal:workbench"
LOGOUT_REDIRECT_URL = "accounts:sign-in"

# Five failures of one account from one address close the door for a quarter of an hour (GB/T 22239, 身份鉴别); trying on
# meanwhile does not keep it closed. See accounts/locking.py.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "xingke.accounts.locking.Handler"
AXES_LOCKOUT_PARAMETERS = "xingke.accounts.locking.parameters"
AXES_CLIENT_IP_CALLABLE = "xingke.accounts.browsers.address_of"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "kept"]
AXES_LOCKOUT_CALLABLE = "xingke.accounts.views.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 8 * 3600  # after the last use, see accounts.middleware.sliding
SESSION_COOKIE_NAME = "xingke_session"
CSRF_COOKIE_NAME = "xingke_csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "xingke.portal.views.csrf_failure"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "xingke_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # nobody asks for the others, and each would be compressed too
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # the editor sends two for each paragraph that is typed
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FORM_LIMIT = 2**20  # bytes that somebody who is not signed in may send
UPLOAD_LIMIT = 210 * 2**20  # and somebody who is: ten files of evidence of 20 MB each, and what goes with them

RETENTION = _retention()
_MAIL = _mail()
MAIL = bool(_MAIL)  # whether any is sent
EMAIL_HOST, EMAIL_PORT = _MAIL.get("host", ""), _MAIL.get("port", 25)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.get("user", ""), _MAIL.get("password", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.get("starts_tls", False), _MAIL.get("is_tls", False)
DEFAULT_FROM_EMAIL = os.environ.get("XINGKE_MAIL_FROM", "")
WEBHOOK_NETWORKS = networks(os.environ.get("XINGKE_WEBHOOK_NETWORKS", "").split(","))
SITE = os.environ.get("XINGKE_SITE", "").rstrip("/") or f"http{'s' if HTTPS else ''}://{ALLOWED_HOSTS[0]}"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"hiding": {"()": "xingke.config.logs.Hiding"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["hiding"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "ERROR"},
        "psycopg.pool": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "ERROR"},
    },
}
