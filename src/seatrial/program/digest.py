"""The digest of a body: changes when the code changes in substance, not with its lines, comments or place."""

from hashlib import sha256

import msgspec

from seatrial.model.facts import AnyValue, Call, ClassValue, Closure, FunctionFacts

_ENCODER = msgspec.msgpack.Encoder()


def digest_of(facts: FunctionFacts) -> str:
    """SHA-256, in hex, over parameters, values and regions without their line numbers."""
    digest = sha256(facts.name.encode())
    digest.update(_ENCODER.encode([(p.name, p.kind) for p in facts.params]))
    for value in facts.values:
        digest.update(type(value).__name__.encode())
        digest.update(_ENCODER.encode(_substance(value)))
    for region in facts.regions:
        digest.update(_ENCODER.encode((region.kind, region.parent, region.start, region.end, region.subject)))
    return digest.hexdigest()


def _substance(value: AnyValue) -> tuple[object, ...]:
    """What the value says wherever it stands: no line, nor the number that a function or class has in its file."""
    if isinstance(value, Closure | ClassValue):
        return ()
    fields: tuple[object, ...] = msgspec.structs.astuple(value)[1:]
    return fields[:-1] if type(value) is Call else fields
