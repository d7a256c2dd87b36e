"""Text that someone else chose is run as code of the program (CWE-94, CWE-95).

Whoever chooses the text has the server: its files, its secrets, its database. Taking names away from `eval` does not help, for every
object leads back to all others.

Read data as data (`json.loads`, `ast.literal_eval`), and choose what is done from a table of functions.

## Bad

```shop/web.py
from flask import Flask, request

app = Flask(__name__)

@app.route("/price")
def price():
    return str(eval(request.args["formula"], {"__builtins__": {}}))  # finding: formula
```

## Bad: by way of another file

```shop/api.py
from fastapi import APIRouter
from shop.rules import Rule

router = APIRouter()

@router.post("/discount")
def discount(condition: str):
    return Rule("if " + condition + ": result = 1").run()
```

```shop/rules.py
class Rule:
    def __init__(self, text):
        self.text = text

    def run(self):
        scope = {}
        exec(self.text, scope)  # finding: condition
        return scope.get("result", 0)
```

## Good

```shop/web.py
import ast
import operator
from flask import Flask, abort, request

app = Flask(__name__)
OPERATIONS = {"add": operator.add, "sub": operator.sub}

@app.route("/price")
def price():
    name = request.args["operation"]
    if name not in OPERATIONS:
        abort(400)
    factor = eval("1 + %d" % int(request.args["factor"]))
    eval("2 * 3")
    return str(OPERATIONS[name](factor, ast.literal_eval(request.args["value"])))
```

## Not found yet

```shop/web.py
import sandbox
from flask import Flask, request

app = Flask(__name__)

@app.route("/price")
def price():
    return sandbox.evaluate(request.args["formula"])  # gap: nothing says that it runs code
```
"""

from collections.abc import Iterator

from seatrial.model.finding import Severity
from seatrial.program import Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.security._foreign import foreign


@rule(severity=Severity.ERROR, cwe=(94, 95), confirmed_by="inject")
def check(program: Program) -> Iterator[Match]:
    """Flows into code. What the user of a command has run is theirs."""
    yield from foreign(program, "code", "is run as code", parameter=0.6, local=0.3)
