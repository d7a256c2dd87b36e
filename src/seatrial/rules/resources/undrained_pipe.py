"""A child process writes into a pipe that nobody reads while the program waits for the child to end.

A pipe holds some 64 kB. With more output the child waits for a reader, the program waits for the child, and both stand still for ever. It works in
every test, since tests print little; see the warning under
[Popen.wait](https://docs.python.org/3/library/subprocess.html#subprocess.Popen.wait).

Use `subprocess.run(…, capture_output=True)` or `communicate()`, which read while they wait; or send output that nobody wants to `DEVNULL`.

## Bad

```shop/convert.py
import asyncio
import subprocess
import time
from subprocess import PIPE, Popen

def convert(path):
    process = subprocess.Popen(["convert", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.wait()  # finding: wait
    return process.stdout.read()

def convert_quietly(path):
    with Popen(["convert", path], stderr=PIPE) as process:
        code = process.wait()  # finding: wait
    return code

def watched(path):
    process = Popen(["convert", path], stdout=PIPE)
    while process.poll() is None:  # finding: poll
        time.sleep(1)
    return process.stdout.read()

def called(path):
    return subprocess.call(["convert", path], stdout=subprocess.PIPE)  # finding: call

async def awaited(path):
    process = await asyncio.create_subprocess_exec("convert", path, stdout=asyncio.subprocess.PIPE)
    await process.wait()  # finding: wait
    return await process.stdout.read()
```

## Good

```shop/convert.py
import asyncio
import subprocess
import threading
from subprocess import DEVNULL, PIPE, Popen

def convert(path):
    process = Popen(["convert", path], stdout=PIPE, stderr=PIPE)
    out, _ = process.communicate()
    process.wait()
    return out

def lines(path):
    process = Popen(["convert", path], stdout=PIPE)
    for line in process.stdout:
        print(line)
    process.wait()

def read(path):
    process = Popen(["convert", path], stdout=PIPE)
    out = process.stdout.read()
    process.wait()
    return out

def quiet(path):
    process = Popen(["convert", path], stdout=DEVNULL)
    process.wait()

def fed(path):
    process = Popen(["convert", path], stdin=PIPE)
    process.stdin.close()
    process.wait()

def in_thread(path):
    process = Popen(["convert", path], stdout=PIPE)
    threading.Thread(target=drain, args=(process.stdout,)).start()
    process.wait()

def handed(path):
    process = Popen(["convert", path], stdout=PIPE)
    follow(process)
    process.wait()

def piped(path):
    first = Popen(["cat", path], stdout=PIPE)
    second = Popen(["wc"], stdin=first.stdout)
    second.wait()
    first.wait()

def stopped(path):
    process = Popen(["serve", path], stdout=PIPE)
    process.terminate()
    process.wait()

def with_timeout(path):
    process = Popen(["convert", path], stdout=PIPE)
    try:
        process.communicate(timeout=3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

async def awaited(path):
    process = await asyncio.create_subprocess_exec("convert", path, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    return out
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.risks import risky
from seatrial.rules.contract import Match, each_once, rule

_WAITS = frozenset({"wait", "poll"})
_READS = frozenset({"stdout", "stderr"})
_SAFE = frozenset({"communicate", "kill", "terminate", "send_signal", "stdout", "stderr"})
"""Methods and fields after which a `wait` is no trap: it is read, or stopped."""
_HOLDS = frozenset({f.Phi, f.Await, f.Enter, f.Conditional})


@rule(severity=Severity.WARNING, cwe=(833, 404), category=("leak",))
def check(program: Program) -> Iterator[Match]:
    """Children with a pipe that are waited for before anybody reads: one match for those that a body starts alike."""
    yield from each_once(_undrained(program), lambda one: (one.function, one.message))


def _undrained(program: Program) -> Iterator[Match]:
    for function, call in risky(program, "full-pipe"):
        model = program.model(function, call)
        if model and "block" in model.effects:  # it waits itself, and reads nothing
            yield _match(function, call, call)
            continue
        uses = sorted(_uses(function, call))
        first = next((use for use in uses if not _is_passive(function, use)), f.NONE)
        if first >= 0 and _waits(function, first):
            yield _match(function, call, first)


def _uses(function: Function, start: int) -> Iterator[int]:
    """The values that use the child, under whatever name."""
    pending, seen = [start], {start}
    while pending:
        value = pending.pop()
        entered = (v for r in function.regions if r.kind == "with" and r.subject == value for v in [r.start])
        for user in (*function.users.get(value, ()), *entered):
            if user not in seen:
                seen.add(user)
                if type(function.values[user]) in _HOLDS:
                    pending.append(user)
                else:
                    yield user


def _is_passive(function: Function, use: int) -> bool:
    """It says nothing of the pipe: a name is given, the input or the number of the process is asked for."""
    step = function.values[use]
    if type(step) is f.Attr:
        return step.name not in _SAFE
    return type(step) is f.Store and not step.outer


def _waits(function: Function, use: int) -> bool:
    """`wait` without a limit in time, or `poll` as the condition of a loop."""
    step = function.values[use]
    if type(step) is not f.Call or step.callee not in _WAITS:
        return False
    if step.callee == "poll":
        return _is_loop_condition(function, use)
    return not step.args and not step.keywords


def _is_loop_condition(function: Function, use: int) -> bool:
    loops = [region for region in function.loops(use) if region.kind == "while"]
    asked = {use, *function.users.get(use, ())}
    if not loops or loops[0].subject not in asked:
        return False
    inside = range(loops[0].start, loops[0].end)
    reads = (type(s := function.values[v]) is f.Attr and s.name in _READS for v in inside)
    return not any(reads)


def _match(function: Function, call: int, wait: int) -> Match:
    step, waits = function.values[call], function.values[wait]
    assert type(step) is f.Call
    assert type(waits) is f.Call
    name = waits.callee.rpartition(".")[2]
    return Match(
        message=f"{name} stands still for ever when the child writes more than its pipe holds: nobody reads it",
        function=function,
        line=waits.line,
        key=step.callee.lstrip(":.!?"),
        path=(function.step(call, "starts the child, with a pipe"), function.step(wait, "waits, and does not read")),
        confidence=0.82,
    )
