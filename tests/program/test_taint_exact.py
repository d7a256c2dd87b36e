"""Exact places: twins of a handler where `x` comes from the request, and reaches the shell or does not."""

from textwrap import indent

import pytest

from seatrial.testing import program_of

HEAD = """
import binascii
import configparser
import functools
from os import system as run
from flask import Flask, request

app = Flask(__name__)

@app.route("/x")
def handler():
    x = request.args["x"]
"""

TWINS = {
    "inserted": ("y = ['a']\ny.insert(0, x)\nrun(y[0])", "y = ['a']\ny.insert(0, x)\nrun(y[1])"),
    "taken from the front": ("y = ['a', x, 'b']\ny.pop(0)\nrun(y[0])", "y = ['a', x, 'b']\ny.pop(0)\nrun(y[1])"),
    "slice of a list": ("run(['a', x, 'b'][1:][0])", "run(['a', x, 'b'][2:][0])"),
    "slice of a text": ("y = 'abc' + x\nrun(y[1:])", "y = 'abc' + x\nrun(y[:3])"),
    "put in last": ("d = {}\nd['k'] = 'a'\nd['k'] = x\nrun(d['k'])", "d = {}\nd['k'] = x\nd['k'] = 'a'\nrun(d['k'])"),
    "put in, in one case": (
        "d = {'k': x}\nif x:\n    d['k'] = 'a'\nrun(d['k'])",
        "d = {'k': x}\nd['k'] = 'a'\nrun(d['k'])",
    ),
    "put in under a name of nobody's": (
        "d = {'k': 'a'}\nd[x] = x\nrun(d['k'])",
        "d = {'k': 'a'}\nd['j'] = x\nrun(d['k'])",
    ),
    "default": ("d = {}\nrun(d.setdefault('k', x))", "d = {'k': 'a'}\nd.setdefault('j', x)\nrun(d['k'])"),
    "two dictionaries": ("run(({'a': 'x'} | {'b': x})['b'])", "run(({'a': 'x'} | {'b': x})['a'])"),
    "spread": ("run({'a': 'x', **{'b': x}}['b'])", "run({'a': 'x', **{'b': x}}['a'])"),
    "read from a dictionary": (
        "c = configparser.ConfigParser()\nc.read_dict({'s': {'a': 'x', 'b': x}})\nrun(c['s']['b'])",
        "c = configparser.ConfigParser()\nc.read_dict({'s': {'a': 'x', 'b': x}})\nrun(c['s']['a'])",
    ),
    "side by side": ("for a, b in zip(['a'], [x]):\n    run(b)", "for a, b in zip(['a'], [x]):\n    run(a)"),
    "numbered": ("for i, y in enumerate([x]):\n    run(y)", "for i, y in enumerate([x]):\n    run(f'ls {i}')"),
    "how often": ("run(x.replace('a', 'b'))", "run('ls %s' % x.count('a'))"),
    "length": ("run(x if len('abc') == 3 else 'a')", "run(x if len('abc') == 4 else 'a')"),
    "beginning": ("if 'abc'.startswith('a'):\n    run(x)", "if 'abc'.startswith('b'):\n    run(x)"),
    "or": ("run('' or x)", "run('a' or x)"),
    "and": ("run('a' and x)", "run('' and x)"),
    "partial": ("run(functools.partial(lambda a, b: b, 'a')(x))", "run(functools.partial(lambda a, b: a, 'a')(x))"),
    "a place by name": ("run('ls {a}'.format(a=x, b='b'))", "run('ls {b}'.format(a=x, b='b'))"),
    "a place in a percent format": ("run('%(a)s' % {'a': x})", "run('%(b)s' % {'a': x, 'b': 'b'})"),
    "attribute by name": (
        "class T:\n    pass\nt = T()\nt.a = x\nrun(getattr(t, 'a'))",
        "class T:\n    pass\nt = T()\nt.a = x\nrun(getattr(t, 'b', 'c'))",
    ),
    "there and back": (
        "run(binascii.unhexlify(binascii.hexlify(x.encode())).decode())",
        "run(binascii.hexlify(x.encode()).decode())",
    ),
    "none of several": (
        "if x == 'a':\n    y = 1\nelif x == 'b':\n    y = 2\nelse:\n    y = 3\nrun(x)",
        "if x == 'a':\n    y = 1\nelif x == 'b':\n    y = 2\nelse:\n    raise ValueError\nrun(x)",
    ),
}


def reaches(body: str) -> bool:
    flows = program_of({"web.py": HEAD + indent(body, "    ")}).taint.flows("command")
    return any(flow.origin.kind == "remote" and not flow.doubt for flow in flows)


@pytest.mark.parametrize(("foreign", "fixed"), TWINS.values(), ids=TWINS)
def test_twins_are_told_apart(foreign: str, fixed: str) -> None:
    assert (reaches(foreign), reaches(fixed)) == (True, False)
