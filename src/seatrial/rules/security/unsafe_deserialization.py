"""Data that someone else made is turned into objects by a format that can make any object (CWE-502).

Pickle and its kin run what the data tells them to: whoever can change the file, the cookie or the message runs commands on the server.
`yaml.load` without a safe loader does the same.

Use a format that holds only data (JSON, `yaml.safe_load`), and sign what has to come back unchanged (`itsdangerous`, `hmac`).

## Bad

```shop/web.py
import base64
import pickle
from flask import Flask, request

app = Flask(__name__)

@app.route("/cart")
def cart():
    stored = base64.b64decode(request.cookies["cart"])
    return str(pickle.loads(stored))  # finding: cart
```

## Bad: YAML that may hold any object

```shop/settings.py
import yaml

def load(path):
    with open(path) as file:
        return yaml.load(file)  # finding: any object

def load_all(file):
    return list(yaml.load_all(file, Loader=yaml.UnsafeLoader))  # finding: any object
```

## Good

```shop/settings.py
import json
import pickle
import yaml

MODEL = "model.pickle"

def load(path):
    with open(path) as file:
        return yaml.load(file, Loader=yaml.SafeLoader)

def safe(file):
    return yaml.safe_load(file)

def strict(text):
    return yaml.load(text, yaml.CSafeLoader)

def own():
    with open(MODEL, "rb") as file:
        return pickle.load(file)

def copied(value):
    return pickle.loads(pickle.dumps(value))

def cart(request):
    return json.loads(request.cookies["cart"])
```

```shop/copies.py
import pickle
from flask import request

def kept():
    return pickle.loads(pickle.dumps(request.get_json(), pickle.HIGHEST_PROTOCOL))
```

## Good: the program's own text

```shop/settings.py
import yaml
from flask import request

def load():
    texts = {"mine": "a: 1", "theirs": request.args["text"]}
    return yaml.load(texts["mine"], Loader=yaml.Loader)
```

## Not found yet

```shop/settings.py
import yaml

class Loader(yaml.SafeLoader):
    pass

def load(file):
    return yaml.load(file, Loader=Loader)

def worse(file):
    return yaml.load(file, Loader=yaml.FullLoader)  # gap: old versions of the library make any object with it
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Program, Sinking
from seatrial.program.risks import literal
from seatrial.program.taint import sinks
from seatrial.rules.contract import SLIGHT, Match, rule
from seatrial.rules.security._flows import match

_UNSAFE = frozenset({"yaml.Loader", "yaml.CLoader", "yaml.UnsafeLoader", "yaml.CUnsafeLoader"})
_ALWAYS = frozenset({"yaml.unsafe_load", "yaml.unsafe_load_all"})
_SAFE = frozenset({"yaml.SafeLoader", "yaml.CSafeLoader", "yaml.BaseLoader", "yaml.CBaseLoader"})
_CHOOSES = frozenset({"yaml.load", "yaml.load_all"})
_REFS = frozenset({f.Ref})


@rule(severity=Severity.ERROR, cwe=(502,))
def check(program: Program) -> Iterator[Match]:
    """Flows into such formats; YAML read by a loader that makes any object is a fault by itself."""
    for sink in sinks(program, "deserialize"):
        flow = program.taint.into(sink)
        alone = _unsafe_yaml(program, sink)
        if alone and (flow is None or flow.origin.kind != "remote"):
            line = sink.function.values[sink.call].line
            message = "YAML is read by a loader that makes any object"
            likely = SLIGHT if _is_beside(sink) else alone
            yield Match(message, sink.function, line, key="yaml", confidence=likely)
        elif flow is not None and not _is_safe_yaml(program, sink):
            yield match(flow, flow.confidence(parameter=0.5, local=0.4), "is turned into any object it asks for")


def _is_beside(sink: Sinking) -> bool:
    """What is read lies beside the module and came with it: its path is made from `__file__`."""
    names = (sink.function.values[at] for at in sink.function.of(_REFS))
    return any(type(name) is f.Ref and name.path.endswith("__file__") for name in names)


def _is_safe_yaml(program: Program, sink: Sinking) -> bool:
    """A loader of the program's own that adds to one of those that make no objects."""
    step = sink.function.values[sink.call]
    if sink.what not in _CHOOSES or type(step) is not f.Call:
        return False
    given = [*step.args[1:2], *(value for name, value in step.keywords if name == "Loader")]
    held = program.type_of(sink.function, given[0]) if given else None
    own = held.cls if held else None
    return own is not None and not _SAFE.isdisjoint(program.types.outer_bases(own))


def _unsafe_yaml(program: Program, sink: Sinking) -> float:
    """How likely YAML is read by an unsafe loader from a text that the program did not write."""
    step = sink.function.values[sink.call]
    if type(step) is not f.Call or not program.taint.is_open(sink):
        return 0.0
    if sink.what in _ALWAYS:
        return 0.8
    if sink.what not in _CHOOSES:
        return 0.0
    given = [*step.args[1:2], *(value for name, value in step.keywords if name in {"Loader", "**"})]
    if not given:
        return 0.8
    return 0.8 if literal(program, sink.function, given[0]) in _UNSAFE else 0.0
