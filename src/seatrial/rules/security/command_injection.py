"""Text that someone else chose becomes part of a command that a shell runs, or the program that is run (CWE-78).

A shell reads `;`, `|`, `$(…)` and line ends in the text as its own: whoever chooses it runs any program on the server, with the
server's rights and secrets.

Run the program without a shell, with its arguments as a list (`subprocess.run(["gzip", "-k", name])`). Where a shell is needed, quote
each value (`shlex.quote`).

## Bad: in a shell

```shop/web.py
import os
from flask import Flask, request

app = Flask(__name__)

@app.route("/ping")
def ping():
    return os.popen("ping -c 1 " + request.args["host"]).read()  # finding: host
```

## Bad: through a helper in another file

```shop/api.py
from fastapi import APIRouter
from shop.files import compress

router = APIRouter()

@router.post("/archive")
def archive(name: str):
    compress(name, level=6)
```

```shop/files.py
import subprocess

def compress(path, level):
    command = "gzip -{} {}".format(level, path)
    subprocess.run(command, shell=True, check=True)  # finding: name
```

## Bad: a shell by another name

```shop/web.py
import subprocess
from flask import Flask, request

app = Flask(__name__)

@app.route("/look")
def look():
    pattern = request.args.get("pattern", "")
    subprocess.run(["/bin/sh", "-c", f"grep {pattern} /var/log/shop.log"], check=False)  # finding: pattern
    subprocess.run([request.args["tool"], "--version"], check=False)  # finding: tool
```

## Good

```shop/web.py
import os
import re
import shlex
import subprocess
from flask import Flask, abort, request

app = Flask(__name__)
TOOLS = {"count": "wc", "list": "ls"}
NAME = re.compile(r"[a-z0-9_]+")

@app.route("/ping")
def ping():
    host = request.args["host"]
    subprocess.run(["ping", "-c", "1", host], check=True)
    os.system("ping -c 1 " + shlex.quote(host))
    os.system("kill %d" % int(request.args["pid"]))

@app.route("/run")
def run():
    tool = TOOLS[request.args["tool"]]
    subprocess.run(tool + " /srv", shell=True, check=True)
    name = request.args["name"]
    if not NAME.fullmatch(name):
        abort(400)
    os.system("touch /srv/" + name)
    os.system("ls /srv")
```

## Not found yet

```shop/web.py
import subprocess
from flask import Flask, request

app = Flask(__name__)

@app.route("/look")
def look():
    subprocess.run(["ssh", "store", request.args["command"]], check=False)  # gap: `ssh` gives its last arguments to a shell
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Flow, Function, Program, Sinking
from seatrial.program.taint import all_before, before
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._flows import match
from seatrial.rules.security._pieces import commands, is_piece

_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "cmd", "cmd.exe", "powershell", "pwsh", "powershell.exe"})
_SCRIPT = frozenset({"-c", "/c", "/C", "-Command", "-lc", "-ec"})
_OWN_SHELL = 0.65
"""How likely a fault it is that the user of a command writes into its shell: they have one."""
_ANYTHING = 0.72
"""How likely a fault it is that a piece of a program gives a shell what a caller gives it."""
_RUNNERS = ("run", "call", "check_call", "check_output", "Popen", "create_subprocess_exec")


@rule(severity=Severity.ERROR, cwe=(78,), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into shells, and into the choice of the program."""
    named = (flow for sink in commands(program) if (flow := program.taint.into(sink)))
    for flow in (*program.taint.flows("command"), *named):
        parameter = _parameter(program, flow)
        local = min(max(0.5, parameter), _OWN_SHELL)
        yield match(flow, flow.confidence(local=local, parameter=parameter), "becomes part of a shell command")
    for sink, reaches in _lists(program):
        chosen = program.taint.into(sink)
        if chosen is not None and chosen.origin.kind == "remote":
            yield match(chosen, chosen.confidence(), reaches)


def _parameter(program: Program, flow: Flow) -> float:
    """How likely a text that some caller gives is a fault: quotes put around it by hand say that it may hold anything."""
    is_quoted = any(text.endswith(("'", '"')) for text in all_before(flow))
    if not is_quoted and is_piece(program, flow.spots[0].function):
        return _ANYTHING
    if before(flow) is None:
        return 0.2
    return (0.75 if is_quoted else 0.6) * 0.9 ** (len(flow.functions) - 1)


def _lists(program: Program) -> Iterator[tuple[Sinking, str]]:
    """Programs run without `shell=True`: the script given to a shell, or the program itself."""
    for function, call in program.index.calls(*_RUNNERS):
        target = program.target(function, call)
        step = function.values[call]
        if target.model is None or "process" not in target.model.effects or type(step) is not f.Call or not step.args:
            continue
        items = _listed(function, step)
        script = _script(function, items)
        if script is not None:
            yield Sinking(function, call, script, "command", target.external), "becomes part of a shell command"
        elif items and not any(k == "shell" for k, _ in step.keywords):
            pick = (0,) if items == step.args else ()  # the first of a list that is made elsewhere
            yield Sinking(function, call, items[0], "command", target.external, pick), "chooses the program that is run"


def _listed(function: Function, step: f.Call) -> tuple[int, ...]:
    """The program and its arguments: one by one, in a list, or in a list that is spread; none if nobody knows the first."""
    first = function.values[function.origin(step.args[0])]
    given = first.value if type(first) is f.Spread else step.args[0]
    listed = function.values[function.origin(given)]
    if type(listed) is f.Collection:
        return (*listed.items, *_added(function, given), *(step.args[1:] if type(first) is f.Spread else ()))
    if type(listed) is f.Binary and _adds_lists(function, listed):
        return (*_joined(function, listed.left), *_joined(function, listed.right))
    return () if type(first) is f.Spread else step.args


def _adds_lists(function: Function, step: f.Binary) -> bool:
    """`GPG + ["--export", name]`, `["ssh"] + options + [host]`: what is added to a list is one."""
    sides = [function.values[function.origin(side)] for side in (step.left, step.right)]
    return step.op == "+" and any(
        type(side) is f.Collection or (type(side) is f.Binary and _adds_lists(function, side)) for side in sides
    )


def _joined(function: Function, value: int) -> tuple[int, ...]:
    """The items of lists that are added; a list from elsewhere stands as one."""
    step = function.values[function.origin(value)]
    if type(step) is f.Binary:
        return (*_joined(function, step.left), *_joined(function, step.right))
    return step.items if type(step) is f.Collection else (value,)


def _script(function: Function, items: tuple[int, ...]) -> int | None:
    texts = [v.value if type(v := function.values[function.origin(i)]) is f.Const else None for i in items]
    for i in range(len(texts) - 2, 0, -1):  # the last: one list may be filled for several systems
        if texts[i] in _SCRIPT and str(texts[i - 1]).rpartition("/")[2] in _SHELLS:
            return items[i + 1]
    return None


def _added(function: Function, value: int) -> Iterator[int]:
    """What is appended to a list after it is made."""
    made = function.origin(value)
    for user in function.users.get(made, ()):
        step = function.values[user]
        if type(step) is f.Call and step.receiver == made and step.callee == "append":
            yield from step.args
