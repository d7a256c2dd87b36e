"""Routed: whether a view lists rows at all, by the routes that are seen of it and of the views that derive from it.

A viewset answers what it is mounted for and no more: `OrderViewSet.as_view({"get": "retrieve"})` lists nothing.
https://www.django-rest-framework.org/api-guide/viewsets/#example
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.mounted import viewed_class
from seatrial.program.parts import Class, Function
from seatrial.program.serving import literals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seatrial.program.program import Program

_LIST = "list"
_WRITERS = ("serializer_class", "get_serializer_class")
_UNKNOWN = ""
"""Stands for an action whose name is not seen."""


class Routed:
    """Reads what viewsets are mounted for."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def lists(self, view: Class) -> bool:
        """False where the view is mounted for other actions alone, or is only the base of views that are mounted.

        True where no route is seen: it may be mounted in a way that nobody knows.
        """
        if view in self._registered:
            return True
        actions = self._mounted.get(view)
        return any(self._may_list(view, action) for action in actions) if actions else not self._is_base(view)

    def _is_base(self, view: Class) -> bool:
        """Views that derive from it are mounted, which are judged by themselves.

        Or they replace its serializer, where their base is imported from a folder that is only a root at run time.
        """
        if any(cls in self._answering for cls in self._program.calls.below(view)):
            return True
        heirs = [cls for base, cls in self._heirs[view.name] if view.dotted.endswith(f".{base}")]
        return any(cls in self._answering for cls in heirs) and all(map(self._replaces, heirs))

    def _replaces(self, heir: Class) -> bool:
        return any(self._program.types.member(heir, name) for name in _WRITERS)

    @cached_property
    def _heirs(self) -> Mapping[str, list[tuple[str, Class]]]:
        """By the last name of a base that is not seen: its whole name, and who derives from it."""
        found: dict[str, list[tuple[str, Class]]] = defaultdict(list)
        for cls in self._program.classes:
            for base in self._program.types.outer_bases(cls) if not cls.file.is_test else ():
                path, _, name = base.rpartition(".")
                if path:
                    found[name].append((base, cls))
        return found

    def _may_list(self, view: Class, action: str) -> bool:
        """The action is the list, or hands on to it: `return self.list(request)`."""
        if action in {_LIST, _UNKNOWN}:
            return True
        method = self._program.types.member(view, action)
        steps = method.entity.values if method and isinstance(method.entity, Function) else ()
        return any(type(step) is f.Call and step.callee.rpartition(".")[2] == _LIST for step in steps)

    @cached_property
    def _answering(self) -> frozenset[Class]:
        """All views of which a route is seen."""
        return frozenset(self._mounted) | self._registered

    @cached_property
    def _registered(self) -> frozenset[Class]:
        """The views that a router is given: `router.register("orders", OrderViewSet)`."""
        found: set[Class] = set()
        for function, call in self._program.index.calls("register"):
            step = function.values[call]
            if type(step) is f.Call and not function.file.is_test:
                values = (*step.args, *dict(step.keywords).values())
                given = (self._program.type_of(function, value) for value in values)
                found.update(kind.cls for kind in given if kind and kind.meta and kind.cls)
        return frozenset(found)

    @cached_property
    def _mounted(self) -> Mapping[Class, set[str]]:
        """What each view is mounted for, by the names of its methods: `OrderViewSet.as_view({"get": "retrieve"})`."""
        found: dict[Class, set[str]] = defaultdict(set)
        for function, call in self._program.index.calls("as_view"):
            step = function.values[call]
            view = viewed_class(self._program, function, step) if type(step) is f.Call else None
            if type(step) is f.Call and view and not function.file.is_test:
                found[view] |= _actions(function, step)
        return dict(found)


def _actions(function: Function, call: f.Call) -> set[str]:
    given = next(iter(call.args), dict(call.keywords).get("actions", f.NONE))
    held = function.values[function.origin(given)] if given >= 0 else None
    if type(held) is not f.Collection or held.kind != "dict" or len(held.items) % 2:
        return {_UNKNOWN}
    return {literals.text(function, value) or _UNKNOWN for value in held.items[1::2]}
