"""The project requires a distribution to run that nothing in it uses.

Each one is code of strangers that is installed, updated and trusted for nothing: it makes every installation slower,
every upgrade harder and every scan for vulnerabilities longer, and readers take it for part of the design.

Remove it; if something loads it by other means than an import, say so beside it, or where that is set up.

## Bad

```pyproject.toml
[project]
name = "shop"
dependencies = [
  "fastapi",
  "httpx",
  "pandas",  # finding: pandas
]
```

```uv.lock
[[package]]
name = "fastapi"
version = "0.115.0"
dependencies = [{ name = "starlette" }]

[[package]]
name = "starlette"
version = "0.41.0"

[[package]]
name = "httpx"
version = "0.27.0"

[[package]]
name = "pandas"
version = "2.2.0"
```

```shop/__init__.py
```

```shop/web.py
import httpx
from fastapi import FastAPI
```

## Bad: poetry's own form

```pyproject.toml
[tool.poetry.dependencies]
python = "^3.12"
flask = "^3"
stripe = "^9"  # finding: stripe
```

```poetry.lock
[[package]]
name = "flask"
version = "3.0.3"

[package.dependencies]
werkzeug = ">=3.0.0"

[[package]]
name = "stripe"
version = "9.1.0"

[[package]]
name = "werkzeug"
version = "3.0.3"
```

```app.py
from flask import Flask
```

## Good: used without an import

```requirements.txt
celery[redis]
django
django-filter
django-debug-toolbar
gunicorn
psycopg2-binary
redis
sentry-sdk
tzdata
flower
python-multipart
whitenoise
pandas; sys_platform == "win32"
acme-frobnicator
```

```Procfile
worker: celery -A shop worker
web: newrelic-admin run-program gunicorn shop.wsgi
```

```Dockerfile
RUN pip install -r requirements.txt
CMD ["flower", "--port=5555"]
```

```settings.py
import django
import sentry_sdk
from celery import Celery
INSTALLED_APPS = ["django.contrib.admin", "django_filters", "debug_toolbar"]
MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]
BROKER = "redis://localhost"
```

## Good: somebody else needs it, so it is here to hold its version; a test uses it; a library of plug-ins

```pyproject.toml
[project]
name = "shop"
dependencies = ["httpx", "pandas", "numpy", "boto3", "flask-login"]

[project.scripts]
sync = "boto3.session:main"
```

```uv.lock
[[package]]
name = "httpx"
version = "0.27.0"

[[package]]
name = "pandas"
version = "2.2.0"
dependencies = [{ name = "numpy" }]
```

```shop/web.py
import httpx
import flask_login
```

```tests/test_web.py
import pandas
```

## Good: an environment written out

```requirements.txt
blinker==1.8.2
boto3==1.34.0
flask==3.0.3
matplotlib==3.9.0
numpy==2.0.0
pandas==2.2.0
pillow==10.0.0
requests==2.32.0
scipy==1.14.0
```

```app.py
import flask
```

## Good: in place of what the standard library has lost, for others that import it

```pyproject.toml
[project]
name = "shop"
requires-python = ">=3.13"
dependencies = ["flask", "pyasyncore", "pyasynchat", "legacy-cgi", "standard-imghdr", "audioop-lts", "setuptools", "exceptiongroup"]
```

```uv.lock
[[package]]
name = "flask"
version = "3.0.3"
dependencies = [{ name = "werkzeug" }]

[[package]]
name = "pyasyncore"
version = "1.0.4"

[[package]]
name = "legacy-cgi"
version = "2.6.1"
```

```shop/web.py
import flask
```

## Not found yet

```requirements.txt
flask
stripe  # gap: without a lock, it may be there to hold the version of what another one needs, so confidence is low
```

```app.py
import flask
```
"""

from collections.abc import Iterator

from seatrial.model.finding import Place, Severity
from seatrial.program import Program
from seatrial.program.manifests import parse
from seatrial.program.manifests.unused import Unused, unused
from seatrial.rules.contract import Match, rule


@rule(severity=Severity.NOTE, category=("unused-dependency",))
def check(program: Program) -> Iterator[Match]:
    """One match for each requirement."""
    requirements = parse(program.manifests, program.installed)
    for found in unused(requirements, program.outward, program.files, program.manifests):
        yield _match(found)


def _match(found: Unused) -> Match:
    need = found.requirement
    others = ", and no other package needs it" if found.alone else ""
    return Match(
        f"`{need.written}` is required to run, but nothing imports it and no setting or command names it{others}",
        place=Place(need.path, need.line, need.line),
        key=need.name,
        confidence=0.8 if found.alone else 0.6,
        mend=f"Remove {need.written}, or say beside it what loads it.",
    )
