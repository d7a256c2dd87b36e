"""Names that the module binds only after the place where they are written, as in types of what comes later."""

import msgspec

from seatrial.frontends.python.body import Body
from seatrial.model.facts import AnyValue, Call, FunctionFacts, Ref


def settle(module: Body) -> None:
    """Give the unknown names in bodies that were lowered before the module's end their paths."""
    late = module.file.unknown & module.last.keys()
    if late:
        functions = module.file.functions
        for index, function in enumerate(functions):
            if function is not None:
                functions[index] = _settled(
                    function, {"?" + name: module.paths.get(name) or ":" + name for name in late}
                )


def _settled(function: FunctionFacts, paths: dict[str, str]) -> FunctionFacts:
    return msgspec.structs.replace(function, values=tuple(_settled_value(value, paths) for value in function.values))


def _settled_value(value: AnyValue, paths: dict[str, str]) -> AnyValue:
    if isinstance(value, Ref):
        return Ref(value.line, _renamed(value.path, paths))
    if isinstance(value, Call) and value.callee.startswith("?"):
        return msgspec.structs.replace(value, callee=_renamed(value.callee, paths))
    return value


def _renamed(path: str, paths: dict[str, str]) -> str:
    first, dot, rest = path.partition(".")
    return paths.get(first, first) + dot + rest if first.startswith("?") else path
