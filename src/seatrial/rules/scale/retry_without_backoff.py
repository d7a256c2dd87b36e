"""A call to another machine that failed is repeated at once, without a pause.

When the other side is overloaded, every caller asks it again in the same millisecond, several times: what was slow goes down, and cannot
come up again while all of them keep asking.

Wait longer after each failure, with some chance in it: `wait=wait_random_exponential(max=60)` (tenacity), `backoff_factor=0.5`
(urllib3), `sleep(2**attempt + random())`; and give up after a few.

## Bad

```shop/client.py
import requests
from tenacity import retry, stop_after_attempt
from urllib3.util import Retry

def fetch(url):
    while True:
        try:
            return requests.get(url, timeout=5).json()  # finding: requests.get is repeated at once
        except requests.RequestException:
            continue

def send(url, data):
    done = False
    tries = 0
    while not done and tries < 50:
        try:
            requests.post(url, json=data, timeout=5)  # finding: requests.post is repeated at once
            done = True
        except Exception as error:
            tries += 1
            print(error)

def get(url):
    return requests.get(url, timeout=5)

def by_helper(url):
    while True:
        try:
            return get(url).json()  # finding: requests.get is repeated at once
        except requests.RequestException:
            print("again")

def ten(url):
    for attempt in range(10):
        try:
            answer = requests.get(url, timeout=5)  # finding
            break
        except ConnectionError:
            pass
    return answer

def five(url):
    for attempt in range(5):
        try:
            return requests.get(url, timeout=5)  # finding
        except ConnectionError:
            if attempt == 4:
                raise

@retry(stop=stop_after_attempt(5))  # finding: requests.get is repeated at once
def again(url):
    return requests.get(url, timeout=5)

def session():
    return Retry(total=5, status_forcelist=[502, 503])  # finding: repeats requests at once
```

## Good

```shop/client.py
import random
import time

import requests
from tenacity import retry, stop_after_attempt, wait_random_exponential
from urllib3.util import Retry

def fetch(url):
    for attempt in range(5):
        try:
            return requests.get(url, timeout=5).json()
        except requests.RequestException:
            time.sleep(2**attempt + random.random())
    return None

def refreshed(url):
    while True:
        try:
            return requests.get(url, timeout=5).json()
        except PermissionError:
            login()

def login():
    return None

def mirrors(urls):
    for url in urls:
        try:
            return requests.get(url, timeout=5).json()
        except requests.RequestException:
            continue

def each(urls):
    for number in range(len(urls)):
        try:
            requests.get(urls[number], timeout=5)
        except requests.RequestException:
            print(number)

def pages(url):
    while url:
        try:
            url = requests.get(url, timeout=5).json()["next"]
        except requests.RequestException:
            break

def once(url):
    while True:
        try:
            return requests.get(url, timeout=5).json()
        except requests.RequestException:
            raise

def paused(url, pause):
    while True:
        try:
            return requests.get(url, timeout=5).json()
        except requests.RequestException:
            pause.wait_until_ready()

@retry(stop=stop_after_attempt(5), wait=wait_random_exponential(max=60))
def again(url):
    return requests.get(url, timeout=5)

@retry(stop=stop_after_attempt(5))
def computed(number):
    return number / random.random()

def session():
    return Retry(total=5, backoff_factor=0.5), Retry(total=0), Retry(0)
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Place, Severity, Step
from seatrial.program import Effect, Function, Program
from seatrial.program.ancestry import made_of
from seatrial.program.parts import LOOPS
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.scale._worth import weighed

_KINDS = ("http",)
_PAUSES = re.compile(r"(?i)sleep|wait|back_?off|delay|pause|throttl|countdown")
_FAILS = (
    "!Exception", "!BaseException", "!OSError", "!IOError", "!Connection", "!Timeout",
    "requests.", "httpx.", "urllib", "aiohttp.", "http.", "socket.", "ssl.", "asyncio.", "httpcore.",
)  # fmt: skip
"""What is raised when the other side does not answer, or says that it cannot."""
_FEW = 3
"""So many tries in all are hardly a flood."""


@rule(severity=Severity.WARNING, cwe=(799,), confirmed_by="faults")
def check(program: Program) -> Iterator[Match]:
    """Loops that try a request until it works, and the ready-made ones of tenacity and urllib3, without a pause."""
    for function in program.index.with_regions("try"):
        found: dict[int, Match] = {}
        for call in function.calls:
            loop = _retries(function, call)
            if loop is None or loop.start in found or _pauses(function, loop) or _depends(function, call, loop):
                continue
            effect = next((e for kind in _KINDS if (e := program.effects.of_call(function, call, kind))), None)
            if effect and not effect.once:
                found[loop.start] = _match(program, effect, loop)
        yield from found.values()
    yield from _decorated(program)
    yield from _adapters(program)


def _retries(function: Function, call: int) -> f.Region | None:
    """The loop around a call that goes round again when it fails and ends when it works."""
    tried: f.Region | None = None
    for region in function.enclosing(call):
        if region.kind == "try" and tried is None:
            tried = region
        elif region.kind in {"except", "finally"} and tried is None:
            return None
        elif region.kind in LOOPS:
            is_counted = region.kind == "while" or _is_count(function, region)
            return region if tried and is_counted and _goes_round(function, tried, region) else None
    return None


def _is_count(function: Function, region: f.Region) -> bool:
    """`for attempt in range(10)`, and not once for each element of something."""
    step = function.values[function.origin(region.subject)] if region.subject >= 0 else None
    if type(step) is not f.Call or step.callee not in {"!range", "itertools.count"}:
        return False
    return all(type(function.values[function.origin(a)]) in {f.Const, f.Param, f.Ref, f.Attr} for a in step.args)


def _goes_round(function: Function, tried: f.Region, loop: f.Region) -> bool:
    """A handler goes on with the loop, and what works ends it: by `return`, `break` or the condition."""
    after = (r for r in function.regions if r.kind == "except" and tried.end <= r.start < loop.end)
    if not any(_catches_failure(function, handler) and not _leaves(function, handler) for handler in after):
        return False
    works = (tried, *(r for r in function.regions if r.kind == "orelse" and r.start >= tried.end))
    ends = any(_may_leave(function, region) for region in works if region.end <= loop.end)
    return ends or (loop.kind == "while" and _sets_condition(function, tried, loop))


def _catches_failure(function: Function, handler: f.Region) -> bool:
    """What is caught may come from the network, and is no conflict over data."""
    if handler.subject < 0:
        return True
    kinds = (function.values[at] for at in made_of(function, handler.subject, start=0))
    return any(step.path.startswith(_FAILS) for step in kinds if type(step) is f.Ref)


def _leaves(function: Function, region: f.Region) -> bool:
    """Every way through it ends the loop."""
    last = function.values[region.end - 1] if region.end > region.start else None
    return region.exits and not (type(last) is f.Jump and last.kind == "continue")


def _may_leave(function: Function, region: f.Region) -> bool:
    steps = function.values[region.start : region.end]
    return any(type(s) in {f.Return, f.Raise} or (type(s) is f.Jump and s.kind == "break") for s in steps)


def _sets_condition(function: Function, tried: f.Region, loop: f.Region) -> bool:
    """`done = True` where it worked: a name that the loop's condition looks at."""
    asked = {v for at in made_of(function, loop.subject, start=0) for v in _phi(function, at)}
    return any(tried.start <= v < tried.end and type(function.values[v]) is f.Const for v in asked)


def _phi(function: Function, value: int) -> Iterator[int]:
    """The values that a variable has at the end of a round."""
    pending, seen = [value], {value}
    while pending:
        step = function.values[pending.pop()]
        for option in step.options if type(step) is f.Phi else ():
            yield option
            if option not in seen:
                seen.add(option)
                pending.append(option)


def _pauses(function: Function, loop: f.Region) -> bool:
    """Something in the loop waits, or is called as if it did."""
    inside = (function.values[c] for c in function.calls if loop.start <= c < loop.end)
    return any(type(step) is f.Call and _PAUSES.search(step.callee) for step in inside)


def _depends(function: Function, call: int, loop: f.Region) -> bool:
    """What is asked for is another each time: pages, mirrors, elements by their number."""
    if loop.kind != "for":
        return False
    return any(type(function.values[v]) is f.Element for v in made_of(function, call, start=loop.start))


def _mends(program: Program, function: Function, loop: f.Region) -> bool:
    """A handler does something about it: it logs in again, or takes another server."""
    handlers = (r for r in function.regions if r.kind == "except" and loop.start <= r.start < loop.end)
    calls = (c for r in handlers for c in function.calls if r.start <= c < r.end)
    return any(program.target(function, call).functions for call in calls)


def _match(program: Program, effect: Effect, loop: f.Region) -> Match:
    function = effect.function
    is_slight = _is_few(function, loop) or _mends(program, function, loop)
    return Match(
        message=f"{effect.what} is repeated at once when it fails",
        function=function,
        line=function.values[effect.value].line,
        key=effect.what,
        path=(
            Step(Place(function.file.path, loop.line, loop.line), "tries until it works"),
            *effect.path("sends a request"),
        ),
        confidence=weighed(program, function, 0.6 if is_slight else 0.74),
    )


def _is_few(function: Function, loop: f.Region) -> bool:
    step = function.values[function.origin(loop.subject)]
    ends = [function.values[function.origin(a)] for a in step.args] if type(step) is f.Call else []
    last = ends[min(1, len(ends) - 1)] if ends else None
    return loop.kind == "for" and not (type(last) is f.Const and isinstance(last.value, int) and last.value > _FEW)


def _decorated(program: Program) -> Iterator[Match]:
    """Functions under `tenacity.retry` that send requests, without `wait`."""
    for function in program.code:
        outer = function.parent
        for decorator in function.facts.decorators if outer else ():
            step = outer.values[decorator] if outer else None
            name = step.callee if type(step) is f.Call else step.path if type(step) is f.Ref else ""
            if name != "tenacity.retry" or (
                type(step) is f.Call and {"wait", "**", "sleep"} & dict(step.keywords).keys()
            ):
                continue
            found = next((e for kind in _KINDS for e in program.effects.of(function, kind).values()), None)
            if found and step:
                yield Match(
                    message=f"{found.what} is repeated at once when it fails",
                    function=function,
                    line=step.line,
                    key=found.what,
                    path=(function.head("is called again, without `wait`"), *found.path("sends a request")),
                    confidence=0.74,
                )


def _adapters(program: Program) -> Iterator[Match]:
    """`urllib3.Retry(total=5)`: its `backoff_factor` is 0 unless given."""
    for function, call in program.index.calls("Retry"):
        step = function.values[call]
        if type(step) is not f.Call or not step.callee.startswith(("urllib3.", "requests.")):
            continue
        given = dict(step.keywords)
        total = given.get("total", step.args[0] if step.args else f.NONE)
        number = function.values[function.origin(total)] if total >= 0 else None
        times = number.value if type(number) is f.Const and isinstance(number.value, int) else 0
        if times > 1 and not {"backoff_factor", "**"} & given.keys():
            yield Match(
                message="the adapter repeats requests at once when they fail",
                function=function,
                line=step.line,
                key=step.callee,
                path=(function.step(call, "without `backoff_factor`"),),
                confidence=weighed(program, function, 0.72 if times > _FEW else SLIGHT),
            )
