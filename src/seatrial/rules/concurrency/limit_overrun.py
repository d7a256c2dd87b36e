"""A counter is raised without asking, in the same statement, whether its limit is reached.

The limit is checked before, on a row that was read before: of two requests at once both see one use left, and both use it. Coupons are
redeemed twice, events oversold, quotas exceeded.

Ask in the update itself (`filter(pk=…, used__lt=F("maximum")).update(used=F("used") + 1)`) and look whether it changed a row, or lock the
row and check again.

## Bad

```shop/coupons.py
from django.db import models
from django.db.models import F

class Coupon(models.Model):
    used = models.IntegerField(default=0)
    maximum = models.IntegerField()

    @property
    def is_valid(self):
        return self.used < self.maximum

def redeem(coupon):
    Coupon.objects.filter(pk=coupon.pk).update(used=F("used") + 1)  # finding: maximum
```

## Good

```shop/coupons.py
from django.db import models, transaction
from django.db.models import F

class Coupon(models.Model):
    used = models.IntegerField(default=0)
    maximum = models.IntegerField()
    shown = models.IntegerField(default=0)

    @property
    def is_valid(self):
        return self.used < self.maximum

def redeem(coupon):
    return Coupon.objects.filter(pk=coupon.pk, used__lt=F("maximum")).update(used=F("used") + 1)

def give_back(coupon):
    Coupon.objects.filter(pk=coupon.pk).update(used=F("used") - 1)

def show(coupon):
    Coupon.objects.filter(pk=coupon.pk).update(shown=F("shown") + 1)

@transaction.atomic
def redeem_locked(key):
    coupon = Coupon.objects.select_for_update().get(pk=key)
    if not coupon.is_valid:
        raise ValueError(key)
    Coupon.objects.filter(pk=key).update(used=F("used") + 1)
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Class, Function, Program
from seatrial.program.chains import chain, compared
from seatrial.rules.contract import Match, rule

_ORDER = frozenset({"<", "<=", ">", ">="})


@rule(severity=Severity.ERROR, category=("race",), cwe=(367,), confirmed_by="race")
def check(program: Program) -> Iterator[Match]:
    """`update(used=F("used") + 1)` on tables whose methods compare that column with another, the limit."""
    for function, call in program.index.calls("update", "aupdate"):
        step = function.values[call]
        assert type(step) is f.Call
        raised = [name for name, value in step.keywords if _raises(function, value, name)]
        cls = _table(program, function, call) if raised else None
        for column in raised if cls else ():
            limit = _limit(program, cls, column) if cls else None
            if limit and not _asks(program, function, call, column):
                yield _match(function, call, f"{cls.name}.{column}" if cls else column, *limit)


def _raises(function: Function, value: int, column: str) -> bool:
    """`F(column) + n`."""
    step = function.values[function.origin(value)]
    left = function.values[function.origin(step.left)] if type(step) is f.Binary and step.op == "+" else None
    named = function.values[left.args[0]] if type(left) is f.Call and left.args else None
    return type(named) is f.Const and named.value == column


def _table(program: Program, function: Function, call: int) -> Class | None:
    """The model class whose rows the call writes, by its effect or by the name that its chain begins with."""
    *_, (_, first) = chain(function, call)
    path = first.callee.partition(".objects.")[0] if first.receiver < 0 else ""
    entity = program.names.resolve(function.file, path).entity if path else None
    if isinstance(entity, Class):
        return entity
    query = program.queries.query(function, call)
    return next((c for c in program.schema.tables if query and c.dotted == query.table), None)


def _limit(program: Program, cls: Class, column: str) -> tuple[str, Function, int] | None:
    """The other column of the table that a method of its class compares this one with, and where it does so."""
    table = program.schema.table(cls)
    for method in cls.methods.values() if table else ():
        for value, step in enumerate(method.values):
            if type(step) is not f.Compare or step.op not in _ORDER:
                continue
            sides = {name for side in (step.left, step.right) for name in _fields(method, side)}
            other = next(iter(sides - {column}), "")
            if column in sides and table and other in table.columns:
                return other, method, value
    return None


def _fields(method: Function, value: int) -> Iterator[str]:
    """The fields of the row itself that one side of a comparison is made of: `self.used`, `self.maximum - self.used`."""
    step = method.values[method.origin(value)]
    for side in (step.left, step.right) if type(step) is f.Binary and step.op == "-" else (value,):
        if name := _own(method, side):
            yield name


def _own(method: Function, value: int) -> str:
    """The name of the field of the row itself that a value reads; empty if it is none."""
    step = method.values[method.origin(value)]
    return step.name if type(step) is f.Attr and type(method.values[step.base]) is f.Param and step.base == 0 else ""


def _asks(program: Program, function: Function, call: int, column: str) -> bool:
    """The update compares the column itself, or a row of the table is locked while it runs."""
    step = function.values[call]
    assert type(step) is f.Call
    locked = [taken for taken in program.locks.taken(function) if taken.value < call < taken.until]
    return column in compared(function, step.receiver) or bool(locked) or _is_called_locked(program, function)


def _is_called_locked(program: Program, function: Function) -> bool:
    """Every caller holds a lock when it calls."""
    callers = program.calls.callers(function)
    return bool(callers) and all(
        any(taken.value < call < taken.until for taken in program.locks.taken(caller)) for caller, call in callers
    )


def _match(function: Function, call: int, column: str, limit: str, method: Function, where: int) -> Match:
    return Match(
        message=f"{column} is raised whatever its limit, {limit}: two at once both use the last one",
        function=function,
        line=function.values[call].line,
        key=column,
        path=(method.step(where, f"the limit is {limit}"), function.step(call, "raises it without asking")),
        confidence=0.75,
        weight=2.0,
        also=(method,),
    )
