'''A function only pretends: it raises "not implemented", does nothing, or answers with a made-up constant.

Callers and reviewers see a name and a signature and believe that the work is done; it shows when a customer reaches it.

Write it, or take it out together with what calls it; an abstract method says so with `abc.abstractmethod`.

## Bad

```shop.py
def refund(order):
    """Give the money back."""
    raise NotImplementedError  # finding: refund

def send_invoice(order):
    # TODO: send the mail
    pass  # finding: send_invoice

def tax(order):
    # In a real application this would ask the tax service
    return 0.2  # finding: tax
```

## Bad: it only writes into the log that it was done

```letters.py
import logging

logger = logging.getLogger(__name__)

def push(note):
    try:
        # TODO: send it with the push service
        logger.info(f"push: {note.title}")
        return True  # finding: push
    except Exception as error:
        logger.error("no push: %s", error)
        return False

def remind(rows):
    # Placeholder: nothing is sent yet
    print("reminding", len(rows))
    return True  # finding: remind
```

## Good

```letters.py
import logging

logger = logging.getLogger(__name__)

def told(note):
    logger.info("told: %s", note)
    return True

def sent(note, mail):
    # TODO: retry
    logger.info("sending %s", note.title)
    return mail.send(note)

def kept(note, notes):
    # for now in memory
    notes[note.key] = note
    logger.info("kept")
    return True

def checked(note):
    # TODO: ask the service as well
    if not note.title:
        logger.warning("no title")
        return False
    return True
```

```shop.py
from abc import ABC, abstractmethod
from typing import Protocol, overload

class Store(ABC):
    @abstractmethod
    def save(self, row):
        raise NotImplementedError

class Sender(Protocol):
    def send(self, text): ...

class Base:
    def hook(self):
        pass

    def must(self):
        raise NotImplementedError

class Child(Base):
    def must(self):
        return 1

class Notifier:
    def send(self, text):
        raise NotImplementedError

class Letters:
    def send(self, text):
        return text

class ByLetter(Letters, Notifier):
    pass

def told(text):
    return ByLetter().send(text)

def may_see(context):
    # FIXME this is open to administrators as well
    return {"success": False, "message": "only for services"}

def chain(tasks):
    raise NotImplementedError("a chain is no task of its own")

def zero(order):
    return 0

@overload
def one(x: int) -> int: ...
```
'''

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import File, Function, Program, written
from seatrial.program.derived import derived
from seatrial.program.manifests import parse
from seatrial.program.slots import fillers, is_slot
from seatrial.rules.contract import SLIGHT, TOLD, Match, rule

_EXEMPT = ("abstractmethod", "overload", "abstractproperty", "singledispatch", "fixture")
_PROMISE = re.compile(
    r"(?i)\b(todo|fixme|placeholder|not (yet )?implemented|stub|in a real|in production|for now|simplified|mock)\b"
)
_BASE = re.compile(r"^_?(Base|Abstract)|(Base|Mixin|Interface|Protocol)$")
_IDLE = (f.Param, f.Const, f.Ref, f.Jump, f.Return, f.Collection)
_TALKS = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_LOGGER = re.compile(r"(?i)\b_?log(ger|ging)?\b")
_SHOWS = frozenset({"!print", "!str", "!repr", "!len"})
_TELLING = (*_IDLE, f.Attr, f.Template, f.Binary, f.Caught, f.Index, f.Store)
"""What a body may hold beside its calls that only tells of what should have been done."""

FEW = 2
"""More than these in a list are no example: somebody has looked them up."""


@rule(severity=Severity.WARNING, cwe=(1164,), most=TOLD)
def check(program: Program) -> Iterator[Match]:
    """Functions without work of their own that say, by exception or comment, that it is still to be done."""
    judged = (file for file in program.files if file.role is Role.CODE)
    for function, line in ((file.functions[at], line) for file in judged for at, line in _stubs(file)):
        if not _is_exempt(program, function):
            yield Match(
                message=f"{function.symbol} is not written yet",
                function=function,
                line=line,
                key="stub",
                confidence=_confidence(program, function),
            )


def _is_exempt(program: Program, function: Function) -> bool:
    outer = function.parent
    if outer is not None and any(written(outer, d).endswith(_EXEMPT) for d in function.facts.decorators):
        return True
    bases = program.types.outer_bases(function.cls) if function.cls else ()
    return any(b.endswith(("Protocol", ".ABC", "Interface")) for b in bases)


@derived(list[tuple[int, int]])
def _stubs(file: File) -> list[tuple[int, int]]:
    """The functions of a file that are not written yet, by their places in it, each with the line that shows it."""
    functions = (function for function in file.functions if function.facts.kind == "function")
    return [(function.index, line) for function in functions if (line := _unfinished(function))]


def _unfinished(function: Function) -> int:
    """The line that shows it, or 0."""
    if any(type(v) not in _IDLE and type(v) is not f.Raise and not _is_error(v) for v in function.values):
        return _boast(function)  # it does something
    raised = [v for v in function.values if type(v) is f.Raise]
    if len(raised) == 1 and "NotImplementedError" in _raised(function, raised[0]):
        return raised[0].line
    if raised or not _comments(function) or _puts_together(function):
        return 0
    last = [v for v in function.values if type(v) in {f.Jump, f.Return}]
    return last[-1].line if last else function.facts.end_line


def _puts_together(function: Function) -> bool:
    """It answers with what it is given, in a shape of its own: the comment speaks of that shape."""
    answers = (function.values[function.origin(value)] for value in function.returns)
    parts = (function.values[function.origin(i)] for step in answers if type(step) is f.Collection for i in step.items)
    return any(type(part) is f.Param for part in parts)


def _boast(function: Function) -> int:
    """The line where a body that only writes into the log, and says that work is missing, answers; or 0."""
    if any(region.kind not in {"try", "except", "finally"} for region in function.regions):
        return 0
    talks = [v for v in function.values if type(v) is f.Call]
    if not all(_is_talk(function, v) for v in talks) or not any(
        v.callee not in _SHOWS or v.callee == "!print" for v in talks
    ):
        return 0
    answers = [v for v in function.values if type(v) is f.Return]
    idle = all(type(v) in _TELLING or type(v) is f.Call for v in function.values)
    fixed = all(v.value < 0 or type(function.values[v.value]) is f.Const for v in answers)
    return (answers[0].line if answers else function.facts.end_line) if idle and fixed and _comments(function) else 0


def _is_talk(function: Function, call: f.Call) -> bool:
    """It writes into the log, or makes a text for it."""
    if call.callee in _SHOWS:
        return True
    owner, _, name = call.callee.rpartition(".")
    written_to = written(function, call.receiver) if call.receiver >= 0 else owner
    return name in _TALKS and bool(_LOGGER.search(written_to.replace(":", " ").replace(".", " ")))


def _is_error(step: f.AnyValue) -> bool:
    return type(step) is f.Call and step.callee == "!NotImplementedError"


def _raised(function: Function, step: f.Raise) -> str:
    return written(function, step.value) if step.value >= 0 else ""


def _comments(function: Function) -> bool:
    return any(
        function.facts.line <= c.line <= function.facts.end_line + 1 and _PROMISE.search(c.text)
        for c in function.file.facts.comments
    )


def _confidence(program: Program, function: Function) -> float:
    """A method may be a hook that subclasses fill in, here or in a user's code; a reason that is given may be the last word."""
    if function.cls is None:
        if _gives_way(function) or _is_left(program, function):
            return 0.4
        if function.facts.decorators and not program.is_served(function):
            return 0.6  # the decorator may do all the work
        is_inner = function.parent is not None and function.parent.is_callable  # it is handed over, and may do nothing
        if is_inner or _says_why(function) or _is_complaint(function):
            return 0.6
        return SLIGHT if _is_known(program, function) else 0.85
    is_hook = (
        _BASE.search(function.cls.name) or program.calls.is_overridden(function) or _is_replaced(program, function)
    )
    if is_hook or not program.is_served(function):
        return 0.4
    return 0.75 if _comments(function) else SLIGHT  # it may belong to an interface of which this class offers a part


def _is_known(program: Program, function: Function) -> bool:
    """A library says by the error what it does not offer; or what is given or set comes back, and a wish is noted beside.

    Or a table is answered with, and the wish is a finer one.
    """
    if any(type(step) is f.Raise for step in function.values):
        part = parse(program.manifests, program.installed).part_of(function.file.path)
        return bool(part and part.published)
    answers = [function.values[function.origin(value)] for value in function.returns]
    if answers and all(type(one) is f.Collection and one.kind == "list" and len(one.items) > FEW for one in answers):
        return True
    return bool(answers) and not program.is_served(function) and {f.Param, f.Ref}.issuperset(map(type, answers))


def _gives_way(function: Function) -> bool:
    """The same file puts another one in its place, where it can: by an import for some platforms, by a definition."""
    file, line = function.file, function.facts.line
    others = (g for g in file.functions if g is not function and g.parent is function.parent)
    again = any(g.name == function.name and g.facts.line > line for g in others)
    return again or any(
        one.name == function.name and one.line > line and not one.type_only for one in file.facts.imports
    )


def _is_left(program: Program, function: Function) -> bool:
    """Other modules of the folder do something under that name, and this one need not: formats that are only read."""
    others = (one for one in fillers(program, function) if one is not function)
    return is_slot(program, function) and any(not _unfinished(one) for one in others)


def _is_complaint(function: Function) -> bool:
    """It gives an answer, and the comment only says what is wrong with that: `FIXME: open to too many`."""
    answers = any(type(v := function.values[r]) is f.Collection and bool(v.items) for r in function.returns)
    lines = range(function.facts.line, function.facts.end_line + 2)
    said = [c.text for c in function.file.facts.comments if c.line in lines and _PROMISE.search(c.text)]
    return answers and bool(said) and all([m[0].lower() for m in _PROMISE.finditer(text)] == ["fixme"] for text in said)


def _is_replaced(program: Program, function: Function) -> bool:
    """A subclass takes the method from another base, which stands before."""
    owner = function.cls
    heirs = (heir for heir in program.classes if owner and heir is not owner and owner in program.types.mro(heir))
    found = (program.types.member(heir, function.name) for heir in heirs)
    return any(named is not None and named.entity is not function for named in found)


def _says_why(function: Function) -> bool:
    """The error has a text, which does not say that something is still to come: `"not for tasks"`."""
    texts = [v.value for v in function.values if type(v) is f.Const and isinstance(v.value, str)]
    raised = [v for v in function.values if type(v) is f.Call and v.callee == "!NotImplementedError" and v.args]
    return bool(raised) and not any(_PROMISE.search(text) for text in texts)
