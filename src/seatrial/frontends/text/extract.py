"""From any text to its facts: what is written down in it. It has no code."""

from seatrial.frontends._written import written
from seatrial.model.facts import FileFacts


def extract(text: str) -> FileFacts:
    """The facts of one text. Never raises."""
    source = text.encode("utf-8", "replace")
    return FileFacts(
        language="text",
        lines=source.count(b"\n") + (not source.endswith(b"\n")) if source else 0,
        functions=(),
        classes=(),
        imports=(),
        comments=(),
        exports=None,
        generated=False,
        damage=(),
        written=tuple(one.fact for one in written(source)),
    )
