"""What a program's own files would set it up with."""

from pathlib import Path

import pytest

from seatrial.sandbox.examples import developers, fallbacks, files, given
from trees import write

COMPOSE = """
services:
  web:
    environment:
      - A=from compose
      - B=${OUTER:-two}
      - C=${OUTER}
  worker:
    environment:
      D: 4
      E:
"""


def test_examples_go_before_compose_files_and_what_says_nothing_is_left_out(tmp_path: Path) -> None:
    example = "# a note\nA='one'\nexport F=6 # six\nG=\nH=$OTHER\n"
    files = {".env.example": example, ".flaskenv": "A=last\nI=7\n", "docker-compose.yml": COMPOSE}
    root = write(tmp_path, files)
    assert given(root, root) == {"A": "one", "F": "6", "B": "two", "D": "4", "I": "7"}


def test_a_program_that_takes_itself_for_production_is_told_otherwise(tmp_path: Path) -> None:
    config = 'class Environment(str, Enum):\n    LOCAL = "LOCAL"\n    PRODUCTION = "PRODUCTION"\n'
    settings = "class Config(BaseSettings):\n    ENVIRONMENT: Environment = Environment.PRODUCTION\n"
    assert developers(write(tmp_path, {"constants.py": config, "config.py": settings})) == {"ENVIRONMENT": "LOCAL"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('if os.getenv("DEV") == "true":\n', {"DEV": "true"}),
        ('DEBUG = os.environ.get("SHOP_DEBUG", "").lower() in ("1", "yes")\n', {"SHOP_DEBUG": "1"}),
        ('if os.getenv("DEVICE") == "cpu":\n', {}),
        ('if os.getenv("DEV"):\n', {}),
    ],
)
def test_a_variable_that_asks_for_a_developers_machine_is_set_to_what_it_is_held_against(
    tmp_path: Path, line: str, said: dict[str, str]
) -> None:
    assert developers(write(tmp_path, {"app.py": line})) == said


def test_where_nothing_says_so_nothing_is_tried(tmp_path: Path) -> None:
    root = write(tmp_path, {"app.py": 'DEBUG = os.getenv("APP_ENV", "development") == "local"\n'})
    assert fallbacks(root, root) == []


def test_a_compose_file_that_is_none_says_nothing(tmp_path: Path) -> None:
    root = write(tmp_path, {"docker-compose.yml": "services: [", "compose.yaml": "just text"})
    assert given(root, root) == {}


def test_a_variable_that_says_where_settings_lie_leads_to_those_in_the_tree(tmp_path: Path) -> None:
    root = write(tmp_path, {"shop/config-default.yaml": "a: 1\n", "deploy/x/config.yaml": "a: 2\n", "values.yaml": ""})
    names = ["SHOP_CONFIG_PATH", "SETTINGS_FILE", "FLASK_CONFIG", "DATA_PATH"]
    default = str(root / "shop/config-default.yaml")
    assert files(root, names) == {"SHOP_CONFIG_PATH": default, "SETTINGS_FILE": default}
    assert files(write(tmp_path / "bare", {"shop.py": ""}), names) == {}


def test_a_variable_of_the_programs_name_leads_to_the_settings_of_that_name(tmp_path: Path) -> None:
    root = write(tmp_path, {"shop/shop.cfg": "[x]", "other.cfg": ""})
    assert files(root, ["SHOP_SETTINGS", "APP_SETTINGS"]) == {"SHOP_SETTINGS": str(root / "shop/shop.cfg")}
