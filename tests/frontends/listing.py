"""Facts as a listing to read and compare: one line a value, indented by region, the same for every language.

`python tests/frontends/listing.py FILE…` prints listings; `--write` renews the `expected.txt` files of the corpus.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from seatrial.frontends.python import FRONTEND
from seatrial.model import facts as f

CORPUS = Path(__file__).parent / "corpus"
EXTRACT = {"python": FRONTEND.extract}
"""How each language of the corpus is read; the folder under an idea has the language's name."""


def inputs() -> list[Path]:
    """The programs of the corpus: `<idea>/<language>/input.*`."""
    return sorted(CORPUS.glob("*/*/input.*"))


def listing(facts: f.FileFacts) -> str:
    """All that the facts say, as text."""
    parts = ["\n".join(_function(facts, index)) for index in range(len(facts.functions))]
    parts.append("\n".join(_rest(facts)))
    return "\n\n".join(part for part in parts if part) + "\n"


def _function(facts: f.FileFacts, index: int) -> Iterator[str]:
    function = facts.functions[index]
    yield _head(function, index)
    if function.kind == "class":
        cls = facts.classes[function.cls]
        given = [*map(str, cls.bases), *(f"{name}={value}" for name, value in cls.keywords)]
        yield f"    bases ({', '.join(given)})" + _ids(" decorators", cls.decorators)
    if function.names:
        yield "    names " + ", ".join(f"{name}={value}" for name, value in function.names.items())
    line = 0
    for depth, at, text in _steps(function):
        mark = f"{at:>4}" if at != line else "    "
        line = at
        yield f"{mark}  {'  ' * depth}{text}"


def _head(function: f.FunctionFacts, index: int) -> str:
    words = ["async"] * function.is_async + [function.kind, function.qualname or function.name]
    params = ", ".join(map(_param, function.params))
    text = (
        f"#{index} {' '.join(words)}({params})"
        if function.kind in {"function", "lambda"}
        else f"#{index} {' '.join(words)}"
    )
    text += _optional(" -> ", function.returns) + _ids(" decorators", function.decorators)
    text += " in class" * (function.kind == "function" and function.cls != f.NONE)
    text += " generator" * function.is_generator + " doc" * function.has_doc
    return f"{text}  [{function.line}-{function.end_line}]"


def _param(param: f.ParamFacts) -> str:
    mark = {"star": "*", "double-star": "**", "keyword": "~", "positional-only": "!", "positional": ""}[param.kind]
    return mark + param.name + _optional(": ", param.annotation) + _optional(" = ", param.default)


def _steps(function: f.FunctionFacts) -> Iterator[tuple[int, int, str]]:
    """Regions and values in order: depth, line, text."""
    regions = list(enumerate(function.regions))
    for index in range(len(function.values) + 1):
        while regions and regions[0][1].start == index:
            at, region = regions.pop(0)
            yield _depth(function, region.parent), region.line, _region(at, region)
        if index < len(function.values):
            depth = sum(region.start <= index < region.end for region in function.regions)
            yield depth, function.values[index].line, f"{index} {render(function.values[index])}"


def _depth(function: f.FunctionFacts, region: int) -> int:
    return 0 if region == f.NONE else 1 + _depth(function, function.regions[region].parent)


def _region(at: int, region: f.Region) -> str:
    words = ["async"] * region.is_async + [region.kind] + ([str(region.subject)] if region.subject != f.NONE else [])
    return f"({at}) {' '.join(words)}{' exits' * region.exits}  [{region.line}-{region.end_line}]"


def render(value: f.AnyValue) -> str:
    """One value as text: its kind, and what it is made from."""
    return _RENDER[type(value)](value)


def _call(v: f.Call) -> str:
    called = v.callee if v.receiver == f.NONE else f"{v.receiver}.{v.callee}" if v.callee else str(v.receiver)
    given = [*map(str, v.args), *(f"{name}={value}" for name, value in v.keywords)]
    return f"call {called}({', '.join(given)})" + (f" to {v.end_line}" if v.end_line != v.line else "")


def _written(target: str, v: f.Store | f.StoreAttr | f.StoreItem) -> str:
    annotation = _optional(": ", getattr(v, "annotation", f.NONE))
    outer = "outer " if getattr(v, "outer", False) else ""
    return f"store {outer}{target}{annotation}" + _optional(" @= " if v.augmented else " = ", v.value)


def _optional(before: str, value: int) -> str:
    return "" if value == f.NONE else f"{before}{value}"


def _ids(before: str, ids: Iterable[int]) -> str:
    return f"{before} {' '.join(map(str, ids))}" if ids else ""


_RENDER: dict[type, Callable[[Any], str]] = {
    f.Param: lambda v: f"param {v.name}",
    f.Ref: lambda v: f"ref {v.path}",
    f.Free: lambda v: f"free {v.name}",
    f.Const: lambda v: f"{v.kind} {v.value!r}",
    f.Template: lambda v: "template" + _ids("", v.parts),
    f.Attr: lambda v: f"attr {v.base}.{v.name}",
    f.Index: lambda v: f"index {v.base}[{v.key}]",
    f.Call: _call,
    f.Binary: lambda v: f"binary {v.left} {v.op} {v.right}",
    f.Compare: lambda v: f"compare {v.left} {v.op} {v.right}",
    f.Unary: lambda v: f"unary {v.op} {v.value}",
    f.Collection: lambda v: f"{v.kind}{_ids('', v.items)}" + (f" by ({v.region})" if v.region != f.NONE else ""),
    f.Conditional: lambda v: f"conditional {v.then} if {v.test} else {v.other}",
    f.Element: lambda v: f"element of {v.of}",
    f.Part: lambda v: f"part {v.index} of {v.of}",
    f.Phi: lambda v: "phi" + _ids("", v.options),
    f.Closure: lambda v: f"closure #{v.function}",
    f.ClassValue: lambda v: f"class {v.cls}",
    f.Await: lambda v: f"await {v.value}",
    f.Yield: lambda v: f"yield{' from' * v.many}{_optional(' ', v.value)}",
    f.Enter: lambda v: f"enter {v.manager}",
    f.Caught: lambda v: f"caught{_optional(' ', v.kind)}",
    f.Spread: lambda v: f"spread {v.value}",
    f.Other: lambda v: "other" + _ids("", v.operands),
    f.Store: lambda v: _written(v.name, v),
    f.StoreAttr: lambda v: _written(f"{v.base}.{v.name}", v),
    f.StoreItem: lambda v: _written(f"{v.base}[{v.key}]", v),
    f.Delete: lambda v: f"delete {v.target}",
    f.Return: lambda v: f"return{_optional(' ', v.value)}",
    f.Raise: lambda v: f"raise{_optional(' ', v.value)}{_optional(' from ', v.cause)}",
    f.Assert: lambda v: f"assert {v.test}",
    f.Jump: lambda v: v.kind,
}


def _rest(facts: f.FileFacts) -> Iterator[str]:
    for one in facts.imports:
        marks = " type-only" * one.type_only + " guarded" * one.guarded + " star" * one.star
        yield f"import {one.path} as {one.name} from {one.module} in #{one.function}{marks}  [{one.line}]"
    for comment in facts.comments:
        yield f"comment {comment.text!r}{' own line' * comment.own_line}  [{comment.line}]"
    if facts.exports is not None:
        yield f"exports {', '.join(facts.exports)}"
    if facts.generated:
        yield "generated"
    for damage in facts.damage:
        yield f"damage: {damage.reason}  [{damage.line}-{damage.end_line}]"


def main(arguments: list[str]) -> None:
    """Print or write listings."""
    if arguments == ["--write"]:
        for path in inputs():
            text = listing(EXTRACT[path.parent.name](path.read_text(encoding="utf-8")))
            path.with_name("expected.txt").write_text(text, encoding="utf-8")
        return
    for name in arguments:
        sys.stdout.write(listing(FRONTEND.extract(Path(name).read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main(sys.argv[1:])
