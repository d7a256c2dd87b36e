"""Text that someone else chose becomes part of an XPath expression or of a style sheet (CWE-643, CWE-91).

Quotes and brackets in the text change what is asked of the document: a check of name and password comes back true for everyone,
and each part of the document can be read out, one question at a time.

Give the value as a variable of the expression (`tree.xpath("//user[@name=$name]", name=name)`), or compare it in the program.

## Bad

```shop/users.py
from flask import Flask, request
from lxml import etree

app = Flask(__name__)

@app.route("/user")
def user():
    tree = etree.parse("users.xml")
    name = request.args["name"]
    return str(tree.xpath(f"//user[@name='{name}']/role"))  # finding: name
```

## Bad: with the standard library

```shop/users.py
import xml.etree.ElementTree as ET
from flask import Flask, request

app = Flask(__name__)

@app.route("/user")
def user():
    tree = ET.parse("users.xml")
    return str(tree.findall("./user[@name='" + request.args["name"] + "']"))  # finding: name
```

## Bad: a style sheet

```shop/users.py
from flask import Flask, request
from lxml import etree

app = Flask(__name__)

@app.post("/report")
def report():
    shape = etree.fromstring(request.form["shape"], etree.XMLParser(resolve_entities=False))
    return str(etree.XSLT(shape)(etree.parse("users.xml")))  # finding: shape
```

## Good

```shop/users.py
from flask import Flask, request
from lxml import etree

app = Flask(__name__)

@app.route("/user")
def user():
    tree = etree.parse("users.xml")
    tree.xpath(f"//user[{int(request.args['number'])}]")
    return str(tree.xpath("//user[@name=$name]/role", name=request.args["name"]))
```

## Good: what stands in the document itself

```shop/books.py
from flask import Flask, request
from lxml import etree

app = Flask(__name__)

@app.post("/book")
def book():
    tree = etree.fromstring(request.data, etree.XMLParser(resolve_entities=False))
    cover = tree.xpath("//meta[@name='cover']/@content")
    if len(cover) > 0:
        return str(tree.xpath("//item[@id='" + cover[0] + "']/@href"))
    return ""
```

## Not found yet

```shop/users.py
from flask import Flask, request
from shop.documents import ask

app = Flask(__name__)

@app.route("/user")
def user():
    return ask("//user[@name='%s']" % request.args["name"])  # gap: nothing says that `ask` takes an expression
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Flow, Function, Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._flows import match

_FINDS = frozenset({"xpath", "find", "findall", "findtext", "iterfind", "get", "getroot"})
_DEPTH = 6
"""How far a value is traced to its document."""


@rule(severity=Severity.ERROR, cwe=(643, 91), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into expressions and style sheets."""
    for flow in program.taint.flows("xpath"):
        confidence = 0.0 if _is_of_document(flow) else flow.confidence(parameter=0.4, local=0.4)
        if confidence:
            yield match(flow, confidence, "becomes part of an XPath expression or style sheet")


def _is_of_document(flow: Flow) -> bool:
    """The value was found in the document that is asked: who wrote it can put into it whatever the expression finds."""
    sink = flow.sink.function.values[flow.sink.call]
    if not isinstance(sink, f.Call) or sink.receiver < 0:
        return False
    document = flow.sink.function.origin(sink.receiver)
    inside = (spot for spot in flow.spots if spot.function is flow.sink.function)
    return any(_is_found_in(spot.function, spot.value, document, 0) for spot in inside)


def _is_found_in(function: Function, value: int, document: int, depth: int) -> bool:
    """`tree.xpath("//id")[0]`, `tree.find("id").text`."""
    step = function.values[function.origin(value)] if value >= 0 else None
    if depth > _DEPTH or step is None:
        return False
    if isinstance(step, f.Call) and step.callee in _FINDS and step.receiver >= 0:
        return function.origin(step.receiver) == document or _is_found_in(function, step.receiver, document, depth + 1)
    whole = step.base if isinstance(step, f.Index | f.Attr) else step.of if isinstance(step, f.Element) else f.NONE
    return _is_found_in(function, whole, document, depth + 1)
