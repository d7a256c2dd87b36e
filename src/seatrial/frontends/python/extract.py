"""From the text of a Python file to its facts."""

import re

from seatrial.frontends.python import (
    annotations,
    branches,
    comprehensions,
    definitions,
    guards,
    imports,
    loops,
    patterns,
    strings,
)
from seatrial.frontends.python.body import Body, Head
from seatrial.frontends.python.comments import comments, is_generated
from seatrial.frontends.python.damage import syntax_errors, too_deep
from seatrial.frontends.python.exports import exports
from seatrial.frontends.python.file import File
from seatrial.frontends.python.grammar import parse
from seatrial.frontends.python.late import settle
from seatrial.frontends.python.statements import block, without_doc
from seatrial.frontends.python.written import written
from seatrial.model.facts import NONE, FileFacts

FILLS_THE_TABLES = (annotations, branches, comprehensions, definitions, guards, imports, loops, patterns, strings)
"""The modules that, once imported, have said how each kind of node is lowered."""

_GLOBAL = re.compile(rb"^[ \t]+global[ \t]+([^\n#;]+)", re.MULTILINE)


def extract(text: str) -> FileFacts:
    """The facts of one Python file, of any version from 2.7 to 3.14. Never raises."""
    source = text.encode("utf-8", "replace")
    root = parse(source)
    file = File(source)
    file.deep = too_deep(root)
    file.damage = syntax_errors(root)
    file.globals = frozenset(
        name.strip().decode("utf-8", "replace") for found in _GLOBAL.findall(source) for name in found.split(b",")
    )
    lines = file.line_of[-1] - source.endswith(b"\n")
    module = Body(file, None, Head("<module>", "", "module", NONE, 1, max(lines, 1)))
    nodes, has_doc = without_doc(root.children)
    block(module, nodes)
    module.finish(has_doc=has_doc)
    settle(module)
    for lower in file.queue:  # grows while it is gone through
        lower()
    return FileFacts(
        language="python",
        lines=lines if source else 0,
        functions=tuple(f for f in file.functions if f is not None),
        classes=tuple(c for c in file.classes if c is not None),
        imports=tuple(file.imports),
        comments=comments(source, root, file.line_of),
        exports=exports(module),
        generated=is_generated(source),
        damage=tuple(file.damage),
        written=written(source, root),
    )
