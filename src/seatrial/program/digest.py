"""The digest of a body: changes when the code changes in substance, not with its lines, comments or place."""

from hashlib import sha256

import msgspec

from seatrial.model.facts import Call, FunctionFacts

_ENCODER = msgspec.msgpack.Encoder()


def digest_of(facts: FunctionFacts) -> str:
    """SHA-256, in hex, over parameters, values and regions without their line numbers."""
    digest = sha256(facts.name.encode())
    digest.update(_ENCODER.encode([(p.name, p.kind) for p in facts.params]))
    for value in facts.values:
        fields = msgspec.structs.astuple(value)[1:]  # without the line
        digest.update(type(value).__name__.encode())
        digest.update(_ENCODER.encode(fields[:-1] if type(value) is Call else fields))  # nor the line where a call ends
    for region in facts.regions:
        digest.update(_ENCODER.encode((region.kind, region.parent, region.start, region.end, region.subject)))
    return digest.hexdigest()
