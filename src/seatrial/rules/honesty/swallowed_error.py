"""Any error at all is caught and nothing is done about it.

The program goes on with a result that is wrong or missing, and when it shows there is no trace of the cause: a typo, a full disk and a failing
payment all look like success.

Catch the one error that is expected, and say in code what it means; everything else should be logged with its traceback and raised on.

## Bad

```shop.py
def price(row):
    try:
        return convert(row)
    except Exception:  # finding: Exception
        pass

def load(rows):
    found = []
    for row in rows:
        try:
            found.append(convert(row))
        except:  # finding: every error
            continue
    return found

def read(path):
    try:
        return convert(path)
    except Exception as error:  # finding
        return None
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

class Handle:
    def __del__(self):
        try:
            convert(self)
        except Exception:
            pass
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, written
from seatrial.rules.contract import Match, rule

_BROAD = frozenset({"Exception", "BaseException", "builtins.Exception"})
_CLEANING = frozenset(
    {"__del__", "__exit__", "__aexit__", "close", "aclose", "shutdown", "cleanup", "teardown", "stop", "terminate"}
)
_EMPTY = {"none": None, "bool": False}


@rule(severity=Severity.WARNING, cwe=(390, 1069))
def check(program: Program) -> Iterator[Match]:
    """Handlers for every error that neither look at it nor do anything but go on."""
    for function in program.index.with_regions("except"):
        for index, region in enumerate(function.regions):
            if region.kind == "except" and _is_broad(function, region) and _does_nothing(function, index):
                yield _match(function, region)


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
        return step.value < 0 or type(function.values[step.value]) is f.Caught
    if type(step) is f.Collection:
        return not step.items
    if type(step) is f.Return:
        return step.value < 0 or type(function.values[step.value]) in {f.Const, f.Collection}
    return False


def _match(function: Function, region: f.Region) -> Match:
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
        message=f"{what} is caught and forgotten",
        function=function,
        line=line,
        key=f"{what} {_tried(function, tries)}",
        confidence=_confidence(function, region, tries),
    )


def _tried(function: Function, tries: f.Region | None) -> str:
    calls = [function.values[c] for c in function.calls if tries and tries.start <= c < tries.end]
    return " ".join(c.callee for c in calls if type(c) is f.Call)


def _confidence(function: Function, region: f.Region, tries: f.Region | None) -> float:
    """Cleaning up may fail in silence; a probe that answers with a constant is often meant so."""
    if function.name in _CLEANING or not function.is_callable:
        return 0.4
    calls = _tried(function, tries).split()
    if calls and all(c.rpartition(".")[2] in _CLEANING for c in calls):
        return 0.4
    answers = any(type(function.values[i]) is f.Return for i in range(region.start, region.end))
    return 0.72 if answers else 0.82
