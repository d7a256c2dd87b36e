"""XML that someone else made is read by a parser that follows the entities it declares (CWE-611).

An entity may name a file of the server or an address in its network: the reader puts in what it finds there, and the sender sees it. Entities
that hold entities fill the memory with a text of a few lines.

Read it with `defusedxml`, or tell the parser not to follow (`etree.XMLParser(resolve_entities=False, no_network=True)`).

## Bad

```shop/orders.py
from flask import Flask, request
from lxml import etree

app = Flask(__name__)

@app.post("/orders")
def orders():
    order = etree.fromstring(request.data)  # finding: data
    return order.findtext("number")
```

## Bad: a parser that is told to follow

```shop/feeds.py
import xml.sax
import xml.sax.handler
from lxml import etree

def read(source, handler):
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, True)  # finding: follows
    parser.setContentHandler(handler)
    parser.parse(source)

def feed(text):
    return etree.fromstring(text, etree.XMLParser(resolve_entities=True))  # finding: follows
```

## Good

```shop/orders.py
import xml.sax
import xml.sax.handler
from defusedxml import ElementTree
from flask import Flask, request
from lxml import etree

app = Flask(__name__)
PARSER = etree.XMLParser(resolve_entities=False)

@app.post("/orders")
def orders():
    ElementTree.fromstring(request.data)
    order = etree.fromstring(request.data, parser=etree.XMLParser(resolve_entities=False, no_network=True))
    etree.fromstring(request.data, PARSER)
    return order.findtext("number")

def read(source):
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, False)
    parser.parse(source)
    return etree.parse("own.xml")
```

## Good: the program's own text

```shop/labels.py
import xml.dom.minidom
import xml.sax

def label():
    parser = xml.sax.make_parser()
    parser.setFeature(xml.sax.handler.feature_external_ges, True)
    return xml.dom.minidom.parseString("<label/>", parser)
```

## Good: HTML has no entities of its own

```shop/pages.py
import lxml.html
from flask import Flask, request

app = Flask(__name__)

@app.post("/pages")
def page():
    return lxml.html.fromstring(request.get_data(as_text=True)).text_content()
```

## Not found yet

```shop/orders.py
import xml.etree.ElementTree as ET
from flask import Flask, request

app = Flask(__name__)

@app.post("/orders")
def orders():
    return ET.fromstring(request.data).findtext("number")  # gap: follows no files, but entities that hold entities it does
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program, Sinking
from seatrial.program.manifests import parse
from seatrial.program.manifests.vulnerable import chosen
from seatrial.program.names import Variable
from seatrial.program.risks import literal
from seatrial.program.taint import sinks
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._flows import match

_FEATURES = frozenset(
    {"xml.sax.handler.feature_external_ges", "xml.sax.handler.feature_external_pes",
     "http://xml.org/sax/features/external-general-entities", "http://xml.org/sax/features/external-parameter-entities"}
)  # fmt: skip
_FED = frozenset({"parse", "feed"})
"""Methods of a parser that take what it reads."""
REFUSING = 5
"""The first version of lxml whose parser follows only the entities that a document holds itself."""
_FOLLOWS = "XML is read by a parser that follows external entities"


@rule(severity=Severity.ERROR, cwe=(611, 776))
def check(program: Program) -> Iterator[Match]:
    """What is read by lxml, whose parser follows by default; the standard library's parsers only when told to."""
    yield from _told(program)
    by_default = 0.5 if _refuses_by_default(program) else 0.85
    for sink in sinks(program, "xml"):
        follows = _follows(program, sink)
        flow = program.taint.into(sink) if follows is not False else None
        if flow is not None and flow.origin.kind == "remote":
            likely = 0.9 if follows else by_default if sink.what.startswith("lxml.") else 0.6
            yield match(flow, flow.confidence(remote=likely), "is read as XML, with the entities it declares")
        elif follows and program.taint.is_open(sink):
            yield Match(_FOLLOWS, sink.function, sink.function.values[sink.call].line, key="parser", confidence=0.8)


def _refuses_by_default(program: Program) -> bool:
    """The lxml that the program asks for, or the newest that it allows, follows nothing outside unless told to."""
    requirements = parse(program.manifests, program.installed)
    picked = [one.version.major for one in chosen(requirements) if one.name == "lxml"]
    if picked:
        return min(picked) >= REFUSING
    asked = [need.specifier for part in requirements.parts for need in part.requirements if need.name == "lxml"]
    return bool(asked) and all(specifier.contains(f"{REFUSING}.99") for specifier in asked)


def _told(program: Program) -> Iterator[Match]:
    for function, call in program.index.calls("setFeature"):
        step = function.values[call]
        if type(step) is not f.Call or len(step.args) != len(("feature", "state")):
            continue
        feature, state = (literal(program, function, value) for value in step.args)
        if feature in _FEATURES and state is True and not _reads_fixed_text(program, function, step.receiver):
            yield Match(_FOLLOWS, function, step.line, key="setFeature", confidence=0.8)


def _reads_fixed_text(program: Program, function: Function, parser: int) -> bool:
    """True when a parser is handed on with literals alone: their entities are the program's own."""
    parser = function.origin(parser) if parser >= 0 else parser
    users = (function.values[user] for user in function.users.get(parser, ()))
    calls = [user for user in users if type(user) is f.Call and user.args]
    given = [call for call in calls if parser in map(function.origin, call.args[1:]) or call.callee in _FED]
    texts = [call.args[0] for call in given]
    return bool(texts) and not any(
        program.taint.is_open(Sinking(function, parser, text, "xml", "the parser")) for text in texts
    )


def _follows(program: Program, sink: Sinking) -> bool | None:
    """Whether the parser that is given follows entities; None: none is given, or it does not say."""
    step = sink.function.values[sink.call]
    if type(step) is not f.Call:
        return None
    given = [*step.args[1:2], *(value for name, value in step.keywords if name == "parser")]
    body, made = _made(program, sink.function, given[0]) if given else (sink.function, None)
    if made is None:
        return None
    said = next((literal(program, body, value) for name, value in made.keywords if name == "resolve_entities"), None)
    return said if isinstance(said, bool) else None if said is None else False


def _made(program: Program, function: Function, value: int) -> tuple[Function, f.Call | None]:
    """The call that makes a parser, here or as a module's variable."""
    step = function.values[function.origin(value)]
    if type(step) is f.Store and step.value >= 0:
        return _made(program, function, step.value)
    if type(step) is f.Ref:
        entity = program.names.resolve(function.file, step.path).entity
        if isinstance(entity, Variable) and entity.function is not function:
            return _made(program, entity.function, entity.value)
    return function, step if type(step) is f.Call else None
