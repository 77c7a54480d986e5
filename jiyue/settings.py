"""Settings of one installation. Everything that differs between installations comes from ``JIYUE_*`` variables;
without any, an installation lives below ``var/`` on SQLite and files. See docs/reference/settings.md."""

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from jiyue.accounts import profiles
from jiyue.common.hosts import AllowedHosts


def env(name: str, default: str = "") -> str:
    return os.environ.get(f"JIYUE_{name}", default)


def flag(name: str, *, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _secret(path: Path) -> str:
    """The installation's own random key, made at first use and readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def _database(url: str) -> dict[str, object]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "db.sqlite3",
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",  # or concurrent editors get "database is locked"
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456;",
            },
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,  # threads live long: a connection each, without a pool between (docs/adr/0022)
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 10,
            "application_name": "jiyue",
            "options": " ".join(f"-c {name}={value}" for name, value in _limits().items()),
        },
    }


def _limits() -> dict[str, str]:
    """What one forgotten statement or dead machine may cost the others."""
    return {
        # a migration may take as long as it takes
        "statement_timeout": "0" if "migrate" in sys.argv else f"{env('STATEMENT_TIMEOUT', '120')}s",
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "10min",
        "tcp_keepalives_idle": "30",
        "tcp_keepalives_interval": "10",
        "tcp_keepalives_count": "3",
    }


def _bucket(address: str) -> dict[str, str]:
    """``https://key:secret@host/bucket/prefix`` as django-storages asks for it."""
    parts = urlsplit(address)
    bucket, _slash, prefix = parts.path.strip("/").partition("/")
    return {
        "endpoint_url": f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
        "bucket_name": bucket,
        "location": prefix,
    }


BASE = Path(__file__).resolve().parent
HOME = Path(env("HOME") or BASE.parent / "var").resolve()
DEMO = flag("DEMO")
DEBUG = False

SECRET_KEY = env("SECRET_KEY") or _secret(HOME / "keys" / "secret_key")
ALLOWED_HOSTS = [host for host in env("ALLOWED_HOSTS", "localhost,.localhost,127.0.0.1").split(",") if host]
ADMIN_HOST = env("ADMIN_HOST", "localhost")
ALLOWED_HOSTS = AllowedHosts([*ALLOWED_HOSTS, ADMIN_HOST], HOME / "public" / "hosts.json")
PORT = int(env("PORT", "8000"))
BASE_URL = env("BASE_URL", f"http://{ADMIN_HOST}:{PORT}")
PUBLIC_SCHEME = "https" if flag("HTTPS") else "http"
PUBLIC_PORT = env("PUBLIC_PORT", f":{PORT}" if PUBLIC_SCHEME == "http" else "")  # with its colon, as links need it

INSTALLED_APPS = [
    "jiyue.demo",
    "jiyue.operations",
    "jiyue.publishing",
    "jiyue.search",
    "jiyue.onboarding",
    "jiyue.content",
    "jiyue.library",
    "jiyue.websites",
    "jiyue.notices",
    "jiyue.accounts",
    "jiyue.organisations",
    "jiyue.common",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "jiyue.common.health.Probes",
    "jiyue.operations.metrics.Meter",
    "jiyue.common.origin.Origins",
    "jiyue.common.policy.OfficePolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "jiyue.accounts.network.StaffNetworks",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "jiyue.accounts.sittings.SittingGuard",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "jiyue.accounts.gate.AdminGate",
]

ROOT_URLCONF = "jiyue.urls"
WSGI_APPLICATION = "jiyue.wsgi.application"

TEMPLATES = [  # the back office asks by name and finds its own first; public pages ask their engine directly
    {
        "NAME": "django",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    {
        "NAME": "jinja2",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "jiyue.common.rendering.environment"},
    },
]

DATABASES = {"default": _database(env("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": env("CACHE_URL")}
    if env("CACHE_URL")
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Wagtail would remember renditions of a transaction that was rolled back, and not make them again.
    "renditions": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["jiyue.accounts.backends.MembershipBackend"]
LOGIN_URL = "wagtailadmin_login"
PASSWORD_RESET_TIMEOUT = 3 * 86400
LOGIN_REDIRECT_URL = "wagtailadmin_home"
PASSWORD_PROFILE = env("PASSWORD_PROFILE", "gb")
AUTH_PASSWORD_VALIDATORS, PASSWORD_MAX_DAYS = profiles.password_profile(PASSWORD_PROFILE, demo=DEMO)
SECOND_FACTOR = "off" if DEMO else env("SECOND_FACTOR", "required")
LOCKOUT_FAILURES = int(env("LOCKOUT_FAILURES", "5"))
LOCKOUT_FAILURES_ACCOUNT = int(env("LOCKOUT_FAILURES_ACCOUNT", "20"))
LOCKOUT_FAILURES_ADDRESS = int(env("LOCKOUT_FAILURES_ADDRESS", "100"))
LOCKOUT_MINUTES = int(env("LOCKOUT_MINUTES", "30"))
IDLE_MINUTES = int(env("IDLE_MINUTES", "30"))
IDLE_MINUTES_ADMINISTRATORS = int(env("IDLE_MINUTES_ADMINISTRATORS", "10"))
SESSION_HOURS = int(env("SESSION_HOURS", "12"))
SESSIONS_STAFF = int(env("SESSIONS_STAFF", "3"))
SESSIONS_ADMINISTRATORS = int(env("SESSIONS_ADMINISTRATORS", "1"))
IDLE_DAYS = 0 if DEMO else int(env("IDLE_DAYS", "45"))
STAFF_NETWORKS = profiles.networks(env("STAFF_NETWORKS"))
ROLE_NETWORKS = profiles.networks_by_role(env("ROLE_NETWORKS"))
OIDC_ISSUER = env("OIDC_ISSUER")
OIDC_CLIENT_ID = env("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env("OIDC_CLIENT_SECRET")
OIDC_SCOPE = env("OIDC_SCOPE", "openid profile email")
OIDC_CLAIM = env("OIDC_CLAIM", "preferred_username")
OIDC_STRONG = [value for value in env("OIDC_STRONG").split(",") if value]
OIDC_ADMINISTRATORS = flag("OIDC_ADMINISTRATORS")
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = flag("HTTPS")
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the editor shows its preview in a frame of its own host
if flag("HTTPS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"  # for this host alone, encrypted only
    CSRF_TRUSTED_ORIGINS = [BASE_URL]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LOCALE_PATHS = [BASE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
MEDIA_URL = "/admin/media/"
MEDIA_ROOT = HOME / "media"
STORAGES = {
    "default": {"BACKEND": "jiyue.common.objects.MediaStorage", "OPTIONS": _bucket(env("MEDIA_S3"))}
    if env("MEDIA_S3")
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
PUBLIC_ROOT = HOME / "public"
STORE_ROOT = HOME / "store"
STORE_S3 = _bucket(env("STORE_S3")) if env("STORE_S3") else None
OFFICE_PATHS = ["admin", "documents"]  # first segments Django answers on the host of the back office only
DYNAMIC_PATHS = ["-", "search", "search.json"]  # ... and on every public host
OFFICE_THREADS = int(env("THREADS", "8"))
MAX_REQUEST_BYTES = int(env("MAX_REQUEST_BYTES", str(200 * 1024 * 1024)))
TRUSTED_PROXIES = [address for address in env("TRUSTED_PROXIES").split(",") if address]
RATES = {  # tokens and seconds, for each client: common/limits.py. 0 tokens: no limit
    "search": (int(env("SEARCH_RATE", "120")), 60),
    "upload": (int(env("UPLOAD_RATE", "600")), 3600),
    "first_password": (30, 600),
}
CLAMD = env("CLAMD")  # host:port, or the path of a socket file
PUBLISHING_DIGEST = env("DIGEST", "sha256")  # "sm3" where 商用密码 is demanded; docs/adr/0010

AUDIT_DAYS = int(env("AUDIT_DAYS", "400"))  # not below 183: docs/reference/audit.md
AUDIT_ANCHOR = env("AUDIT_ANCHOR")  # a file on another mount, or "|" and a command that reads lines
BACKUP_TO = Path(env("BACKUP_TO") or HOME / "backups")  # a disk of its own, better another machine's
BACKUP_KEY = Path(env("BACKUP_KEY") or HOME / "keys" / "backup.secret")
BACKUP_CRON = env("BACKUP_CRON", "5 * * * *")  # empty: somebody else starts `jiyue backup`
BACKUP_KEEP = int(env("BACKUP_KEEP", "48"))  # the newest ones; of the 30 days before, the last of each day
BACKUP_CIPHER = env("BACKUP_CIPHER", "aes-256-gcm")  # "sm4-gcm" where 商用密码 is demanded
DRILL_CRON = env("DRILL_CRON", "40 3 * * 0")
NGINX = Path(env("NGINX")) if env("NGINX") else None  # the configuration `jiyue nginx --output` has written
METRICS_TOKEN = env("METRICS_TOKEN")  # empty: /-/metrics does not exist
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(HOME / "metrics"))  # read by prometheus-client on import
ALARM_HOOK = env("ALARM_HOOK")  # an address alarms are posted to, or a command that reads them

QUEUE_URL = env("QUEUE_URL")  # Redis brings the news of a task; without it workers ask the database
TASKS = {"default": {"BACKEND": f"{'jiyue.common.queue.Redis' if QUEUE_URL else 'django_tasks_db.Database'}Backend"}}
WEB_PROCESSES = int(env("WEB_PROCESSES", "1"))  # of `jiyue up`
WORKER_PROCESSES = int(env("WORKER_PROCESSES", "1"))

WAGTAIL_SITE_NAME = env("PLATFORM_NAME", "政府网站集约化平台")
WAGTAIL_PAGE_MODEL = "library.BasePage"
WAGTAILIMAGES_IMAGE_MODEL = "library.Picture"
WAGTAILDOCS_DOCUMENT_MODEL = "library.Attachment"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_CONTENT_LANGUAGES = [("zh-hans", "简体中文")]
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
WAGTAIL_I18N_ENABLED = False
WAGTAIL_WORKFLOW_ENABLED = False  # the review chain is ours: docs/adr/0003
WAGTAIL_MODERATION_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # our own screen, with profile, history and trail
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILADMIN_RICH_TEXT_EDITORS = {"default": {"WIDGET": "jiyue.common.rich_text.RichTextArea"}}
WAGTAIL_USER_TIME_ZONES = ["Asia/Shanghai"]  # one zone: nobody is asked to choose
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database.fallback"}}
WAGTAILIMAGES_IMAGE_FORM_BASE = "jiyue.library.forms.PictureForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "jiyue.library.forms.AttachmentForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]  # SVG is refused: library/uploads.py
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILDOCS_EXTENSIONS = [
    "pdf",
    "docx",
    "xlsx",
    "pptx",
    "doc",
    "xls",
    "ppt",
    "wps",
    "ofd",
    "zip",
    "csv",
    "txt",
    "mp4",
    "mp3",
]
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []  # no page calls an outside host
TAGGIT_CASE_INSENSITIVE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "jiyue.common.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(request_number)s %(message)s",
        },
        "json": {"()": "jiyue.common.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if env("LOG_FORMAT", "line") == "json" else "line",
        }
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING")},
}
SILENCED_SYSTEM_CHECKS = [
    "wagtailadmin.W003",
    "security.W005",  # HSTS for subdomains and in browsers' lists: a decision about a domain, not about this program
    "security.W021",
    "security.W008",  # nginx leads to HTTPS (jiyue nginx)
    "security.W019",  # the editor shows its preview in a frame of its own host
]
