"""Where a program's application or settings are, read from its files alone."""

from pathlib import Path

import pytest

from seatrial.sandbox.candidates import candidates
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
