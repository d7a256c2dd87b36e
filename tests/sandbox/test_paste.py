"""A program that a file in the form of PasteDeploy names is started by that file, and asked for its routes."""

import sys
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, StartError, launched
from trees import write

DEPLOY = """
import configparser
import importlib

def loadapp(uri, name):
    said = configparser.ConfigParser()
    said.read(uri.partition(":")[2])
    module, _, factory = said["app:" + name].pop("use").partition(":")[2].partition(":")
    return getattr(importlib.import_module(module), factory)({}, **said["app:" + name])
"""
ROUTER = """
class Introspector:
    def get_category(self, name):
        route = {"name": "ship", "pattern": "/ships/{id:\\\\d{1,4}}/*rest", "request_methods": None}
        view = {"route_name": "ship", "callable": print, "request_methods": ("GET", "DELETE")}
        return [{"introspectable": route if name == "routes" else view}]

class Router:
    registry = type("Registry", (dict,), {"introspector": Introspector()})()

    def __init__(self, greeting):
        self.greeting = greeting

    def __call__(self, environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [self.greeting.encode()]

def create_app(_global, **settings):
    return Router(settings["greeting"])
"""
INI = "[app:main]\nuse = call:harbour.app:create_app\ngreeting = ahoy\n"
FILES = {
    "paste/__init__.py": "",
    "paste/deploy.py": DEPLOY,
    "harbour/__init__.py": "",
    "harbour/app.py": ROUTER,
    "conf/development.ini": INI,
}


def launch(tmp_path: Path, command: str) -> Launch:
    root = write(tmp_path / "tree", {**FILES, "Makefile": f"dev:\n\t{command}\n"})
    return Launch(root=root, aside=tmp_path / "aside", python=sys.executable, workers=1)


@pytest.mark.parametrize("command", ["gunicorn --reload --paste conf/development.ini", "pserve conf/development.ini"])
def test_what_is_served_by_a_file_is_started_by_it(tmp_path: Path, command: str) -> None:
    with launched(launch(tmp_path, command)) as (application, started):
        assert application.call(Call(method="GET", path="/")).body == b"ahoy"
    assert (started.framework, started.is_async) == ("pyramid", False)
    assert {path: sorted(item) for path, item in started.document["paths"].items()} == {
        "/ships/{id}/{rest}": ["delete", "get"]
    }


def test_without_one_the_factory_lacks_what_it_is_given(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="_global"), launched(launch(tmp_path, "true")):
        pass
