"""The digest of a body: changes when the code changes in substance, not with its lines, comments or place."""

from hashlib import sha256

import msgspec

from seatrial.model.facts import AnyValue, Call, ClassValue, Closure, Const, FunctionFacts

_ENCODER = msgspec.msgpack.Encoder()


def digest_of(facts: FunctionFacts, module: str = "") -> str:
    """SHA-256, in hex, over parameters, values and regions without their line numbers.

    `module` is the dotted name of the body's module. What it uses of its own package goes by its last name, since the
    rest is only where that lies; names from elsewhere go whole (`json.loads` is not `pickle.loads`).
    """
    own = f"{module.partition('.')[0]}." if module else "\0"
    digest = sha256(facts.name.encode())
    digest.update(_ENCODER.encode([(p.name, p.kind) for p in facts.params]))
    for value in facts.values:
        digest.update(type(value).__name__.encode())
        digest.update(_ENCODER.encode(_substance(value, own)))
    for region in facts.regions:
        digest.update(_ENCODER.encode((region.kind, region.parent, region.start, region.end, region.subject)))
    return digest.hexdigest()


def _substance(value: AnyValue, own: str) -> tuple[object, ...]:
    """What the value says wherever it stands: no line, nor the number that a function or class has in its file."""
    if isinstance(value, Closure | ClassValue):
        return ()
    fields: tuple[object, ...] = msgspec.structs.astuple(value)[1:]
    if isinstance(value, Const):
        return fields
    named = tuple(
        field.rpartition(".")[2] if isinstance(field, str) and field.startswith(own) else field for field in fields
    )
    return named[:-1] if type(value) is Call else named
