"""Any error at all is caught and nothing is done about it.

The program goes on with a result that is wrong or missing, and when it shows there is no trace of the cause: a typo, a full disk and a failing
payment all look like success.

Catch the one error that is expected, and say in code what it means; everything else should be logged with its traceback and raised on.

## Bad: a mail that nobody misses

```shop.py
import smtplib
from flask import Flask

app = Flask(__name__)

@app.post("/orders")
def place(order):
    try:
        with smtplib.SMTP("mail.example", timeout=5) as server:
            server.sendmail("shop@shop.example", [order.mail], "Thank you")
    except Exception:  # finding: Exception
        pass
    return {"placed": order.number}
```

## Good

```shop.py
import logging

def price(row):
    try:
        return convert(row)
    except KeyError:
        return None

def load(row):
    try:
        return convert(row)
    except Exception:
        logging.exception("cannot convert %s", row)
        return None

def store(row):
    try:
        return convert(row)
    except Exception as error:
        raise ValueError(row) from error

def check(row):
    try:
        return convert(row)
    except Exception as error:
        return str(error)

def quiet(row):
    try:
        return convert(row)
    except Exception:
        # a template filter must never raise
        pass

def known(row):  # another way to go on
    try:
        return convert(row)
    except Exception:
        pass
    return row.default

def is_known(row):
    try:
        return convert(row)
    except Exception:
        return False

def connect(addresses):
    for address in addresses:
        try:
            link = open_link(address)
            break
        except Exception:
            continue
    return link

def stored(row):
    try:
        return convert(row)
    except ValueError:
        try:
            release(row)
        except Exception:
            pass
        raise

def told(row):
    try:
        convert(row)
    except Exception:  # noqa: BLE001
        # the next one may do
        pass

def shown(text):
    name = "?"
    try:
        name = text.split(":")[1]
    except Exception:
        pass
    return name

class Handle:
    def __del__(self):
        try:
            convert(self)
        except Exception:
            pass
```

"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, listed, written
from seatrial.program.ancestry import made_of
from seatrial.rules.contract import SLIGHT, Match, rule

_FOR_TOOLS = re.compile(
    r"#+\s*(noqa|pylint|type:|nosec|nosemgrep|pragma|fmt:|ruff:|mypy:|finding|gap|noise|seatrial)", re.IGNORECASE
)
_ACCEPTED = re.compile(r"noqa: ?[^#]*\b(S110|S112|BLE001)\b|nosec\b")
_BROAD = frozenset({"Exception", "BaseException", "builtins.Exception"})
_ATTEMPT = re.compile(r"(^|_)(try|maybe|safe|safely|is|has|can|probe|guess|detect|optional|silently|quietly)(_|$)")
"""Words of names that promise an answer whatever happens."""
_CLEANING = frozenset(
    {
        "__del__",
        "__exit__",
        "__aexit__",
        "close",
        "aclose",
        "shutdown",
        "cleanup",
        "teardown",
        "stop",
        "terminate",
        "delete",
        "unlink",
        "remove",
        "rmtree",
        "rollback",
    }
)
_CLEANERS = frozenset(
    {
        "cancel",
        "unbind",
        "stop",
        "kill",
        "killpg",
        "terminate",
        "cleanup",
        "teardown",
        "close",
        "reset",
        "revert",
        "restore",
        "dispose",
        "finalize",
        "shutdown",
    }
)
"""Words for putting away: what fails there is gone anyway."""
_TELLS = frozenset({"log", "emit", "warn", "print", "report", "track", "metric", "metrics", "telemetry"})
"""Words for telling about the work, which is no work that is lost."""

_KEEPS = ("mail", "db.write", "fs.write", "task.enqueue")
_ASKS = ("http", "network", "db.read", "process")
_COMPUTED = frozenset({f.Phi, f.Compare, f.Unary, f.Binary})
"""Values that say no more than what they are made of."""


@rule(severity=Severity.WARNING, cwe=(390, 1069))
def check(program: Program) -> Iterator[Match]:
    """Handlers for every error that neither look at it nor do anything but go on."""
    for function in program.index.with_regions("except"):
        for index, region in enumerate(function.regions):
            if region.kind == "except" and _is_broad(function, region) and _does_nothing(function, index):
                yield _match(program, function, region)


def _is_broad(function: Function, region: f.Region) -> bool:
    if region.subject < 0:
        return True
    kinds = [region.subject, *f.operands(function.values[region.subject])]
    return any(written(function, kind) in _BROAD for kind in kinds)


def _does_nothing(function: Function, index: int) -> bool:
    region = function.regions[index]
    return all(_is_idle(function, function.values[i]) for i in range(region.start, region.end))


def _is_idle(function: Function, step: f.AnyValue) -> bool:
    """Nothing that leaves a trace: `pass`, `continue`, an empty result, an error that is named and not used."""
    if type(step) in {f.Jump, f.Caught, f.Const, f.Ref, f.Phi}:
        return True
    if type(step) is f.Store:
        return step.value < 0 or _names_error(function, step)
    if type(step) is f.Collection:
        return not step.items
    if type(step) is f.Return:
        return step.value < 0 or type(function.values[step.value]) in {f.Const, f.Collection}
    return False


def _names_error(function: Function, step: f.Store) -> bool:
    """The name that the handler itself gives to the error; a second name keeps it for later."""
    if type(function.values[step.value]) is not f.Caught:
        return False
    named = [u for u in function.users.get(step.value, ()) if type(function.values[u]) is f.Store]
    return len(named) == 1


def _caught(function: Function, subject: int) -> str:
    """What an `except` names, with its verb: `KeyError is`, `KeyError and OSError are`."""
    if subject < 0:
        return "every error is"
    step = function.values[subject]
    return listed([written(function, one) for one in (step.items if type(step) is f.Collection else (subject,))])


def _match(program: Program, function: Function, region: f.Region) -> Match:
    what = written(function, region.subject) if region.subject >= 0 else "every error"
    tries = next(
        (
            r
            for r in reversed(function.regions)
            if r.kind == "try" and r.parent == region.parent and r.end <= region.start
        ),
        None,
    )
    line = region.line
    return Match(
        message=f"{_caught(function, region.subject)} caught and forgotten",
        function=function,
        line=line,
        key=f"{what} {_tried(function, tries)}",
        confidence=_confidence(program, function, region, tries),
    )


def _tried(function: Function, tries: f.Region | None) -> str:
    calls = [function.values[c] for c in function.calls if tries and tries.start <= c < tries.end]
    return " ".join(c.callee for c in calls if type(c) is f.Call)


def _confidence(program: Program, function: Function, region: f.Region, tries: f.Region | None) -> float:
    """Cleaning up may fail in silence, a comment may say why, and what is only tried has another way to go on.

    An operator sees that something did not happen, and starts it again; behind a request or a task nobody does.
    """
    calls = _tried(function, tries).split()
    is_end = any(outer.kind == "finally" for outer in function.enclosing(region.start))
    cleans = is_end or (bool(calls) and all(_cleans(c) for c in calls))
    if _cleans(function.name) or not function.is_callable or cleans or _is_explained(function, region):
        return 0.4
    if tries is None or _is_considered(function, region):
        return 0.6
    if _is_attempt(function, tries, region) or _is_looked_at(function, tries, region):
        return 0.6
    is_unseen = not program.occasions.recurs(function)
    return min(_loss(program, function, region, tries), SLIGHT if is_unseen else 1.0)


def _loss(program: Program, function: Function, region: f.Region, tries: f.Region) -> float:
    """How much is lost: where nothing was to be kept or sent, there is most often a default."""
    if _touches_world(program, function, tries, _KEEPS):
        return SLIGHT if _gives_up(function, region) or _gives_up(function, tries) else 0.75
    if _touches_world(program, function, tries, _ASKS):
        return SLIGHT
    return SLIGHT if _loses_work(program, function, tries) and not _gives_up(function, region) else 0.6


def _is_unknown(program: Program, function: Function, at: int) -> bool:
    """A call of which neither the program nor a model says what it does."""
    if type(function.values[at]) is not f.Call:
        return False
    target = program.target(function, at)
    return not target.functions and target.model is None and target.made is None


def _cleans(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last in _CLEANING or bool(_CLEANERS & {*last.split("_")})


def _gives_up(function: Function, region: f.Region) -> bool:
    return any(type(step) is f.Return for step in function.values[region.start : region.end])


def _is_attempt(function: Function, tries: f.Region, region: f.Region) -> bool:
    """There is another way: an answer that says so, a name that promises one, a next turn, what follows, an error at hand."""
    said = [s.value for s in function.values[region.start : region.end] if type(s) is f.Return and s.value >= 0]
    if any(type(v := function.values[value]) is f.Const and v.value is not None for value in said):
        return True
    if any(type(s) is f.Jump and s.kind == "break" for s in function.values[region.start : region.end]):
        return True  # it ends the waiting: the error is what was waited for
    if _ATTEMPT.search(function.name) or any(outer.kind == "except" for outer in function.enclosing(tries.start)):
        return True
    otherwise = next((r for r in function.regions if r.kind == "orelse" and r.start == tries.end), tries)
    if otherwise is not tries:  # what it brought is used there, and only there
        return True
    inside = function.values[tries.start : otherwise.end]
    leaves = any(type(step) is f.Return or (type(step) is f.Jump and step.kind == "break") for step in inside)
    follows = function.values[region.end :] or function.loops(tries.start)
    return leaves and bool(follows)


def _loses_work(program: Program, function: Function, tries: f.Region) -> bool:
    """Something is done there for its effect and nobody knows that it needs no doing: not a value that has a default."""
    inside = range(tries.start, tries.end)
    if not any(_is_unknown(program, function, at) for at in inside):
        return False
    for at in inside:
        step = function.values[at]
        if type(step) in {f.StoreItem, f.Return}:
            return True
        if type(step) is f.Call and not function.users.get(at) and not _TELLS & {*step.callee.lower().split("_")}:
            model = program.model(function, at)
            if model is None or "grow" in model.effects:
                return True
    return False


def _is_explained(function: Function, region: f.Region) -> bool:
    comments = (c for c in function.file.facts.comments if region.line <= c.line <= region.end_line)
    return any(not _FOR_TOOLS.match(comment.text) for comment in comments)


def _is_considered(function: Function, region: f.Region) -> bool:
    """Another tool was told that silence is meant, or a handler beside it lets out what must not be lost."""
    lines = range(region.line, region.line + 2)
    if any(c.line in lines and _ACCEPTED.search(c.text) for c in function.file.facts.comments):
        return True
    beside = (r for r in function.regions if r.kind == "except" and r.parent == region.parent and r.end <= region.start)
    return any(type(function.values[r.end - 1]) is f.Raise for r in beside if r.end > r.start)


def _is_looked_at(function: Function, tries: f.Region, region: f.Region) -> bool:
    """What the `try` was to bring is asked for afterwards: whether it is there decides what follows."""
    brought = {s.value for s in function.values[tries.start : tries.end] if type(s) is f.Store}
    later = [r.subject for r in function.regions if r.kind in {"if", "while"} and r.start >= region.end]
    return any(brought & set(made_of(function, subject, through=_COMPUTED)) for subject in later)


def _touches_world(program: Program, function: Function, tries: f.Region, kinds: tuple[str, ...]) -> bool:
    """What is tried reaches the network, a database or files: there, silence hides an outage."""
    inside = [c for c in function.calls if tries.start <= c < tries.end]
    return any(program.effects.of_call(function, call, kind) for call in inside for kind in kinds)
