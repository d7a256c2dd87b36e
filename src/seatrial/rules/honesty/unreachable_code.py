"""Code stands where the program can never get to.

It is read, translated and kept up to date as if it worked: the check after the `return`, the handler below the broader one. Whoever relies on it
relies on nothing.

Delete it, or move it before what leaves; put the narrower handler first.

## Bad

```shop/orders.py
import os
import sys

def total(order):
    return order.price * order.count
    order.log("computed")  # finding: after the return

def place(order):
    if order.is_open:
        return order.place()
    else:
        raise ValueError(order)
    order.notify()  # finding: both branches

def work(queue):
    while True:
        queue.next().run()
    queue.close()  # finding: the loop never ends

def first(orders):
    for order in orders:
        if order.is_open:
            break
            order.close()  # finding: after the break

def load(path):
    try:
        return open(path)
    except OSError:
        raise
    print("loaded")  # finding: every way

def stop(code):
    os.remove("pid")
    sys.exit(code)
    os.remove("lock")  # finding: after the exit
```

## Bad: a handler below one that catches the same and more

```shop/prices.py
import requests

class PriceError(ValueError):
    pass

def price(text):
    try:
        return int(text)
    except Exception:
        return 0
    except ValueError:  # finding: ValueError is caught before
        return 1

def load(address):
    try:
        return requests.get(address, timeout=3).json()
    except OSError:
        return None
    except (requests.RequestException, FileNotFoundError):  # finding: caught before
        return 1

def own(row):
    try:
        return row.price()
    except (ValueError, KeyError):
        return 0
    except PriceError:  # finding: PriceError is caught before
        return 1
```

## Good

```shop/orders.py
import os
import sys

class PriceError(ValueError):
    pass

def total(order):
    if order.is_open:
        return 0
    return order.price

def nothing():
    return
    yield

def typed():
    raise NotImplementedError
    yield 1

def none_of_them():
    return
    yield ("", "")

def work(queue):
    while True:
        if queue.is_empty():
            break
        queue.next().run()
    queue.close()

def each(queue):
    while True:
        for one in queue:
            if one.is_last:
                return one

def retried(order):
    for _ in range(3):
        try:
            return order.place()
        except OSError:
            continue
    return None

def cleaned(order):
    try:
        return order.place()
    except OSError:
        order.cancel()
    finally:
        order.close()
    return None

def narrow(text):
    try:
        return int(text)
    except PriceError:
        return 2
    except ValueError:
        return 1
    except Exception:
        return 0

def kinds(kinds, text):
    try:
        return int(text)
    except kinds:
        return 2
    except ValueError:
        return 1

def switch(order):
    if order.kind == 1:
        return 1
    elif order.kind == 2:
        return 2
    return 3

def stop(code):
    if code:
        sys.exit(code)
    os.remove("lock")

def described(order):
    return order
    "The order as it is."

if False:
    from shop.types import Order
```

## Good: an error behind an endless loop, for whoever reads on

```shop/retry.py
def fetched(session, url):
    attempt = 0
    while True:
        answer = session.get(url, timeout=3)
        if answer.ok or attempt > 5:
            return answer
        attempt += 1
    raise RuntimeError(f"no answer: {url.upper()}")
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import LOOPS, Class, File, Function, Program, written
from seatrial.program.branches import is_literal
from seatrial.program.derived import derived
from seatrial.program.names import External
from seatrial.program.ownership import clauses
from seatrial.rules.contract import SLIGHT, Match, rule

_LEAVES = frozenset({f.Return, f.Raise, f.Jump})
_WORDS = {f.Return: "return", f.Raise: "raise"}
_WORK = frozenset({f.Store, f.StoreAttr, f.StoreItem, f.Return, f.Assert, f.Delete})
_ENDLESS = "since the loop never ends"
_OFF = "since the condition is never true"
"""Nobody writes `if False:` by mistake."""
_IDLE = frozenset({f.Const, f.Phi, f.Jump, f.Yield, f.Template})
"""What may stand there for a reason: the `yield` that makes a generator, a text, `pass`."""


@rule(severity=Severity.WARNING, cwe=(561,))
def check(program: Program) -> Iterator[Match]:
    """Values after a way out of their block, in branches that are never taken, and handlers that come too late."""
    for file in program.files:
        for at, start, end, reason in _stretches(file) if file.role is Role.CODE else ():
            yield from _match(file.functions[at], start, end, reason)
    for function, call in program.index.calls("exit", "_exit", "abort"):
        model = program.model(function, call)
        if model and "exit" in model.effects and call not in function.users:
            end = next((region.end for region in function.enclosing(call)), len(function.values))
            yield from _match(function, call + 1, end, "after the exit")
    for function in program.index.with_regions("except"):
        yield from _shadowed(program, function)


@derived(list[tuple[int, int, int, str]])
def _stretches(file: File) -> list[tuple[int, int, int, str]]:
    """Where values follow a way out of their block: index of the body, first value, the one behind the last, and why."""
    return [(body.index, *found) for body in file.functions for found in _outermost(body)]


def _outermost(function: Function) -> list[tuple[int, int, str]]:
    """What lies in a stretch that never runs is told with it."""
    found = [*_after_leaving(function), *_after_regions(function)]
    return [one for one in found if not any(start < one[0] and one[1] <= end for start, end, _ in found)]


def _after_leaving(function: Function) -> Iterator[tuple[int, int, str]]:
    ends = {region.end for region in function.regions} | {len(function.values)}
    seen = 0
    for value in function.of(_LEAVES):
        step = function.values[value]
        if value + 1 in ends or value < seen or (type(step) is f.Jump and step.kind == "pass"):
            continue
        seen = next((region.end for region in function.enclosing(value)), len(function.values))
        word = step.kind if type(step) is f.Jump else _WORDS[type(step)]
        yield value + 1, seen, f"after the {word}"


def _after_regions(function: Function) -> Iterator[tuple[int, int, str]]:
    for index, region in enumerate(function.regions):
        until = function.regions[region.parent].end if region.parent >= 0 else len(function.values)
        if region.kind == "else" and region.exits and _other_leaves(function, index):
            yield region.end, until, "since both branches before leave"
        elif region.kind == "while" and is_literal(function, region.subject, truth=True):
            if not any(_breaks(function, region, v) for v in function.of(_LEAVES) if region.start <= v < region.end):
                yield region.end, until, _ENDLESS
        elif region.kind == "try" and region.exits and not _may_be_held(function, region):
            later = clauses(function, region)
            if later and all(c.exits for c in later if c.kind == "except") and later[-1].kind == "except":
                yield later[-1].end, until, "since every way before leaves"
        if region.kind in {"if", "while"} and is_literal(function, region.subject, truth=False):
            yield region.start, region.end, _OFF


def _may_be_held(function: Function, region: f.Region) -> bool:
    """It leaves under a `with` of its own, which may take the error that keeps it from leaving: `move_on_after`."""
    leaves = max((v for v in function.of(_LEAVES) if region.start <= v < region.end), default=f.NONE)
    return leaves >= 0 and any(r.kind == "with" and region.start <= r.start for r in function.enclosing(leaves))


def _other_leaves(function: Function, index: int) -> bool:
    """The branch before an `else` leaves too."""
    other = function.regions[index]
    before = (r for r in function.regions[:index] if r.kind == "if" and r.parent == other.parent)
    return any(r.exits and r.end <= other.start and r.subject == other.subject for r in before)


def _breaks(function: Function, loop: f.Region, value: int) -> bool:
    step = function.values[value]
    if type(step) is not f.Jump or step.kind != "break":
        return False
    return next((r for r in function.enclosing(value) if r.kind in LOOPS), None) == loop


def _shadowed(program: Program, function: Function) -> Iterator[Match]:
    for region in function.regions:
        if region.kind != "try":
            continue
        before: list[Class | str] = []
        for handler in clauses(function, region):
            kinds = [_kind(program, function, k) for k in _subjects(function, handler)]
            if handler.kind == "except" and kinds and all(k and _is_caught(program, k, before) for k in kinds):
                yield _late(function, handler)
            before.extend(k for k in kinds if k)


def _subjects(function: Function, handler: f.Region) -> list[int]:
    step = function.values[handler.subject] if handler.subject >= 0 else None
    return list(step.items) if type(step) is f.Collection else [handler.subject] if step else []


def _kind(program: Program, function: Function, value: int) -> Class | str:
    """The class of errors that a value names: one of the program's, or a canonical name; empty if it is not known."""
    step = function.values[function.origin(value)]
    if type(step) is not f.Ref:
        return ""
    named = program.names.resolve(function.file, step.path)
    if isinstance(named.entity, External):
        return program.models.canonical(".".join((named.entity.name, *named.rest)))
    return named.entity if isinstance(named.entity, Class) and not named.rest else ""


def _is_caught(program: Program, kind: Class | str, before: list[Class | str]) -> bool:
    for earlier in before:
        name = earlier.dotted if isinstance(earlier, Class) else earlier
        if isinstance(kind, Class) and program.types.class_derives(kind, name):
            return True
        if isinstance(kind, str) and (kind == name or program.models.is_a(kind, name)):
            return True
    return False


def _late(function: Function, handler: f.Region) -> Match:
    names = " and ".join(written(function, k) for k in _subjects(function, handler))
    return Match(
        message=f"{names} is caught before: this handler never runs",
        function=function,
        line=handler.line,
        key=f"handler {names}",
        confidence=0.88,
    )


def _match(function: Function, start: int, end: int, reason: str) -> Iterator[Match]:
    """The values from `start` to `end` never run; nothing if they do nothing."""
    inside = function.values[start:end]
    made = _IDLE | ({f.Collection} if any(type(step) is f.Yield for step in inside) else set())
    steps = [step for step in inside if type(step) not in made]
    is_code = function.is_callable and function.facts.kind != "lambda"
    if not is_code or all(_leaves_alone(step) for step in steps) or _is_guard(steps, reason):
        return
    is_off = reason == _OFF or _is_switched_off(function, start - 1)
    is_known = is_off or _is_marked(function, function.values[start - 1].line, steps)
    yield Match(
        message=f"never runs, {reason}",
        function=function,
        line=steps[0].line,
        end_line=max(step.line for step in steps),
        key=f"{reason} {len(steps)}",
        confidence=SLIGHT if is_known else 0.85,
    )


def _leaves_alone(step: f.AnyValue) -> bool:
    """`return` behind a call that ends all: nothing is lost with it, and readers see that the way ends here."""
    return type(step) in {f.Return, f.Jump}


def _is_guard(steps: list[f.AnyValue], reason: str) -> bool:
    """Nothing but an error behind what always leaves: it says to readers and type checkers that none comes here."""
    last = steps[-1]
    return (
        not reason.startswith("after the") and type(last) is f.Raise and not any(type(step) in _WORK for step in steps)
    )


def _is_marked(function: Function, leaves: int, steps: list[f.AnyValue]) -> bool:
    """The author knows: a comment asks for what is to be done (`# TODO: can this happen?`) where the way out is."""
    last = max(step.line for step in steps)
    return any(leaves <= comment.line <= last for comment in function.file.facts.comments)


def _is_switched_off(function: Function, leaves: int) -> bool:
    """The body begins with a fixed answer, with an error or the end of a request, or says that the way is not open yet."""
    before = [function.values[value] for value in range(leaves) if not function.is_annotation(value)]
    step = function.values[leaves]
    if type(step) is f.Raise and any(_is_not_open(one) for one in before[-3:]):
        return True
    if type(step) is f.Return:
        return all(_is_fixed(one) for one in before)
    made = step.value if type(step) is f.Raise else leaves
    return all(_is_fixed(one) or type(one) in {f.Ref, f.Template} or one is function.values[made] for one in before)


def _is_not_open(step: f.AnyValue) -> bool:
    """`NotImplementedError()`, and an error of the program's own that says the same: `CommandNotImplemented()`."""
    return type(step) is f.Call and "NotImplemented" in step.callee.rpartition(".")[2]


def _is_fixed(step: f.AnyValue) -> bool:
    return type(step) in {f.Param, f.Const} or (type(step) is f.Collection and not step.items)
