"""Where a program's application or settings are, read from its files alone."""

from pathlib import Path

import pytest

from seatrial.sandbox.candidates import candidates, served_by_itself
from trees import write

SILENT = "from django.core.management import execute_from_command_line\n"
SETTINGS = "INSTALLED_APPS = []\nROOT_URLCONF = 'shop.urls'\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n'}, "shop.settings"),
        ({"manage.py": 'os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"\n'}, "shop.settings"),
        ({"manage.py": SILENT, "shop/wsgi.py": "setdefault('DJANGO_SETTINGS_MODULE', 'shop.conf')\n"}, "shop.conf"),
        ({"manage.py": SILENT, "Dockerfile": "ENV DJANGO_SETTINGS_MODULE=shop.prod\n"}, "shop.prod"),
        ({"manage.py": SILENT, "shop/settings.py": SETTINGS}, "shop.settings"),
        (
            {
                "manage.py": SILENT,
                "shop/settings/base.py": SETTINGS,
                "shop/settings/development.py": "from .base import *\nDEBUG = True\n",
                "shop/settings/test.py": "from .base import *\n",
                "shop/settings/production.example.py": SETTINGS,
            },
            "shop.settings.development",
        ),
        ({"manage.py": SILENT, "shop/settings/__init__.py": SETTINGS}, "shop.settings"),
        (
            {
                "manage.py": 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", which_settings())\n',
                "shop/settings_base.py": SETTINGS,
                "shop/settings_dev.py": "from .settings_base import *\n",
                "shop/settings_prod.py": "from .settings_base import *\n",
            },
            "shop.settings_dev",
        ),
        ({"manage.py": SILENT, "shop/settings.py": "THEME = 'dark'\n"}, ""),
    ],
)
def test_the_settings_of_django_are_found_where_they_are_named_or_lie(
    tmp_path: Path, files: dict[str, str], found: str
) -> None:
    assert candidates(write(tmp_path, files)).settings == found


def test_the_next_settings_are_there_to_be_tried(tmp_path: Path) -> None:
    files = {"manage.py": '("DJANGO_SETTINGS_MODULE", "shop.settings.dev")', "shop/settings/base.py": SETTINGS}
    found = candidates(write(tmp_path, files | {"shop/settings/dev.py": "from .base import *\n"}))
    assert (found.settings, found.more_settings) == ("shop.settings.dev", ("shop.settings.base",))


def test_a_program_further_down_is_found_but_none_that_serves_tests(tmp_path: Path) -> None:
    files = {"tests/manage.py": '("DJANGO_SETTINGS_MODULE", "tests.settings")'}
    files["src/backend/shop/manage.py"] = '("DJANGO_SETTINGS_MODULE", "shop.settings")'
    found = candidates(write(tmp_path, files))
    assert (found.settings, found.paths[0]) == ("shop.settings", str(tmp_path / "src/backend/shop"))


SERVED = "from fastapi import FastAPI\nfrom shop.views import router\n\napp = FastAPI()\n"


@pytest.mark.parametrize(
    ("files", "first"),
    [
        ({"backend/src/shop/main.py": SERVED, "backend/src/shop/views.py": ""}, "shop.main:app"),
        ({"src/py/shop/asgi.py": "def create_app():\n    from shop.views import x\n"}, "shop.asgi:create_app"),
        ({"shop/main.py": SERVED, "shop/views.py": ""}, "shop.main:app"),
        ({"services/api/main.py": "import views\napp = FastAPI()\n", "services/api/views.py": ""}, "main:app"),
        (
            {"shop/wsgi.py": "app = create_app('dev')\n", "shop/__init__.py": "def create_app(name): ..."},
            "shop.wsgi:app",
        ),
        ({"shop/main.py": "app = register_app()\n"}, "shop.main:app"),
        ({"Dockerfile": "ENV FLASK_APP=/app/shop/web.py\n", "shop/web.py": "", "a.py": SERVED}, "shop.web:app"),
        ({".flaskenv": "FLASK_APP=shop\n", "shop/__init__.py": ""}, "shop:app"),
        ({"Dockerfile": 'CMD ["fastapi", "run", "shop/web.py", "--port", "80"]', "shop/web.py": ""}, "shop.web:app"),
        ({"Dockerfile": 'CMD ["gunicorn","-c","python:shop.conf","shop.web:create()"]'}, "shop.web:create()"),
        ({"docker/entrypoint.sh": "exec uvicorn \\\n  --host 0.0.0.0 \\\n  shop.web:api\n"}, "shop.web:api"),
        ({"Makefile": "run:\n\tlitestar --app shop.web:app run\n"}, "shop.web:app"),
    ],
)
def test_an_application_is_found_where_it_is_started_or_made(tmp_path: Path, files: dict[str, str], first: str) -> None:
    assert candidates(write(tmp_path, files)).names[0] == first


def test_a_program_is_imported_from_where_its_own_modules_lie(tmp_path: Path) -> None:
    files = {"backend/src/shop/main.py": SERVED, "backend/src/shop/views.py": ""}
    assert str(tmp_path / "backend/src") in candidates(write(tmp_path, files)).paths


def test_where_another_module_takes_the_application_is_tried_last(tmp_path: Path) -> None:
    files = {"shop/core.py": "app = Flask('shop')\n", "shop/app.py": "from shop.core import api, app\n"}
    assert candidates(write(tmp_path, files)).names == ("shop.core:app", "shop.app:app")


def test_what_was_built_of_an_application_is_none(tmp_path: Path) -> None:
    made = {f"{folder}/shop/web.py": "app = Flask('shop')\n" for folder in ("build/lib", "dist", "src")}
    assert candidates(write(tmp_path, made)).names == ("shop.web:app",)
    assert not [path for path in candidates(tmp_path).paths if "build" in path or "dist" in path]


def test_what_no_other_server_serves_is_told(tmp_path: Path) -> None:
    root = write(tmp_path, {"shop/main.py": "from aiohttp import web\n\n\ndef main():\n    app = web.Application()\n"})
    assert "of aiohttp, which is served by itself alone: start it yourself, and name where" in served_by_itself(root)
    assert served_by_itself(write(tmp_path, {"api.py": "app = FastAPI()\n"})) == ""
