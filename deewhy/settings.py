"""Every setting; docs/settings.md lists those that the environment can change."""

import datetime
import os
from pathlib import Path

import environ
from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from . import binding, logs, public_address
from .cassandra.node_password import LOCAL_ROLE, local_password
from .cassandra.options import connection_options
from .private_files import kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

# Deployment

PRODUCTION = env.bool("PRODUCTION", False)
DEBUG = env.bool("DEBUG", False) and not PRODUCTION
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var")))


def required_in_production(name, development):
    """Return a variable, required in production; `development()` gives its default."""
    value = env.str(name, "")
    if value:
        return value
    if PRODUCTION:
        raise ImproperlyConfigured(
            f"PRODUCTION is set, so {name} must be set too; see docs/settings.md."
        )
    return development()


BINDING = binding.parse(env.str("BIND", "127.0.0.1:8987"))
BIND = str(BINDING)
METRICS_BIND = env.str("METRICS_BIND", "")  # none by default
SECRET_KEY = required_in_production(
    "SECRET_KEY", lambda: kept_secret(VAR_DIR / "secret-key")
)
# Where people reach the service: hosts, origins, links, cookies and TLS follow from it.
PUBLIC_URL_IS_SET = bool(env.str("PUBLIC_URL", ""))
PUBLIC_URLS = public_address.parse(
    required_in_production("PUBLIC_URL", lambda: BINDING.url)
)
PUBLIC = PUBLIC_URLS[0]
PUBLIC_URL = PUBLIC.geturl()
IS_BEHIND_TLS = PUBLIC.scheme == "https"
FORCE_SCRIPT_NAME = PUBLIC.path or None
# The local names serve the machine itself: health checks, and its own users.
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [*map(public_address.host_of, PUBLIC_URLS), *LOCAL_HOSTS]
CSRF_TRUSTED_ORIGINS = [*map(public_address.origin_of, PUBLIC_URLS)]
COOKIE_PATH = f"{PUBLIC.path}/"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = COOKIE_PATH

# Server

WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", 0)  # 0: by cores and memory

# Applications

INSTALLED_APPS = [
    "classifier",  # first: its `migrate` replaces Django's and the engine's
    "classifier.cassandra_admin",
    "django_tasks",
    "django_tasks_db",
    "classifier.jobs",  # after them: it takes their page out of the admin
    "classifier.learning",
    "classifier.own_classes",
    "classifier.limits",
    "classifier.spool",
    "classifier.webhooks",
    "classifier.api",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "classifier.two_factor",  # after them: it takes their pages out of the admin
    "axes",
    "corsheaders",
    "csp",
    "django_cassandra_engine",
    "django_guid",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django_guid.middleware.guid_middleware",  # first: log lines need the id
    "deewhy.metrics.RequestMetricsMiddleware",
    "deewhy.public_address.PublicAddressMiddleware",  # others look at the host
    "corsheaders.middleware.CorsMiddleware",
    "classifier.api.middleware.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "deewhy.permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "classifier.two_factor.middleware.TwoFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "classifier.error_pages.UnavailableMiddleware",
    "axes.middleware.AxesMiddleware",
    "classifier.limits.sign_ins.KnownBrowserMiddleware",
    "deewhy.slashes.SlashMiddleware",
]
ROOT_URLCONF = "deewhy.urls"
WSGI_APPLICATION = "deewhy.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Databases: users, sessions and the admin log in `default`, uploads in `cassandra`

CASSANDRA_HOSTS = env.list("CASSANDRA_HOSTS", default=[])
CASSANDRA_PORT = env.int("CASSANDRA_PORT", 9042)
CASSANDRA_DATACENTER = env.str("CASSANDRA_DATACENTER", "datacenter1")
CASSANDRA_KEYSPACE = env.str("CASSANDRA_KEYSPACE", "deewhy")
CASSANDRA_REPLICATION = env.int("CASSANDRA_REPLICATION", 1)
CASSANDRA_CONSISTENCY = env.str("CASSANDRA_CONSISTENCY", "LOCAL_QUORUM")
CASSANDRA_USERNAME = env.str("CASSANDRA_USERNAME", "")
CASSANDRA_PASSWORD = env.str("CASSANDRA_PASSWORD", "")
if not CASSANDRA_USERNAME and (password := local_password(VAR_DIR, CASSANDRA_HOSTS)):
    CASSANDRA_USERNAME, CASSANDRA_PASSWORD = LOCAL_ROLE, password
CASSANDRA_CA_FILE = env.str("CASSANDRA_CA_FILE", "")
CASSANDRA_TIMEOUT_S = env.float("CASSANDRA_TIMEOUT_S", 4.0)
HISTORY_SHARDS = env.int("HISTORY_SHARDS", 1)
HISTORY_DEADLINE_S = env.float("HISTORY_DEADLINE_S", 2.0)  # after it, to the spool

DATABASES = {
    "default": env.db("DATABASE_URL", f"sqlite:///{VAR_DIR}/deewhy.sqlite3"),
    "cassandra": {
        "ENGINE": "django_cassandra_engine",
        "NAME": CASSANDRA_KEYSPACE,
        "HOST": ",".join(CASSANDRA_HOSTS or ["127.0.0.1"]),
        "USER": CASSANDRA_USERNAME,
        "PASSWORD": CASSANDRA_PASSWORD,
        "OPTIONS": {
            "replication": {
                "strategy_class": "NetworkTopologyStrategy",
                CASSANDRA_DATACENTER: CASSANDRA_REPLICATION,
            },
            "connection": connection_options(
                port=CASSANDRA_PORT,
                datacenter=CASSANDRA_DATACENTER,
                consistency=CASSANDRA_CONSISTENCY,
                timeout_s=CASSANDRA_TIMEOUT_S,
                ca_file=CASSANDRA_CA_FILE,
            ),
        },
        "TEST": {"DEPENDENCIES": []},
    },
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue instead of failing with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
        "PRAGMA secure_delete=ON",  # deleted rows are overwritten
    }
# Opening SQLite's file for each request would take longer than its statements.
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
DATABASE_ROUTERS = ["deewhy.cassandra.routers.CassandraRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Pictures and networks

# TensorFlow's notes about the processor would mix with the output of every command.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(BASE_DIR / "media")))
MAX_UPLOAD_BYTES = env.int("MAX_UPLOAD_BYTES", 20 * 1024 * 1024)
MAX_UPLOAD_PIXELS = env.int("MAX_UPLOAD_PIXELS", 64_000_000)
UPLOAD_TTL_DAYS = env.int("UPLOAD_TTL_DAYS", 0)  # 0: uploads stay until deleted
FILE_UPLOAD_HANDLERS = [
    # First, because the other handlers store bytes.
    "classifier.pictures.upload_handlers.LimitUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "classifier.pictures.upload_handlers.RoomUploadHandler",
]
# Per process, which has about one core: enough to use it while some wait for the disk
# and for Cassandra. More uploads queue (deewhy/server/admission.py).
UPLOADS_AT_ONCE = env.int("UPLOADS_AT_ONCE", 4)
# Rate limit of the form per address; 0: none, as when all visitors share a proxy.
UPLOADS_PER_MINUTE = env.int("UPLOADS_PER_MINUTE", 120 if PRODUCTION else 0)
# Daily quotas of picture bytes, per sender and for all; 0: none.
UPLOAD_BYTES_PER_DAY = env.int("UPLOAD_BYTES_PER_DAY", 2**30 if PRODUCTION else 0)
UPLOAD_BYTES_PER_DAY_IN_ALL = env.int(
    "UPLOAD_BYTES_PER_DAY_IN_ALL", 20 * 2**30 if PRODUCTION else 0
)
# Free disk space that uploads must leave, so that Cassandra can go on.
DISK_RESERVE_BYTES = env.int("DISK_RESERVE_BYTES", 2**30 if PRODUCTION else 0)
CHECKPOINTS_DIR = Path(env.str("CHECKPOINTS_DIR", str(BASE_DIR / "checkpoints")))

# API

API_OPEN = env.bool("API_OPEN", not PRODUCTION)
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", 60)
API_TOKEN_CALLS_PER_MINUTE = env.int("API_TOKEN_CALLS_PER_MINUTE", 600)
PROXIES = env.int("PROXIES", 0)  # in front, each adding to X-Forwarded-For
WEBHOOK_URL = env.str("WEBHOOK_URL", "")
WEBHOOK_SECRET = env.str("WEBHOOK_SECRET", "")
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/(api/|uploads/[^/]+/(picture|preview|thumbnail|heat-map)$)"
CORS_ALLOW_HEADERS = (*default_headers, "idempotency-key")
CORS_EXPOSE_HEADERS = (
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-ID",
)

# Sign-in: guessing is rate limited per name and address in the default database.

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_HANDLER = "classifier.limits.sign_ins.NameCountingHandler"
AXES_FAILURE_LIMIT = 5
# Wrong passwords for a name in an hour, from all addresses together.
SIGN_IN_FAILURES_PER_HOUR = 50
AXES_COOLOFF_TIME = datetime.timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "classifier.limits.callers.sign_in_address"
AXES_LOCKOUT_CALLABLE = "classifier.error_pages.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # the admin log names user and action
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]  # kept out of the log
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Whether a second factor is required of staff; it is optional otherwise.
ADMIN_TWO_FACTOR = env.bool("ADMIN_TWO_FACTOR", False)
OTP_TOTP_ISSUER = f"deewhy {PUBLIC.hostname}"  # the name in the authenticator app
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Languages and times

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "classifier" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", "UTC")

# Jobs: a queue in the default database

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Static files

STATIC_URL = f"{PUBLIC.path}/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755  # static files hold no secrets
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # The manifest needs `collectstatic`; tests and `runserver` do without.
        "BACKEND": (
            "deewhy.static_files.StaticFilesStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION

# Security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:"],  # blob: previews of pictures before their upload
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "classifier.error_pages.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
if IS_BEHIND_TLS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"(^|/)healthz$", r"(^|/)readyz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# Logs: one line per event on standard error, with the id that the answer carries

LOGGING = logs.configuration(
    env.str("LOG_LEVEL", "INFO"), is_json=env.str("LOG_FORMAT", "line") == "json"
)
DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    "RETURN_HEADER": True,
    "EXPOSE_HEADER": False,  # CORS_EXPOSE_HEADERS does, for the sites that may read
    "VALIDATE_GUID": True,  # a proxy's id is taken over, if it is one
}
