"""The digest of a body: changes when the code changes in substance, not with its lines, comments or place."""

from hashlib import sha256

import msgspec

from seatrial.model.facts import AnyValue, Call, ClassValue, Closure, FunctionFacts, Ref

_ENCODER = msgspec.msgpack.Encoder()


def digest_of(facts: FunctionFacts, module: str = "") -> str:
    """SHA-256, in hex, over parameters, values and regions without their line numbers.

    `module` is the dotted name of the body's module. What it uses of its own package goes by its last name, since the
    rest is only where that lies; names from elsewhere go whole (`json.loads` is not `pickle.loads`).
    """
    own = f"{module.partition('.')[0]}." if module else "\0"
    parts = [facts.name.encode(), _ENCODER.encode([(p.name, p.kind) for p in facts.params])]
    for value in facts.values:
        parts += type(value).__name__.encode(), _ENCODER.encode(_substance(value, own))
    for region in facts.regions:
        parts.append(_ENCODER.encode((region.kind, region.parent, region.start, region.end, region.subject)))
    return sha256(b"".join(parts)).hexdigest()


def _substance(value: AnyValue, own: str) -> tuple[object, ...]:
    """What the value says wherever it stands: no line, nor the number that a function or class has in its file."""
    kind = type(value)
    if kind is Closure or kind is ClassValue:
        return ()
    fields: tuple[object, ...] = msgspec.structs.astuple(value)[1:]
    if kind is Ref or kind is Call:  # only paths have dots
        path = str(fields[0])
        named = path.rpartition(".")[2] if path.startswith(own) else path
        return (named, *fields[1:-1]) if kind is Call else (named,)
    return fields
