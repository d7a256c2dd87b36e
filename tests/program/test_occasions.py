"""Occasions: what makes a function run."""

from collections.abc import Mapping

import pytest

from seatrial.program.occasions import Occasion
from seatrial.testing import program_of

APP = """
import argparse
from fastapi import Depends, FastAPI

app = FastAPI()

def session():
    return 1

def price(order):
    return shared(order)

@app.get("/orders")
def orders(one=Depends(session)):
    return [price(order) for order in (1, 2)]

def recount():
    return shared(1)

def shared(order):
    return order

def old_report():
    return 1

def settings():
    return {}

SETTINGS = settings()

def main():
    argparse.ArgumentParser().parse_args()
    return recount()
"""


def found(files: Mapping[str, str], symbol: str) -> set[str]:
    """The occasions of a function, as words."""
    program = program_of(files)
    (function,) = (one for one in program.functions if one.symbol == symbol)
    return {str(occasion) for occasion in program.occasions.of(function)}


@pytest.mark.parametrize(
    ("symbol", "occasions"),
    [
        ("orders", {"request"}),
        ("price", {"request"}),
        ("session", {"handed"}),
        ("main", {"command"}),
        ("recount", {"command"}),
        ("shared", {"request", "command"}),
        ("old_report", {"unused"}),
        ("settings", {"start"}),
    ],
)
def test_follows_calls_from_what_begins(symbol: str, occasions: set[str]) -> None:
    assert found({"shop/app.py": APP}, symbol) == occasions


@pytest.mark.parametrize(
    ("source", "symbol", "occasion"),
    [
        ("def run():\n    return 1\n\nif __name__ == '__main__':\n    run()\n", "run", "command"),
        ("import click\n\n@click.command()\ndef run():\n    return 1\n", "run", "command"),
        ("from db import schema\n\n@schema.upgrade(1)\ndef add(session):\n    return 1\n", "add", "upgrade"),
        ("def init_tables(engine):\n    return 1\n", "init_tables", "start"),
        ("def offered():\n    return 1\n", "offered", "handed"),
        ("def _left():\n    return 1\n", "_left", "unused"),
        ("import time\n\ndef serve():\n    while True:\n        time.sleep(1)\n", "serve", "task"),
        (
            "import celery\n\nclass Last(celery.Task):\n    def after_return(self):\n        pass\n",
            "Last.after_return",
            "task",
        ),
    ],
)
def test_tells_by_place_name_and_decorator(source: str, symbol: str, occasion: str) -> None:
    assert found({"shop/work.py": source}, symbol) == {occasion}


def test_takes_a_folder_of_commands_for_by_hand_unless_a_request_leads_there() -> None:
    files = {
        "shop/tools/rows.py": "def rows():\n    return 1\n\ndef fill():\n    return 1\n",
        "shop/app.py": "from flask import Flask\nfrom shop.tools.rows import rows\n\napp = Flask(__name__)\n\n"
        "@app.route('/')\ndef home():\n    return rows()\n",
    }
    assert found(files, "rows") == {"command", "request"}
    assert found(files, "fill") == {"command"}


def test_takes_an_installed_command_from_the_manifest() -> None:
    files = {
        "pyproject.toml": '[project]\nname = "shop"\n\n[project.scripts]\nshop = "shop.work:run"\n',
        "shop/__init__.py": "",
        "shop/work.py": "def run():\n    return 1\n",
    }
    assert found(files, "run") == {"command"}


def test_says_what_takes_its_time_and_what_comes_again() -> None:
    program = program_of({"shop/app.py": APP})
    named = {function.symbol: function for function in program.functions}
    occasions = program.occasions
    assert [name for name in named if occasions.is_by_hand(named[name])] == [
        "",
        "recount",
        "old_report",
        "settings",
        "main",
    ]
    assert not occasions.is_alone(named["settings"])
    assert occasions.is_alone(named["recount"])
    assert occasions.recurs(named["shared"])
    assert occasions.is_waited_for(named["price"])
    assert Occasion.REQUEST not in occasions.of(named["recount"])
