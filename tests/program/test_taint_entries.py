"""Where foreign values come in, by framework, and how they pass from file to file."""

import pytest

from seatrial.program import Flow
from seatrial.testing import program_of

FASTAPI = """
import os
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID
from fastapi import Body, Depends, FastAPI, Path, Query, Request
from pydantic import BaseModel, Field

app = FastAPI()

class Kind(str, Enum):
    A = "a"

class Order(BaseModel):
    name: str
    size: int

def paging(page: str = "1"):
    return page

class Db:
    pass

def db() -> Db:
    return Db()
"""

FLASK = """
import os
from flask import Flask
from flask.views import MethodView
app = Flask(__name__)
"""

DJANGO = """
import os
from django.http import HttpRequest
from django.views import View
"""

REST = """
import os
from rest_framework.views import APIView
"""

FOREIGN = {
    "fastapi query": FASTAPI + "@app.get('/x')\ndef f(q: str): os.system(q)",
    "fastapi path": FASTAPI + "@app.get('/x/{q}')\ndef f(q): os.system(q)",
    "fastapi annotated": FASTAPI + "@app.get('/x')\ndef f(q: Annotated[str | None, Query()] = None): os.system(q)",
    "fastapi body": FASTAPI + "@app.post('/x')\ndef f(order: Order): os.system(order.name)",
    "fastapi list": FASTAPI + "@app.post('/x')\ndef f(names: list[str]): os.system(names[0])",
    "fastapi body dict": FASTAPI + "@app.post('/x')\ndef f(data: dict = Body(...)): os.system(data['name'])",
    "fastapi request": FASTAPI + "@app.post('/x')\nasync def f(r: Request): os.system((await r.json())['name'])",
    "fastapi dependency": FASTAPI + "@app.get('/x')\ndef f(page: str = Depends(paging)): os.system(page)",
    "pydantic field": FASTAPI + "class Tag(BaseModel):\n    name: str = Field(min_length=1)\n"
    "@app.post('/x')\ndef f(tag: Tag): os.system(tag.name)",
    "pydantic in pydantic": FASTAPI + "class Basket(BaseModel):\n    order: Order\n"
    "@app.post('/x')\ndef f(basket: Basket): os.system(basket.order.name)",
    "flask view": FLASK + "@app.route('/x/<q>')\ndef f(q): os.system(q)",
    "flask class": FLASK + "class V(MethodView):\n    def get(self, q): os.system(q)\n"
    "app.add_url_rule('/x/<q>', view_func=V.as_view('v'))",
    "django get": DJANGO + "def f(request: HttpRequest): os.system(request.GET['q'])",
    "django untyped": DJANGO + "def f(request): os.system(request.POST.get('q'))",
    "django class": DJANGO + "class V(View):\n    def get(self, request, name): os.system(self.kwargs['name'])",
    "rest data": REST + "class V(APIView):\n    def post(self, request): os.system(request.data['q'])",
}

OWN = {
    "fastapi number": FASTAPI + "@app.get('/x')\ndef f(q: int): os.system(f'{q}')",
    "fastapi uuid": FASTAPI + "@app.get('/x/{q}')\ndef f(q: UUID): os.system(f'{q}')",
    "fastapi enum": FASTAPI + "@app.get('/x')\ndef f(q: Kind): os.system(q.value)",
    "fastapi literal": FASTAPI + "@app.get('/x')\ndef f(q: Literal['a', 'b']): os.system(q)",
    "fastapi pattern": FASTAPI + "@app.get('/x')\ndef f(q: str = Query(pattern='^[a-z]+$')): os.system(q)",
    "fastapi annotated pattern": FASTAPI
    + "@app.get('/x')\ndef f(q: Annotated[str, Path(pattern='^[a-z]+$')]): os.system(q)",
    "fastapi number in a body": FASTAPI + "@app.post('/x')\ndef f(order: Order): os.system(f'{order.size}')",
    "fastapi dependency": FASTAPI + "@app.get('/x')\ndef f(d: Db = Depends(db)): os.system(d.path)",
    "pydantic pattern": FASTAPI + "class Tag(BaseModel):\n    name: str = Field(pattern='^[a-z]+$')\n"
    "@app.post('/x')\ndef f(tag: Tag): os.system(tag.name)",
    "flask number": FLASK + "@app.route('/x/<int:q>')\ndef f(q): os.system(f'{q}')",
    "function that is no handler": FLASK + "def f(q): os.system(q)",
    "django user": DJANGO + "def f(request: HttpRequest): os.system(request.user.shell)",
}


def remote(files: dict[str, str], danger: str = "command") -> list[Flow]:
    flows = program_of(files).taint.flows(danger)  # type: ignore[arg-type] # the dangers used below
    return [flow for flow in flows if flow.origin.kind == "remote"]


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_what_a_request_holds_is_foreign(text: str) -> None:
    assert remote({"web.py": text})


@pytest.mark.parametrize("text", OWN.values(), ids=OWN)
def test_what_a_framework_has_checked_or_made_is_not(text: str) -> None:
    assert not remote({"web.py": text})


def test_names_without_a_separator_are_no_paths() -> None:
    view = "@app.route('/x/<{}>')\ndef f(q): open('/srv/' + q)"
    assert not remote({"web.py": FLASK + view.format("q")}, "path")
    assert remote({"web.py": FLASK + view.format("path:q")}, "path")


def test_a_flow_through_three_files_is_told_step_by_step() -> None:
    files = {
        "shop/api.py": FASTAPI
        + "from shop.service import archive\n@app.post('/x')\ndef f(name: str):\n    archive(name)",
        "shop/service.py": "from shop.shell import Shell\ndef archive(name):\n    Shell('gzip ' + name).run()",
        "shop/shell.py": "import os\nclass Shell:\n    def __init__(self, command):\n        self.command = command\n"
        "    def run(self):\n        os.system(self.command)",
    }
    (flow,) = remote(files)
    assert [(step.place.path, step.message) for step in flow.path] == [
        ("shop/api.py", "name comes from the request"),
        ("shop/api.py", "passed to archive"),
        ("shop/service.py", "put into text"),
        ("shop/service.py", "passed to __init__"),
        ("shop/shell.py", "reaches system"),
    ]


def test_a_parameter_that_only_gets_literals_is_not_foreign() -> None:
    text = "import os\ndef run(command):\n    os.system('ls ' + command)\nrun('a')\nrun('b')\n"
    assert not program_of({"tool.py": text}).taint.flows("command")


def test_a_parameter_that_nothing_fills_is_told_as_such() -> None:
    text = "import os\ndef run(command):\n    os.system('ls ' + command)\n"
    (flow,) = program_of({"tool.py": text}).taint.flows("command")
    assert flow.origin.kind == "parameter"


def test_circles_of_calls_and_values_end() -> None:
    text = FLASK + "def a(x, n):\n    return b(x, n)\ndef b(x, n):\n    return a(x, n - 1) if n else x\n"
    text += "@app.route('/<q>')\ndef f(q):\n    while True:\n        q = a(q, 3)\n        os.system(q)\n"
    assert remote({"web.py": text})
