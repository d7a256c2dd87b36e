"""A test replaces the very function that it then calls: what it proves is that a mock answers as it was told.

The real function may be broken, or gone, and the test stays green. It is counted like any other, so nobody misses the test that is not there.

Replace what the function depends on (the network, the clock, the next service), and call the function itself.

## Bad

```test_shop.py
import pytest
import shop
from shop import Basket
from unittest.mock import Mock, patch

@patch("shop.total")
def test_total(total):
    total.return_value = 3
    assert shop.total([1, 2]) == 3  # finding: shop.total

def test_total_again():
    with patch.object(shop, "total", return_value=3):
        result = shop.total([1, 2])
        assert result == 3  # finding: shop.total

@patch("shop.Basket.price", return_value=5)
def test_price(price):
    basket = Basket()
    assert basket.price() == 5  # finding: Basket.price

def test_size():
    basket = Basket()
    basket.size = Mock(return_value=2)
    assert basket.size() == 2  # finding: size is replaced

def test_fixture(mocker):
    mocker.patch("shop.total", return_value=4)
    assert shop.total([1]) == 4  # finding: shop.total

def test_method(mocker):
    mocker.patch.object(Basket, "price", return_value=4)
    assert Basket().price() == 4  # finding: Basket.price

def test_monkey(monkeypatch):
    monkeypatch.setattr(shop, "total", lambda rows: 4)
    assert shop.total([1]) == 4  # finding: shop.total

def test_monkey_text(monkeypatch):
    monkeypatch.setattr("shop.total", lambda rows: 4)
    assert shop.total([1]) == 4  # finding: shop.total
```

```shop.py
class Basket:
    def price(self):
        return total(self.rows())

    def rows(self):
        return []

    def size(self):
        return len(self.rows())

def total(rows):
    return sum(rows)
```

## Good

```test_shop.py
import pytest
import shop
from shop import Basket, total
from unittest.mock import Mock, patch

@patch("shop.total", return_value=3)
def test_price(replaced):
    assert Basket().price() == 3

def test_original():
    with patch("shop.total", return_value=3):
        assert total([1]) == 1

@patch("shop.Basket.rows", return_value=[1, 2])
def test_rows(rows):
    basket = Basket()
    assert basket.price() == 3
    assert basket.rows() == [1, 2]

def test_afterwards():
    with patch.object(shop, "total", return_value=3):
        Basket().price()
    assert shop.total([1]) == 1

def test_spy():
    with patch.object(shop, "total", wraps=shop.total) as replaced:
        assert shop.total([1]) == 1

def test_other():
    basket, other = Basket(), Basket()
    other.price = Mock(return_value=3)
    assert basket.price() == 3

def test_error(mocker):
    mocker.patch("shop.total", side_effect=ValueError)
    with pytest.raises(ValueError):
        shop.total([1])

def test_put_back(monkeypatch):
    original = shop.total
    monkeypatch.setattr(shop, "total", lambda rows: 3)
    Basket().price()
    shop.total = original
    assert shop.total([1]) == 1

@patch("shop.total", shop.total.__wrapped__)
def test_uncached():
    assert shop.total([1]) == 1

def test_calls(mocker):
    replaced = mocker.patch("shop.total", return_value=1)
    Basket().price()
    replaced.assert_called_once()
    assert shop.total([1]) == 1
```

```shop.py
class Basket:
    def price(self):
        return total(self.rows())

    def rows(self):
        return []

def total(rows):
    return sum(rows)
```
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Class, Function, Program, written
from seatrial.program.names import Named
from seatrial.rules.contract import Match, rule
from seatrial.rules.honesty._claims import claims, is_test, sources

_STORES = frozenset({f.StoreAttr})
_MOCKS = frozenset({"Mock", "MagicMock", "AsyncMock", "create_autospec"})
_REAL = frozenset({"wraps", "side_effect"})
"""Keywords under which the replacement does something of its own."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a test replaces, and in which of its values: a thing by its path, or by a name below a value."""

    start: int
    end: int
    path: str = ""
    named: Named | None = None
    base: int = f.NONE
    name: str = ""


@rule(severity=Severity.WARNING, cwe=(1126,), about_tests=True)
def check(program: Program) -> Iterator[Match]:
    """Tests all of whose assertions are about what a replaced function gave back."""
    for function in program.tests:
        if not is_test(function):
            continue
        replaced = [*_patched(program, function), *_decorated(program, function), *_stored(function)]
        calls = {c: one for c in function.calls for one in replaced if _reaches(program, function, c, one)}
        if not calls:
            continue
        said = list(claims(program, function))
        about = [next((c for c in sources(function, claim) if c in calls), f.NONE) for claim in said]
        if about and f.NONE not in about and not _watches(function):
            yield _match(function, said[0].value, about[0], calls[about[0]])


def _patched(program: Program, function: Function) -> Iterator[Replaced]:
    for call in function.calls:
        step = function.values[call]
        assert type(step) is f.Call
        if step.callee.rpartition(".")[2] in {"patch", "object", "setattr"}:
            inside = next((r for r in function.regions if r.kind == "with" and r.subject == call), None)
            start, end = (inside.start, inside.end) if inside else (call, len(function.values))
            yield from _replaced(program, function, call, (start, end))


def _decorated(program: Program, function: Function) -> Iterator[Replaced]:
    bodies = [(function.parent, function.facts.decorators)]
    if function.cls is not None:
        bodies.append((function.cls.outer, function.cls.facts.decorators))
    for body, decorators in bodies:
        for decorator in decorators if body else ():
            if body and type(body.values[decorator]) is f.Call:
                yield from _replaced(program, body, decorator, (0, len(function.values)))


def _replaced(program: Program, function: Function, call: int, span: tuple[int, int]) -> Iterator[Replaced]:
    """What a call replaces, by what the library models say of it."""
    step = function.values[call]
    model = program.model(function, call)
    if type(step) is not f.Call or model is None or any(name in _REAL for name, _ in step.keywords):
        return
    chosen = model.replaces.select(step)
    if not chosen or _is_given(function, step, chosen):
        return
    target, name = function.values[chosen[0]], function.values[chosen[1]] if len(chosen) > 1 else None
    if type(target) is f.Const and type(target.value) is str:
        path = target.value
    elif type(name) is not f.Const or type(name.value) is not str:
        return
    elif type(target) is not f.Ref:
        yield Replaced(*span, base=function.origin(chosen[0]), name=name.value)
        return
    else:
        path = f"{program.names.absolute(function.file, target.path)}.{name.value}"
    yield Replaced(*span, path=path, named=program.names.resolve(function.file, path))


def _is_given(function: Function, step: f.Call, chosen: Sequence[int]) -> bool:
    """What takes its place is named, and made from the real thing: `patch("shop.price", shop.price.__wrapped__)`."""
    last = chosen[-1]
    path = function.values[last]
    named = str(path.value).rpartition(".")[2] if type(path) is f.Const else ""
    given = (*(v for v in step.args if v not in chosen), *(v for name, v in step.keywords if name == "new"))
    return any(named in written(function, value).split(".") for value in given if named)


def _stored(function: Function) -> Iterator[Replaced]:
    """`basket.size = Mock(return_value=2)`."""
    for value in function.of(_STORES):
        step = function.values[value]
        if type(step) is f.StoreAttr and step.value >= 0 and _is_mock(function.values[step.value]):
            yield Replaced(value, len(function.values), base=function.origin(step.base), name=step.name)


def _is_mock(given: f.AnyValue) -> bool:
    if type(given) is not f.Call or given.callee.rpartition(".")[2] not in _MOCKS:
        return False
    return not any(name in _REAL for name, _ in given.keywords)


def _reaches(program: Program, function: Function, call: int, replaced: Replaced) -> bool:
    step = function.values[call]
    if type(step) is not f.Call or not replaced.start < call < replaced.end or _is_put_back(function, call, replaced):
        return False
    if replaced.base >= 0:
        same = step.callee == replaced.name and step.receiver >= 0
        return same and function.origin(step.receiver) == replaced.base and _is_ours(program, function, step)
    if step.receiver < 0:
        here = program.names.absolute(function.file, step.callee) == replaced.path
        return here and not _is_bound_here(function, replaced) and _is_of_program(replaced)
    owner = replaced.named.entity if replaced.named else None
    if step.callee != replaced.path.rpartition(".")[2] or not isinstance(owner, Function) or owner.cls is None:
        return False
    return program.target(function, call).functions == (owner,)


def _is_put_back(function: Function, call: int, replaced: Replaced) -> bool:
    """The real thing takes its place again before the call: `shop.price = original`."""
    name = replaced.name or replaced.path.rpartition(".")[2]
    later = (v for v in function.of(_STORES) if replaced.start < v < call)
    steps = (function.values[v] for v in later)
    return any(
        type(s) is f.StoreAttr and s.name == name and s.value >= 0 and not _is_mock(function.values[s.value])
        for s in steps
    )


def _is_ours(program: Program, function: Function, step: f.Call) -> bool:
    """The object is of a class that is judged: what is replaced in a helper of the tests is no subject."""
    owner = program.type_of(function, step.receiver)
    return owner is not None and owner.cls is not None and not owner.cls.file.is_test


def _is_bound_here(function: Function, replaced: Replaced) -> bool:
    """The test's file imported the thing itself, before it was replaced: its name still means the original."""
    imports = (i for i in function.file.facts.imports if i.path == replaced.path)
    return any(i.function != function.index for i in imports)


def _is_of_program(replaced: Replaced) -> bool:
    entity = replaced.named.entity if replaced.named and not replaced.named.rest else None
    return isinstance(entity, Function | Class) and not entity.file.is_test


def _watches(function: Function) -> bool:
    """Mocks are asked how they were called: something real called them."""
    steps = (function.values[c] for c in function.calls)
    return any(type(s) is f.Call and s.callee.startswith("assert_") for s in steps)


def _match(function: Function, claim: int, call: int, replaced: Replaced) -> Match:
    step = function.values[call]
    assert type(step) is f.Call
    name = replaced.path or f"{written(function, replaced.base)}.{replaced.name}"
    return Match(
        message=f"{name} is replaced, and then it is all that is tested",
        function=function,
        line=function.values[claim].line,
        key=name,
        path=(function.step(call, "calls the replacement"), function.step(claim, "asserts what it was told to give")),
        confidence=0.82,
    )
