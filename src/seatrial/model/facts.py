"""Facts: what one file says, in a form that is the same for every language.

A front end turns the text of one file into `FileFacts` without looking at any other file, nor at the file's own path:
equal text gives equal facts, so they are cached by content.

Every body of code (the module itself, each class body, function and lambda) is a `FunctionFacts` that holds a list of
**values** in evaluation order. A value's id is its index in that list. Values name their operands by id, so "where each
argument comes from" is a walk along ids (static single assignment: a variable that is read is simply the id of the
value it holds; where two values can arrive, a `Phi` says so). **Regions** (loops, branches, `with`, `try`) are
contiguous stretches of that list. The garbage collector does not track them: a million lines hold six million.

    for order in orders:              0 Param orders
        total += order.price()        1 Const 0 (from an earlier `total = 0`), 2 Store total=1
                                      region 0: for, subject 0
                                      3 Element of=0, 4 Store order=3, 5 Phi options=(1, 7)
                                      6 Call callee="price" receiver=3
                                      7 Binary + 5 6, 8 Store total=7 augmented

Paths of names. What a name's first part means inside the file is known to the front end, so a `Ref.path` (and a
`Call.callee` without receiver, and `ImportFacts.path`) says it with its first character:

| path | meaning |
|---|---|
| `requests.get` | absolute: reached through an import, aliases undone: `np.array` is `numpy.array` |
| `.models.User`, `..base` | relative import, leading dots as in the source; resolved against the module in `program` |
| `:helper`, `:Order.objects` | a name bound at the top level of this file, and attributes below it |
| `!len`, `!open` | a built-in of the language |
| `?name` | bound nowhere in the file: a star import, or a mistake |
"""

from typing import Literal, TypeAlias

import msgspec

from seatrial.model.written import Written

NONE = -1
"""The id that stands for "there is no such value"."""


class Value(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=True):
    """One step of evaluation. `line` is 1-based."""

    line: int


class Param(Value, frozen=True, tag="p"):
    """The value that parameter `name` receives. The first values of a function are its parameters, in order."""

    name: str


class Ref(Value, frozen=True, tag="r"):
    """A name that leads out of the body: see "Paths of names". Attributes below it are folded in: `os.path.join`."""

    path: str


class Free(Value, frozen=True, tag="f"):
    """A variable of an enclosing function, read here."""

    name: str


class Const(Value, frozen=True, tag="k"):
    """A literal. Bytes are kept as text (Latin-1). Very long text is cut at 4,096 characters."""

    value: str | int | float | bool | None
    kind: Literal["str", "bytes", "int", "float", "bool", "none", "ellipsis", "other"]


class Template(Value, frozen=True, tag="t"):
    """Text put together from parts: an f-string or template literal. A part is a value (literal text is a `Const`)."""

    parts: tuple[int, ...]


class Attr(Value, frozen=True, tag="a"):
    """`base.name`, read."""

    base: int
    name: str


class Index(Value, frozen=True, tag="i"):
    """`base[key]`, read. A slice is a `Collection` of kind `slice` as key."""

    base: int
    key: int


class Call(Value, frozen=True, tag="c"):
    """A call.

    With `receiver` = NONE, `callee` is a path (`requests.get`, `:helper`, `!len`). Else, `callee` is the method's name
    on the value `receiver`; or empty, and `receiver` itself is called. `args` may hold `Spread`; in `keywords`, the
    name `**` spreads a mapping.
    """

    callee: str
    receiver: int
    args: tuple[int, ...]
    keywords: tuple[tuple[str, int], ...]
    end_line: int


class Binary(Value, frozen=True, tag="b"):
    """An operator on two values: `+ - * / // % @ ** & | ^ << >> and or`."""

    op: str
    left: int
    right: int


class Compare(Value, frozen=True, tag="m"):
    """A comparison: `== != < <= > >= in`, `not in`, `is`, `is not`. A chain `a < b < c` is an `and` of two."""

    op: str
    left: int
    right: int


class Unary(Value, frozen=True, tag="u"):
    """`not`, `-`, `+`, `~` on a value."""

    op: str
    value: int


class Collection(Value, frozen=True, tag="l"):
    """A literal or comprehension of `kind`.

    A dict lists key, value, key, value; a comprehension lists its element (or key and value) as items and carries the
    index of its region, else `region` is NONE.
    """

    kind: Literal["list", "tuple", "set", "dict", "generator", "slice"]
    items: tuple[int, ...]
    region: int


class Conditional(Value, frozen=True, tag="q"):
    """`then if test else other`."""

    test: int
    then: int
    other: int


class Element(Value, frozen=True, tag="e"):
    """One element of the collection that a loop or comprehension goes over."""

    of: int


class Part(Value, frozen=True, tag="d"):
    """Component `index` of a value taken apart (`a, b = pair`); index -1 is the starred rest."""

    of: int
    index: int


class Phi(Value, frozen=True, tag="h"):
    """One of several values, by the way taken. One option alone (loop-invariant variable) is an alias."""

    options: tuple[int, ...]


class Closure(Value, frozen=True, tag="n"):
    """A function or lambda as a value: index in `FileFacts.functions`."""

    function: int


class ClassValue(Value, frozen=True, tag="o"):
    """A class as a value: index in `FileFacts.classes`."""

    cls: int


class Await(Value, frozen=True, tag="w"):
    """`await value`."""

    value: int


class Yield(Value, frozen=True, tag="y"):
    """`yield value` (or `yield from`, with `many`). NONE if nothing is yielded."""

    value: int
    many: bool


class Enter(Value, frozen=True, tag="v"):
    """What `with manager as x` gives to x."""

    manager: int


class Caught(Value, frozen=True, tag="x"):
    """What `except kind as x` gives to x. `kind` may be NONE."""

    kind: int


class Spread(Value, frozen=True, tag="s"):
    """`*value` among arguments or items."""

    value: int


class Other(Value, frozen=True, tag="z"):
    """Anything that needs no word of its own; `operands` keeps the flow."""

    operands: tuple[int, ...]


class Store(Value, frozen=True, tag="S"):
    """`name = value`. `annotation` is a value id or NONE; with an annotation alone, `value` is NONE.

    `augmented`: written as `name += …`, in which case `value` is the `Binary`.
    """

    name: str
    value: int
    annotation: int
    augmented: bool
    outer: bool
    """The variable belongs to the module or an enclosing function (`global`, `nonlocal`)."""


class StoreAttr(Value, frozen=True, tag="A"):
    """`base.name = value`. `annotation` as in `Store`."""

    base: int
    name: str
    value: int
    annotation: int
    augmented: bool


class StoreItem(Value, frozen=True, tag="I"):
    """`base[key] = value`."""

    base: int
    key: int
    value: int
    augmented: bool


class Delete(Value, frozen=True, tag="D"):
    """`del target`; the target is an `Attr`, `Index` or variable's value."""

    target: int


class Return(Value, frozen=True, tag="R"):
    """`return value`; NONE if bare."""

    value: int


class Raise(Value, frozen=True, tag="X"):
    """`raise value`; NONE if it raises again what was caught."""

    value: int
    cause: int


class Assert(Value, frozen=True, tag="T"):
    """`assert test`."""

    test: int


class Jump(Value, frozen=True, tag="J"):
    """`break`, `continue`, or `pass` (kept, since an empty handler is a fact)."""

    kind: Literal["break", "continue", "pass"]


AnyValue: TypeAlias = (
    Param | Ref | Free | Const | Template | Attr | Index | Call | Binary | Compare | Unary | Collection | Conditional
    | Element | Part | Phi | Closure | ClassValue | Await | Yield | Enter | Caught | Spread | Other
    | Store | StoreAttr | StoreItem | Delete | Return | Raise | Assert | Jump
)  # fmt: skip

RegionKind: TypeAlias = Literal[
    "for", "while", "comprehension", "if", "else", "case", "with", "try", "except", "finally", "orelse", "annotation"
]
"""`else` is the other side of the `if` before it (same subject); `orelse` runs when a `try` or loop ended well.
`annotation` holds values that are types, not run-time work. `case` is a branch of `match`, its subject is matched."""


class Region(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A stretch of a body: the values with ids in `start <= id < end`.

    Regions nest properly and are listed in the order in which they open; `parent` is an index in that list, or NONE.
    `subject` is the value that the region is about: what is iterated, the condition, the context manager, the type
    that is caught, or NONE. It is evaluated before the region (except a `while`'s condition, which lies inside).
    """

    kind: RegionKind
    parent: int
    start: int
    end: int
    subject: int
    line: int
    end_line: int
    exits: bool
    """Every way through it leaves the enclosing block: it ends in return, raise, break or continue."""
    is_async: bool


class ParamFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A parameter. `annotation` and `default` are value ids **in the enclosing body**, or NONE."""

    name: str
    kind: Literal["positional", "keyword", "star", "double-star", "positional-only"]
    annotation: int
    default: int


class FunctionFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A body of code. `decorators` and `returns` (annotation) are value ids **in the enclosing body**."""

    name: str
    """`<module>` for the module's own body; a class's name for its body; `<lambda>` for a lambda."""
    qualname: str
    """Dotted inside the file: `Order.total`, `outer.inner`; empty for the module."""
    kind: Literal["module", "class", "function", "lambda"]
    parent: int
    """Index of the enclosing body in `FileFacts.functions`; NONE for the module."""
    cls: int
    """Index in `FileFacts.classes`: the class whose method (or whose body) this is; else NONE."""
    line: int
    end_line: int
    is_async: bool
    is_generator: bool
    has_doc: bool
    params: tuple[ParamFacts, ...]
    decorators: tuple[int, ...]
    returns: int
    values: tuple[AnyValue, ...]
    regions: tuple[Region, ...]
    names: dict[str, int]
    """What each variable holds when the body ends (module and class bodies, and functions that enclose others)."""


class ClassFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A class. `bases`, `keywords`, `decorators` hold value ids in the enclosing body, whose index is `parent`."""

    name: str
    qualname: str
    line: int
    end_line: int
    parent: int
    body: int
    """Index of the class body in `FileFacts.functions`: its fields are that body's `names` and `Store`s."""
    bases: tuple[int, ...]
    keywords: tuple[tuple[str, int], ...]
    decorators: tuple[int, ...]


class ImportFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One imported name. `import a.b` has path `a.b` and name `a`; `from a import b as c` has path `a.b`, name `c`.

    `module` is the module part (`a` in the second): whether `b` is a module or a name is decided in `program`.
    """

    line: int
    path: str
    module: str
    name: str
    star: bool
    function: int
    """Index of the body that holds it; 0 is the module itself: run when the file is imported."""
    type_only: bool
    """Under `if TYPE_CHECKING` (or `import type`): never run."""
    guarded: bool
    """Inside a `try` that catches its failure: optional."""


class Comment(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A comment that speaks to a tool, of unfinished work, or at the head of a handler; others are not kept."""

    line: int
    text: str
    own_line: bool
    """It stands alone on its line, and so speaks of the next line of code."""


class Damage(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A stretch that could not be understood (syntax error): the facts there are incomplete."""

    line: int
    end_line: int
    reason: str


class FileFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that one file says. `functions[0]` is the module's own body; a file that is no code has no functions."""

    language: str
    lines: int
    functions: tuple[FunctionFacts, ...]
    classes: tuple[ClassFacts, ...]
    imports: tuple[ImportFacts, ...]
    comments: tuple[Comment, ...]
    exports: tuple[str, ...] | None
    """The names that the file says it offers (`__all__`); None if it does not say."""
    generated: bool
    """Its head says that a program wrote it ("generated by", "do not edit")."""
    damage: tuple[Damage, ...]
    written: tuple[Written, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(FileFacts)


def encode(facts: FileFacts) -> bytes:
    """Facts as bytes (MessagePack), for the cache and between processes."""
    return _ENCODER.encode(facts)


def decode(data: bytes) -> FileFacts:
    """The facts that `encode` made bytes of. Raises `msgspec.MsgspecError` when the bytes are damaged."""
    return _DECODER.decode(data)


def operands(value: AnyValue) -> list[int]:
    """The ids that a value is made from, in source order; NONE is left out."""
    found: list[int] = []
    for field in MADE_OF.get(type(value), ()):
        operand = getattr(value, field)
        if type(operand) is int:
            if operand >= 0:
                found.append(operand)
        elif operand:
            found += [i for _, i in operand if i >= 0] if field == "keywords" else [i for i in operand if i >= 0]
    return found


MADE_OF: dict[type[Value], tuple[str, ...]] = {
    Template: ("parts",), Attr: ("base",), Index: ("base", "key"),
    Call: ("receiver", "args", "keywords"), Binary: ("left", "right"), Compare: ("left", "right"), Unary: ("value",),
    Collection: ("items",), Conditional: ("test", "then", "other"), Element: ("of",), Part: ("of",), Phi: ("options",),
    Await: ("value",), Yield: ("value",), Enter: ("manager",), Caught: ("kind",),
    Spread: ("value",), Other: ("operands",), Store: ("value",), StoreAttr: ("base", "value"),
    StoreItem: ("base", "key", "value"), Delete: ("target",), Return: ("value",),
    Raise: ("value", "cause"), Assert: ("test",),
}  # fmt: skip
"""Which fields of a value hold the ids that it is made from; a kind that is missing is made from none."""
