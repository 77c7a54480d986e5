"""Settings of one installation. Everything that differs between installations comes from ``JIYUE_*`` variables;
without any, an installation lives below ``var/`` on SQLite and files. See docs/reference/settings.md."""

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _


def env(name: str, default: str = "") -> str:
    return os.environ.get(f"JIYUE_{name}", default)


def flag(name: str, *, default: bool = False) -> bool:
    return env(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def _secret(path: Path) -> str:
    """The installation's own random key, made at first use and readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
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
        "CONN_MAX_AGE": 600,
    }


BASE = Path(__file__).resolve().parent
HOME = Path(env("HOME") or BASE.parent / "var").resolve()
DEMO = flag("DEMO")
DEBUG = False

SECRET_KEY = env("SECRET_KEY") or _secret(HOME / "keys" / "secret_key")
ALLOWED_HOSTS = [host for host in env("ALLOWED_HOSTS", "localhost,.localhost,127.0.0.1").split(",") if host]
ADMIN_HOST = env("ADMIN_HOST", "localhost")
PORT = int(env("PORT", "8000"))
BASE_URL = env("BASE_URL", f"http://{ADMIN_HOST}:{PORT}")
PUBLIC_SCHEME = "https" if flag("HTTPS") else "http"
PUBLIC_PORT = env("PUBLIC_PORT", f":{PORT}" if PUBLIC_SCHEME == "http" else "")  # with its colon, as links need it

INSTALLED_APPS = [
    "jiyue.demo",
    "jiyue.publishing",
    "jiyue.search",
    "jiyue.onboarding",
    "jiyue.content",
    "jiyue.library",
    "jiyue.websites",
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
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
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
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["jiyue.accounts.backends.MembershipBackend"]
LOGIN_URL = "wagtailadmin_login"
PASSWORD_RESET_TIMEOUT = 3 * 86400
LOGIN_REDIRECT_URL = "wagtailadmin_home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = flag("HTTPS")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # the editor shows its preview in a frame of its own host
if flag("HTTPS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000
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
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
PUBLIC_ROOT = HOME / "public"
STORE_ROOT = HOME / "store"
OFFICE_PATHS = ["admin", "documents"]  # first segments Django answers on the host of the back office only
DYNAMIC_PATHS = ["-", "search", "search.json"]  # ... and on every public host
OFFICE_THREADS = int(env("THREADS", "8"))
MAX_REQUEST_BYTES = int(env("MAX_REQUEST_BYTES", str(200 * 1024 * 1024)))
TRUSTED_PROXIES = [address for address in env("TRUSTED_PROXIES").split(",") if address]
PUBLISHING_DIGEST = env("DIGEST", "sha256")  # "sm3" where 商用密码 is demanded; docs/adr/0010

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "ENQUEUE_ON_COMMIT": True}}

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
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = True
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_USER_TIME_ZONES = ["Asia/Shanghai"]  # one zone: nobody is asked to choose
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database.fallback"}}
WAGTAILIMAGES_IMAGE_FORM_BASE = "jiyue.library.forms.PictureForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "jiyue.library.forms.AttachmentForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp", "svg"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
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
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "WARNING")},
}
SILENCED_SYSTEM_CHECKS = ["wagtailadmin.W003"]
