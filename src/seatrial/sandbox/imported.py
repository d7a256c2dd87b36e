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
    "admin_interface": "django-admin-interface",
    "adminsortable2": "django-admin-sortable2",
    "aio_pika": "aio-pika",
    "allauth": "django-allauth",
    "anymail": "django-anymail",
    "apispec": "apispec",
    "argon2": "argon2-cffi",
    "asgi_correlation_id": "asgi-correlation-id",
    "attr": "attrs",
    "auditlog": "django-auditlog",
    "axes": "django-axes",
    "background_task": "django-background-tasks",
    "barcode": "python-barcode",
    "bootstrap4": "django-bootstrap4",
    "bootstrap_datepicker_plus": "django-bootstrap-datepicker-plus",
    "bs4": "beautifulsoup4",
    "bson": "pymongo",
    "cassandra": "cassandra-driver",
    "channels_redis": "channels-redis",
    "ckeditor": "django-ckeditor",
    "ckeditor_uploader": "django-ckeditor",
    "cloudinary_storage": "django-cloudinary-storage",
    "colorfield": "django-colorfield",
    "compressor": "django-compressor",
    "constance": "django-constance",
    "corsheaders": "django-cors-headers",
    "crispy_bootstrap5": "crispy-bootstrap5",
    "crispy_forms": "django-crispy-forms",
    "Crypto": "pycryptodome",
    "csp": "django-csp",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "dbbackup": "django-dbbackup",
    "debug_toolbar": "django-debug-toolbar",
    "decouple": "python-decouple",
    "dependency_injector": "dependency-injector",
    "dj_database_url": "dj-database-url",
    "dj_rest_auth": "dj-rest-auth",
    "django_apscheduler": "django-apscheduler",
    "django_bootstrap5": "django-bootstrap5",
    "django_celery_beat": "django-celery-beat",
    "django_celery_results": "django-celery-results",
    "django_ckeditor_5": "django-ckeditor-5",
    "django_cleanup": "django-cleanup",
    "django_countries": "django-countries",
    "django_crontab": "django-crontab",
    "django_extensions": "django-extensions",
    "django_filters": "django-filter",
    "django_fsm": "django-fsm",
    "django_htmx": "django-htmx",
    "django_otp": "django-otp",
    "django_prometheus": "django-prometheus",
    "django_q": "django-q2",
    "django_quill": "django-quill-editor",
    "django_ratelimit": "django-ratelimit",
    "django_redis": "django-redis",
    "django_rq": "django-rq",
    "django_summernote": "django-summernote",
    "django_tables2": "django-tables2",
    "dns": "dnspython",
    "docx": "python-docx",
    "docx2txt": "docx2txt",
    "dotenv": "python-dotenv",
    "drf_extra_fields": "django-extra-fields",
    "drf_spectacular": "drf-spectacular",
    "drf_yasg": "drf-yasg",
    "duckduckgo_search": "duckduckgo-search",
    "easy_thumbnails": "easy-thumbnails",
    "environ": "django-environ",
    "eth_account": "eth-account",
    "faiss": "faiss-cpu",
    "fastapi_cache": "fastapi-cache2",
    "fastapi_csrf_protect": "fastapi-csrf-protect",
    "fastapi_filter": "fastapi-filter",
    "fastapi_jwt_auth": "fastapi-jwt-auth",
    "fastapi_limiter": "fastapi-limiter",
    "fastapi_sqlalchemy": "fastapi-sqlalchemy",
    "fastapi_sso": "fastapi-sso",
    "fastapi_utils": "fastapi-utils",
    "filer": "django-filer",
    "fitz": "pymupdf",
    "flask_admin": "flask-admin",
    "flask_apscheduler": "flask-apscheduler",
    "flask_assets": "flask-assets",
    "flask_babel": "flask-babel",
    "flask_babelex": "flask-babelex",
    "flask_bcrypt": "flask-bcrypt",
    "flask_caching": "flask-caching",
    "flask_ckeditor": "flask-ckeditor",
    "flask_compress": "flask-compress",
    "flask_cors": "flask-cors",
    "flask_dance": "flask-dance",
    "flask_debugtoolbar": "flask-debugtoolbar",
    "flask_executor": "flask-executor",
    "flask_htmx": "flask-htmx",
    "flask_httpauth": "flask-httpauth",
    "flask_json": "flask-json",
    "flask_jsonrpc": "flask-jsonrpc",
    "flask_jwt_extended": "flask-jwt-extended",
    "flask_limiter": "flask-limiter",
    "flask_login": "flask-login",
    "flask_mail": "flask-mail",
    "flask_marshmallow": "flask-marshmallow",
    "flask_migrate": "flask-migrate",
    "flask_moment": "flask-moment",
    "flask_mongoengine": "flask-mongoengine",
    "flask_mysqldb": "flask-mysqldb",
    "flask_oauthlib": "flask-oauthlib",
    "flask_openapi3": "flask-openapi3",
    "flask_paginate": "flask-paginate",
    "flask_principal": "flask-principal",
    "flask_pydantic": "flask-pydantic",
    "flask_pymongo": "flask-pymongo",
    "flask_restful": "flask-restful",
    "flask_restx": "flask-restx",
    "flask_seasurf": "flask-seasurf",
    "flask_session": "flask-session",
    "flask_smorest": "flask-smorest",
    "flask_sock": "flask-sock",
    "flask_socketio": "flask-socketio",
    "flask_sqlalchemy": "flask-sqlalchemy",
    "flask_sse": "flask-sse",
    "flask_static_digest": "flask-static-digest",
    "flask_swagger_ui": "flask-swagger-ui",
    "flask_talisman": "flask-talisman",
    "flask_uploads": "flask-reuploaded",
    "flask_wtf": "flask-wtf",
    "fontawesomefree": "fontawesomefree",
    "fpdf": "fpdf2",
    "google_auth_oauthlib": "google-auth-oauthlib",
    "googleapiclient": "google-api-python-client",
    "graphene_django": "graphene-django",
    "gridfs": "pymongo",
    "grpc": "grpcio",
    "gtts": "gtts",
    "guardian": "django-guardian",
    "haystack": "django-haystack",
    "health_check": "django-health-check",
    "hijack": "django-hijack",
    "imagekit": "django-imagekit",
    "imblearn": "imbalanced-learn",
    "import_export": "django-import-export",
    "influxdb_client": "influxdb-client",
    "itsdangerous": "itsdangerous",
    "jazzmin": "django-jazzmin",
    "jose": "python-jose[cryptography]",
    "jwt": "pyjwt",
    "knox": "django-rest-knox",
    "langchain_anthropic": "langchain-anthropic",
    "langchain_chroma": "langchain-chroma",
    "langchain_community": "langchain-community",
    "langchain_core": "langchain-core",
    "langchain_google_genai": "langchain-google-genai",
    "langchain_groq": "langchain-groq",
    "langchain_huggingface": "langchain-huggingface",
    "langchain_ollama": "langchain-ollama",
    "langchain_openai": "langchain-openai",
    "langchain_text_splitters": "langchain-text-splitters",
    "ldap3": "ldap3",
    "llama_index": "llama-index",
    "location_field": "django-location-field",
    "magic": "python-magic",
    "mathfilters": "django-mathfilters",
    "model_utils": "django-model-utils",
    "modeltranslation": "django-modeltranslation",
    "mptt": "django-mptt",
    "multipart": "python-multipart",
    "multiselectfield": "django-multiselectfield",
    "mysql": "mysql-connector-python",
    "MySQLdb": "mysqlclient",
    "nested_admin": "django-nested-admin",
    "ninja": "django-ninja",
    "ninja_extra": "django-ninja-extra",
    "ninja_jwt": "django-ninja-jwt",
    "nmap": "python-nmap",
    "notifications": "django-notifications-hq",
    "oauth2_provider": "django-oauth-toolkit",
    "OpenSSL": "pyopenssl",
    "ordered_model": "django-ordered-model",
    "parler": "django-parler",
    "passlib": "passlib[bcrypt]",
    "phonenumber_field": "django-phonenumber-field[phonenumberslite]",
    "PIL": "pillow",
    "pkg_resources": "setuptools<81",
    "polymorphic": "django-polymorphic",
    "pptx": "python-pptx",
    "private_storage": "django-private-storage",
    "prometheus_client": "prometheus-client",
    "prometheus_fastapi_instrumentator": "prometheus-fastapi-instrumentator",
    "psycopg": "psycopg[binary]",
    "psycopg2": "psycopg2-binary",
    "psycopg_pool": "psycopg-pool",
    "pwa": "django-pwa",
    "pydantic_ai": "pydantic-ai",
    "pydantic_settings": "pydantic-settings",
    "PyPDF2": "pypdf2",
    "pythonjsonlogger": "python-json-logger",
    "ratelimit": "django-ratelimit",
    "recurrence": "django-recurrence",
    "rest_framework": "djangorestframework",
    "rest_framework_gis": "djangorestframework-gis",
    "rest_framework_nested": "drf-nested-routers",
    "rest_framework_simplejwt": "djangorestframework-simplejwt",
    "rest_framework_swagger": "django-rest-swagger",
    "reversion": "django-reversion",
    "rosetta": "django-rosetta",
    "sentence_transformers": "sentence-transformers",
    "serial": "pyserial",
    "silk": "django-silk",
    "simple_history": "django-simple-history",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "slugify": "python-slugify",
    "smart_selects": "django-smart-selects",
    "social_django": "social-auth-app-django",
    "socketio": "python-socketio",
    "solo": "django-solo",
    "sorl": "sorl-thumbnail",
    "speech_recognition": "speechrecognition",
    "sse_starlette": "sse-starlette",
    "storages": "django-storages",
    "taggit": "django-taggit",
    "tailwind": "django-tailwind",
    "telegram": "python-telegram-bot",
    "tinymce": "django-tinymce",
    "treebeard": "django-treebeard",
    "two_factor": "django-two-factor-auth",
    "typing_extensions": "typing-extensions",
    "unfold": "django-unfold",
    "user_agents": "user-agents",
    "viewflow": "django-viewflow",
    "waffle": "django-waffle",
    "weaviate": "weaviate-client",
    "webdriver_manager": "webdriver-manager",
    "whois": "python-whois",
    "widget_tweaks": "django-widget-tweaks",
    "yaml": "pyyaml",
    "youtube_transcript_api": "youtube-transcript-api",
    "yt_dlp": "yt-dlp",
    "zmq": "pyzmq",
}
"""Modules that are called otherwise than what brings them."""
_NAMES = """
aiofiles aiogram aiohttp aiokafka aiomysql aioredis aiosmtplib aiosqlite alembic algoliasearch anthropic anyio
apiflask apscheduler arq arrow arxiv asyncpg authlib babel bcrypt beanie bleach boto3 botocore cachetools cairosvg
catboost cattrs ccxt celery cerberus certifi channels chromadb click cloudinary cohere colorama connexion croniter
cryptography daphne databases dateparser deep_translator deepdiff dill discord django djoser dramatiq duckdb
elasticsearch email_validator emoji eventlet faker fastapi fastapi_mail fastapi_pagination fastapi_users feedparser
firebase_admin flasgger flask folium ftfy geoip2 geopandas geopy gevent gradio graphene greenlet groq gunicorn h11
hashids haversine holidays html5lib httpcore httpx huggingface_hub humanfriendly humanize hypercorn inflection isodate
jinja2 joblib jsonpatch jsonpath_ng jsonschema kafka kaleido kombu langchain langdetect langgraph lightgbm limits
litellm loguru lxml mako markdown marshmallow matplotlib mcp mediapipe meilisearch mercadopago minio mistralai
mongoengine motor moviepy msgpack mutagen nanoid neo4j netaddr networkx nltk numpy odmantic ollama openai openpyxl
oracledb orjson ormar packaging pandas paramiko passlib paypalrestsdk pdf2image pdfkit pdfplumber peewee pendulum
pgvector phonenumbers piccolo pika pinecone playwright plotly polars pony prettytable prophet psutil pusher pwdlib
pyarrow pycountry pydantic pydub pygments pyjokes pymemcache pymilvus pymongo pymssql pymysql pyodbc pyotp pypdf
pytesseract pyttsx3 pytz qdrant_client qrcode quart rapidfuzz razorpay redis regex reportlab requests resend rich rq
schedule scipy seaborn segno selenium sendgrid sentry_sdk shap shapely shortuuid simplejson six slowapi spacy sqladmin
sqlalchemy sqlalchemy_utils sqlglot sqlmodel sqlparse starlette statsmodels strawberry streamlit stripe structlog
supabase svgwrite tabulate tenacity textblob tiktoken tinydb toml tornado tortoise tqdm trafilatura transformers
twilio typer typesense ujson unidecode uvicorn uvloop validators voluptuous watchdog weasyprint web3 webargs websocket
websockets werkzeug whitenoise wikipedia wordcloud wtforms xgboost xhtml2pdf xlrd xlsxwriter xmltodict yarl yfinance
zstandard zxcvbn
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
