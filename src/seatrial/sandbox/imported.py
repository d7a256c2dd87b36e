"""What a program imports and does not ask for: had by its name only where everybody means the same by it."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from seatrial.sandbox.texts import own_modules, texts

_IMPORT = re.compile(r"^(?:from[ \t]+(\w[\w.]*)|import[ \t]+(\w[\w., \t]*))", re.MULTILINE)
_OF_GOOGLE = re.compile(r"^from[ \t]+(google(?:\.cloud)?)[ \t]+import[ \t]+(\w+)", re.MULTILINE)
_ASIDE = frozenset(
    {
        *("tests", "test", "docs", "doc", "examples", "scripts", "tools", "bin", "notebooks", "benchmarks"),
        *("node_modules", "site-packages", "venv", ".venv", "env", ".git", "frontend", "migrations", "deploy"),
    }
)
_OTHERWISE = {
    "allauth": "django-allauth",
    "apispec": "apispec",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "corsheaders": "django-cors-headers",
    "crispy_bootstrap5": "crispy-bootstrap5",
    "crispy_forms": "django-crispy-forms",
    "Crypto": "pycryptodome",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "debug_toolbar": "django-debug-toolbar",
    "decouple": "python-decouple",
    "ckeditor": "django-ckeditor",
    "dj_database_url": "dj-database-url",
    "django_celery_beat": "django-celery-beat",
    "django_celery_results": "django-celery-results",
    "django_extensions": "django-extensions",
    "django_filters": "django-filter",
    "django_redis": "django-redis",
    "docx": "python-docx",
    "dotenv": "python-dotenv",
    "drf_spectacular": "drf-spectacular",
    "drf_yasg": "drf-yasg",
    "environ": "django-environ",
    "easy_thumbnails": "easy-thumbnails",
    "fastapi_cache": "fastapi-cache2",
    "fastapi_limiter": "fastapi-limiter",
    "faiss": "faiss-cpu",
    "fitz": "pymupdf",
    "flask_admin": "flask-admin",
    "flask_bcrypt": "flask-bcrypt",
    "flask_babel": "flask-babel",
    "flask_caching": "flask-caching",
    "flask_compress": "flask-compress",
    "flask_cors": "flask-cors",
    "flask_httpauth": "flask-httpauth",
    "flask_jwt_extended": "flask-jwt-extended",
    "flask_limiter": "flask-limiter",
    "flask_login": "flask-login",
    "flask_mail": "flask-mail",
    "flask_marshmallow": "flask-marshmallow",
    "flask_migrate": "flask-migrate",
    "flask_moment": "flask-moment",
    "flask_pymongo": "flask-pymongo",
    "flask_restful": "flask-restful",
    "flask_restx": "flask-restx",
    "flask_session": "flask-session",
    "flask_smorest": "flask-smorest",
    "flask_socketio": "flask-socketio",
    "flask_sqlalchemy": "flask-sqlalchemy",
    "flask_talisman": "flask-talisman",
    "flask_wtf": "flask-wtf",
    "google_auth_oauthlib": "google-auth-oauthlib",
    "googleapiclient": "google-api-python-client",
    "grpc": "grpcio",
    "import_export": "django-import-export",
    "imagekit": "django-imagekit",
    "itsdangerous": "itsdangerous",
    "jose": "python-jose[cryptography]",
    "jwt": "pyjwt",
    "langchain_community": "langchain-community",
    "langchain_core": "langchain-core",
    "langchain_openai": "langchain-openai",
    "ldap3": "ldap3",
    "magic": "python-magic",
    "mptt": "django-mptt",
    "multipart": "python-multipart",
    "MySQLdb": "mysqlclient",
    "ninja": "django-ninja",
    "OpenSSL": "pyopenssl",
    "passlib": "passlib[bcrypt]",
    "phonenumber_field": "django-phonenumber-field[phonenumberslite]",
    "PIL": "pillow",
    "pkg_resources": "setuptools<81",
    "prometheus_client": "prometheus-client",
    "prometheus_fastapi_instrumentator": "prometheus-fastapi-instrumentator",
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "pydantic_settings": "pydantic-settings",
    "pythonjsonlogger": "python-json-logger",
    "rest_framework": "djangorestframework",
    "rest_framework_simplejwt": "djangorestframework-simplejwt",
    "simple_history": "django-simple-history",
    "serial": "pyserial",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "socketio": "python-socketio",
    "sse_starlette": "sse-starlette",
    "storages": "django-storages",
    "taggit": "django-taggit",
    "telegram": "python-telegram-bot",
    "tinymce": "django-tinymce",
    "typing_extensions": "typing-extensions",
    "user_agents": "user-agents",
    "widget_tweaks": "django-widget-tweaks",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
"""Modules that are called otherwise than what brings them."""
_NAMES = """
aiofiles aiohttp aiomysql aioredis aiosmtplib aiosqlite alembic anthropic anyio apscheduler arq asyncpg authlib
babel bcrypt beanie bleach boto3 botocore cachetools celery certifi channels
chromadb click colorama cryptography dill
daphne discord django djoser dramatiq email_validator elasticsearch eventlet faker fastapi fastapi_mail
fastapi_pagination
fastapi_users feedparser firebase_admin flask ftfy gevent gradio greenlet gunicorn h11 html5lib httpcore httpx
huggingface_hub humanize hypercorn isodate jinja2 joblib jsonschema kafka kombu langchain langgraph limits litellm
loguru lxml mako markdown marshmallow matplotlib mcp minio mongoengine motor msgpack mutagen networkx nltk numpy
odmantic openai openpyxl orjson packaging pandas paramiko passlib peewee pika plotly polars psutil pyarrow pydantic
pygments pymongo pymysql pyotp pypdf pytz qdrant_client qrcode quart rapidfuzz redis regex reportlab requests rich
rq schedule scipy seaborn selenium sentry_sdk shapely simplejson six slowapi sqlalchemy sqlalchemy_utils sqlmodel
sqlparse starlette streamlit stripe structlog strawberry tabulate tenacity tiktoken toml tornado tortoise tqdm
twilio typer ujson uvicorn uvloop validators watchdog weasyprint websocket websockets werkzeug whitenoise wtforms
xlrd xlsxwriter xmltodict yarl zstandard
"""
_ALIKE = frozenset(_NAMES.split())
_SHARED = {
    "azure.identity": "azure-identity",
    "azure.storage.blob": "azure-storage-blob",
    "google.auth": "google-auth",
    "google.cloud.bigquery": "google-cloud-bigquery",
    "google.cloud.firestore": "google-cloud-firestore",
    "google.cloud.storage": "google-cloud-storage",
    "google.genai": "google-genai",
    "google.generativeai": "google-generativeai",
    "google.oauth2": "google-auth",
    "google.protobuf": "protobuf",
    "opentelemetry": "opentelemetry-api",
    "opentelemetry.exporter.otlp": "opentelemetry-exporter-otlp",
    "opentelemetry.sdk": "opentelemetry-sdk",
}
"""Packages that several distributions share, each with the one that brings it."""
_INSTRUMENTED = re.compile(r"opentelemetry\.instrumentation\.(\w+)")
_SAID = {"tortoise": "tortoise-orm", "strawberry": "strawberry-graphql", "kafka": "kafka-python"}
_SAID |= {"discord": "discord.py", "websocket": "websocket-client"}


def brought_by(module: str) -> str:
    """What brings a module, dotted, as a requirement, where everybody means the same by its name; empty if unknown."""
    if found := _INSTRUMENTED.match(module):
        return f"opentelemetry-instrumentation-{found[1].replace('_', '-')}"
    parts = module.split(".")
    longest = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
    if shared := next((_SHARED[one] for one in longest if one in _SHARED), ""):
        return shared
    return _OTHERWISE.get(parts[0]) or (_SAID.get(parts[0], parts[0].replace("_", "-")) if parts[0] in _ALIKE else "")


def imported(root: Path) -> dict[str, str]:
    """The modules of others that the program at `root` imports as it is loaded, with what is known to bring each."""
    own = own_modules(root) | sys.stdlib_module_names
    named = {name for _, text in texts(root, (".py",), _ASIDE) for name in _named(text)}
    theirs = [name for name in sorted(named) if name.partition(".")[0] not in own and brought_by(name)]
    shared = {one.partition(".")[0] for one in _SHARED}
    found = {name if (top := name.partition(".")[0]) in shared else top: brought_by(name) for name in theirs}
    return {name: said for name, said in found.items() if said not in [found[one] for one in found if one < name]}


def _named(text: str) -> Iterator[str]:
    """The modules, dotted, that a text imports outside of functions and of what may fail."""
    yield from (f"{package}.{name}" for package, name in _OF_GOOGLE.findall(text))
    for one, several in _IMPORT.findall(text):
        yield from [one] if one else (part.split()[0] for part in several.split(",") if part.strip())
