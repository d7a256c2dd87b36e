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

from seatrial.model.finding import Severity
from seatrial.program import Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._foreign import foreign


@rule(severity=Severity.ERROR, cwe=(643, 91), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into expressions and style sheets."""
    yield from foreign(program, "xpath", "becomes part of an XPath expression or style sheet", parameter=0.4)
