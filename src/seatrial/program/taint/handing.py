"""Handing over: functions that others call later, and what they are then called with: threads, executors, tasks."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from seatrial.model import facts as f
from seatrial.program.parts import Function
from seatrial.program.taint.nouns import EVERY, Key
from seatrial.program.taint.passing import Picked, is_self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.libraries.form import Hook
    from seatrial.program.program import Program

_LATER = frozenset({"delay", "apply_async", "enqueue", "defer", "send", "s", "si"})
"""Methods of a task that call it later, elsewhere, with these arguments."""

_BUNDLED = frozenset({"args", "kwargs", "kwds"})
"""Arguments that bundle those of the function."""


class Handed(NamedTuple):
    """A function is handed over in `body` by call `call`, to be called with `given` (values and their labels)."""

    body: Function
    call: int
    given: tuple[tuple[int, str], ...]
    each: bool


class Handing:
    """Finds where functions are handed over. Made once, when the first function without callers is asked for."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._sites: dict[int, list[Handed]] | None = None

    def sites(self, function: Function) -> Sequence[Handed]:
        """Where a function is handed over."""
        if self._sites is None:
            self._sites = defaultdict(list)
            for reached, handed in (*self._hooks(), *self._tasks()):
                self._sites[id(reached)].append(handed)
        return self._sites.get(id(function), ())

    def _hooks(self) -> Iterator[tuple[Function, Handed]]:
        models = self._program.models.functions
        made = {n: t.construct for n, t in self._program.models.types.items() if t.construct}
        names = {n.rpartition(".")[2] for n, m in (*models.items(), *made.items()) if m.hook and m.hook.passes}
        for body, call in self._program.index.calls(*sorted(names)):
            step, model = body.values[call], self._program.model(body, call)
            if type(step) is f.Call and model is not None and model.hook is not None and model.hook.passes:
                yield from self._handed(body, call, step, model.hook)

    def _handed(self, body: Function, call: int, step: f.Call, hook: Hook) -> Iterator[tuple[Function, Handed]]:
        given = tuple((g.value, g.label) for g in hook.passes.given(step))
        for value in hook.callback.select(step):
            for reached in self._program.calls.value(body, value).functions:
                yield reached, Handed(body, call, given, bool(hook.each))

    def _tasks(self) -> Iterator[tuple[Function, Handed]]:
        for body, call in self._program.index.calls(*sorted(_LATER)):
            step = body.values[call]
            if type(step) is not f.Call or step.receiver >= 0:
                continue
            task = self._program.names.resolve(body.file, step.callee.rpartition(".")[0])
            if isinstance(task.entity, Function) and not task.rest:
                labels = (*((v, str(i)) for i, v in enumerate(step.args)), *((v, k) for k, v in step.keywords))
                yield task.entity, Handed(body, call, labels, each=False)


def arguments(function: Function, position: int, handed: Handed, pick: tuple[Key, ...]) -> Iterator[Picked]:
    """What parameter `position` receives when the function that was handed over is called."""
    place = position - (1 if is_self(function, 0) else 0)
    name = function.facts.params[position].name
    before = 0
    for value, label in handed.given:
        held = handed.body.values[handed.body.origin(value)]
        if label in _BUNDLED or (type(held) is f.Collection and not handed.each and held.kind in {"tuple", "dict"}):
            key: Key = name if type(held) is f.Collection and held.kind == "dict" else place
            yield value, (key, *pick)
        elif handed.each:
            yield value, (EVERY, *pick)
        elif label == name or (label.isdigit() and before == place):
            yield value, pick
        before += label.isdigit()
