"""What a program's own files would set it up with."""

from pathlib import Path

from seatrial.sandbox.examples import developers, fallbacks, given
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


def test_where_nothing_says_so_nothing_is_tried(tmp_path: Path) -> None:
    root = write(tmp_path, {"app.py": 'DEBUG = os.getenv("APP_ENV", "development") == "local"\n'})
    assert fallbacks(root, root) == []


def test_a_compose_file_that_is_none_says_nothing(tmp_path: Path) -> None:
    root = write(tmp_path, {"docker-compose.yml": "services: [", "compose.yaml": "just text"})
    assert given(root, root) == {}
