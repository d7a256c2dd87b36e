"""How foreign values flow: each case is a handler where `x` comes from the request and `run` gives text to a shell."""

from textwrap import indent

import pytest

from seatrial.program import Program
from seatrial.testing import program_of

HEAD = """
import asyncio
import functools
import io
import os
import re
import shlex
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from celery import shared_task
from flask import Flask, abort, request
from os import system as run

app = Flask(__name__)
TABLE = {"a": "first", "b": "second"}
ALLOWED = ("a", "b")
NAME = re.compile(r"[a-z]+")

class Color(Enum):
    RED = "red"

class Box:
    label = "fixed"

    def __init__(self, content, size=0):
        self.content = content
        self.size = int(size)

    def open(self):
        return self.content

    @property
    def title(self):
        return "box of " + self.content

def same(value):
    return value

def first(value, other):
    return value

def pair(value):
    return "fixed", value

def check(value):
    if not NAME.fullmatch(value):
        raise ValueError(value)

def is_good(value):
    if value in ALLOWED:
        return True
    return False

def work(command):
    run(command)

def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)
    return inner

@logged
def give(value):
    return value

@shared_task
def task(command):
    run(command)

@dataclass
class Options:
    name: str
    size: int = 0

STATE = {}
SEEN = []
last = ""

def remember(value):
    global last
    last = value

def stop():
    raise RuntimeError

def parts(value):
    yield "fixed"
    yield value
"""

HANDLER = """
@app.route("/x")
def handler():
    x = request.args["x"]
"""


def program(body: str) -> Program:
    return program_of({"web.py": HEAD + HANDLER + indent(body, "    ")})


def reaches(body: str) -> bool:
    flows = program(body).taint.flows("command")
    return any(flow.origin.kind == "remote" and not flow.doubt for flow in flows)


FLOWS = {
    "as it is": "run(x)",
    "a variable": "y = x\nrun(y)",
    "f-string": "run(f'ls {x}')",
    "plus": "run('ls ' + x + '/y')",
    "percent": "run('ls %s' % x)",
    "percent with a tuple": "run('ls %d %s' % (3, x))",
    "percent with names": "run('ls %(a)s' % {'a': x})",
    "format": "run('ls {} {a}'.format(1, a=x))",
    "join of a list": "run(' '.join(['ls', x]))",
    "appended": "words = ['ls']\nwords.append(x)\nrun(' '.join(words))",
    "appended in a loop": "words = []\nfor w in x.split():\n    words.append(w)\nrun(' '.join(words))",
    "added to": "text = 'ls '\ntext += x\nrun(text)",
    "comprehension": "run(' '.join(w.strip() for w in x.split(',')))",
    "entry of a dictionary": "d = {'a': 'ls', 'b': x}\nrun(d['b'])",
    "entry put in later": "d = {}\nd['b'] = x\nrun(d.get('b', ''))",
    "unpacked": "a, b = 'ls', x\nrun(b)",
    "slice": "run(x[1:])",
    "either": "y = x if len(x) > 3 else 'ls'\nrun(y)",
    "or": "run(x or 'ls')",
    "one branch": "y = 'ls'\nif len(x) > 3:\n    y = x\nrun(y)",
    "string methods": "run(x.strip().lower().replace('a', 'b').encode().decode())",
    "function": "run(same(x))",
    "keyword": "run(first(other=1, value=x))",
    "spread arguments": "args = [x, 1]\nrun(first(*args))",
    "spread keywords": "run(first(**{'value': x, 'other': 1}))",
    "one of two results": "a, b = pair(x)\nrun(b)",
    "lambda": "f = lambda v: v + '!'\nrun(f(x))",
    "inner function": "def inner():\n    run(x)\ninner()",
    "generator": "for p in parts(x):\n    run(p)",
    "attribute": "run(Box(x).content)",
    "method": "run(Box(x).open())",
    "property": "box = Box(x)\nrun(box.title)",
    "attribute set later": "box = Box('a')\nbox.extra = x\nrun(box.extra)",
    "argument of a method": "class R:\n    def go(self, t):\n        run(t)\nR().go(x)",
    "walrus": "if (y := x):\n    run(y)",
    "match": "match x:\n    case 'a':\n        pass\n    case other:\n        run(other)",
    "in a with": "with open('f') as f:\n    run(x)",
    "other source": "run(request.get_json()['name'])",
    "header": "run(request.headers.get('X-Name'))",
    "unquoted after quoting": "y = shlex.quote(x)\nrun(x + y)",
    "blank test": "if not x:\n    abort(400)\nrun(x)",
    "length test": "if len(x) > 30:\n    abort(400)\nrun(x)",
    "loose pattern": "if not re.match('[a-z]+', x):\n    abort(400)\nrun(x)",
    "pattern that is only searched": "if re.search(r'[a-z]+$', x):\n    run(x)",
    "wrong branch": "if x in ALLOWED:\n    pass\nelse:\n    run(x)",
    "either test": "if x in ALLOWED or len(x) < 3:\n    run(x)",
    "another value is tested": "y = request.args['y']\nif y not in ALLOWED:\n    abort(400)\nrun(x)",
    "tested too late": "run(x)\nif x not in ALLOWED:\n    abort(400)",
    "handler goes on": "try:\n    int(x)\nexcept ValueError:\n    pass\nrun(x)",
    "part of a text": "if x in 'abc def':\n    run(x)",
    "asyncio": "asyncio.create_subprocess_shell(x)",
    "thread": "threading.Thread(target=work, args=(x,)).start()",
    "thread with names": "threading.Thread(target=work, kwargs={'command': x}).start()",
    "executor": "ThreadPoolExecutor().submit(work, x)",
    "to_thread": "asyncio.to_thread(work, x)",
    "partial": "call = functools.partial(work, x)\ncall()",
    "map": "list(map(work, [x]))",
    "task": "task.delay(x)",
    "task with a list": "task.apply_async(args=[x])",
    "decorated": "run(give(x))",
    "data class": "run(Options(x).name)",
    "nested dictionaries": "d = {'a': {'b': x}}\nrun(d['a']['b'])",
    "dictionary updated": "d = {}\nd.update(a=x)\nrun(d['a'])",
    "entries of a request": "for key, value in request.args.items():\n    run(value)",
    "zipped": "for a, b in zip([1], [x]):\n    run(b)",
    "written and read": "s = io.StringIO()\ns.write(x)\nrun(s.getvalue())",
    "kept in a dictionary of the module": "STATE['a'] = x\nrun(STATE['a'])",
    "kept in a list of the module": "SEEN.append(x)\nrun(SEEN[0])",
    "kept in a variable of the module": "remember(x)\nrun(last)",
    "in a loop": "y = ''\nwhile len(y) < 9:\n    y += x\nrun(y)",
}

SAFE = {
    "literal": "run('ls')",
    "quoted": "run('ls ' + shlex.quote(x))",
    "number": "run('kill %s' % int(x))",
    "numeric place": "run('kill %d' % x)",
    "length": "run('head -n ' + str(len(x)))",
    "converted by the framework": "n = request.args.get('n', type=int)\nrun(f'head -{n}')",
    "enum": "run(Color(x).value)",
    "looked up": "run(TABLE[x])",
    "looked up with default": "run(TABLE.get(x, 'ls'))",
    "other entry of a dictionary": "d = {'a': 'ls', 'b': x}\nrun(d['a'])",
    "other entry put in": "d = {}\nd['b'] = x\nd['a'] = 'ls'\nrun(d['a'])",
    "other unpacked": "a, b = 'ls', x\nrun(a)",
    "other result": "a, b = pair(x)\nrun(a)",
    "other argument": "run(first('ls', x))",
    "two calls of one function": "same(x)\nrun(same('ls'))",
    "class attribute": "run(Box(x).label)",
    "clean attribute": "run('ls %s' % Box('a', x).size)",
    "other field of a data class": "run(Options('a', x).name)",
    "thread with a literal": "threading.Thread(target=work, args=('ls',)).start()",
    "kept under another key": "STATE['a'] = x\nrun(STATE['b'])",
    "checked before it is kept": "if x in ALLOWED:\n    SEEN.append(x)\nrun(SEEN[0])",
    "matched with literals": "match x:\n    case 'a' | 'b':\n        run(x)\n    case _:\n        abort(400)",
    "overwritten": "x = 'ls'\nrun(x)",
    "comparison": "run('ls %s' % (x == 'a'))",
    "allowed": "if x not in ALLOWED:\n    abort(400)\nrun(x)",
    "allowed literal": "if x in {'a', 'b'}:\n    run(x)",
    "allowed or replaced": "if x not in ALLOWED:\n    x = 'a'\nrun(x)",
    "allowed else replaced": "if x in ALLOWED:\n    y = x\nelse:\n    y = 'a'\nrun(y)",
    "allowed in an expression": "run(x if x in ALLOWED else 'a')",
    "allowed and": "if x and x in ALLOWED:\n    run(x)",
    "equal": "if x == 'a':\n    run(x)",
    "asserted": "assert x in ALLOWED\nrun(x)",
    "strict pattern": "if not re.fullmatch('[a-z0-9_]+', x):\n    abort(400)\nrun(x)",
    "anchored pattern": "if re.match(r'^[a-z]+\\Z', x) is None:\n    return 'no'\nrun(x)",
    "compiled pattern": "m = NAME.fullmatch(x)\nif not m:\n    abort(400)\nrun(x)",
    "bad characters refused": "if re.search(r'[^a-z]', x):\n    abort(400)\nrun(x)",
    "bad characters removed": "run(re.sub(r'[^a-z]', '', x))",
    "alphanumeric": "if not x.isalnum():\n    abort(400)\nrun('ls ' + x)",
    "every character": "if not all(c in 'abc' or c in ALLOWED for c in x):\n    abort(400)\nrun(TABLE['a'])",
    "only the allowed": "run(' '.join(w for w in x.split() if w in ALLOWED))",
    "checked by a function": "check(x)\nrun(x)",
    "checked by a question": "if not is_good(x):\n    abort(400)\nrun(x)",
    "conversion tried": "try:\n    int(x)\nexcept ValueError:\n    abort(400)\nrun(x)",
    "conversion tried, then left": "try:\n    int(x)\nexcept ValueError:\n    return 'no'\nrun(x)",
    "checked in a with": "with open('f') as f:\n    if x not in ALLOWED:\n        abort(400)\nrun(x)",
    "checked in a try": "try:\n    if x not in ALLOWED:\n        return 1\nexcept OSError:\n    return 2\nrun(x)",
    "left by a helper": "if x not in ALLOWED:\n    stop()\nrun(x)",
    "the same read again": "if request.args['y'] not in ALLOWED:\n    abort(400)\nrun(request.args['y'])",
    "checked, then used in what was made before": "y = 'ls ' + x\nif x not in ALLOWED:\n    abort(400)\nrun(y)",
    "instance of a number": "if not isinstance(x, int):\n    abort(400)\nrun('ls %s' % x)",
}


@pytest.mark.parametrize("body", FLOWS.values(), ids=FLOWS)
def test_a_foreign_value_reaches_the_shell(body: str) -> None:
    assert reaches(body)


@pytest.mark.parametrize("body", SAFE.values(), ids=SAFE)
def test_a_value_that_is_no_longer_foreign_does_not(body: str) -> None:
    assert not reaches(body)
