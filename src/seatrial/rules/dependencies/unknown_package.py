"""The program rests on a package that nothing shows to exist.

A name that an assistant made up installs nothing, and fails; or it installs what a stranger has since registered under that name
(slopsquatting), and runs it with the program's rights. Nobody notices in review, since the name looks as it should.

Look the name up in the package index, see who publishes it and since when, and use the distribution that was meant.

## Bad: a made-up extension that nobody provides

```requirements.txt
flask>=3
```

```app.py
from flask import Flask
from flask_quickjwt_guard import guard  # finding: flask_quickjwt_guard
```

## Bad: a made-up extension, even if the program can do without

```requirements.txt
fastapi
```

```limits.py
try:
    from fastapi_throttle_ultra import Limiter  # finding: fastapi_throttle_ultra
except ImportError:
    Limiter = None
```

## Bad: neither the list of the index nor the lock has it

```seatrial.toml
package-names = "names.list"
```

```names.list
# 2026-11-01
flask
httpx
pyyaml
```

```pyproject.toml
[project]
name = "shop"
dependencies = [
  "httpx>=0.27",
  "orders-frobnicator>=1",  # finding: not among the 3 names of 2026-11-01
]
```

```shop.py
import httpx
import frobnicate_ledger  # finding: frobnicate_ledger
```

## Bad: a module that comes with another program, and a namespace

```requirements.txt
rospy  # finding: is a module that the program which runs the code brings along
sphinxcontrib>=1  # finding: is a namespace
urllib2  # finding: another Python's standard library
```

## Good

```requirements.txt
acme-frobnicator @ git+https://git.example/acme/frobnicator.git
frobnicator==1.0 --hash=sha256:00
```

```job.py
import acme_frobnicator
import frobnicator
import bpy
```

## Good: the list of the index has it, under a name that is near to the module's

```seatrial.toml
package-names = "names.list"
```

```names.list
# 2026-11-01
frobnicate-orders
python-ledgerine
```

```requirements.txt
frobnicate-orders
Frobnicate_Orders>=2
```

```shop.py
import ledgerine
```

## Not found yet: one sign alone

```requirements.txt
frobnicate-orders  # gap: without the list of an index, a name that is merely unknown is reported with little confidence
pytest-frobnicate  # gap: likewise, and it is in the manner of a large family
```

```app.py
import ledgerine  # gap: likewise; `undeclared-dependency` reports it
```
"""

from collections.abc import Iterator

from seatrial.model.finding import Severity
from seatrial.program import Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.dependencies._names import match


@rule(severity=Severity.ERROR, cwe=(1357,), category=("slopsquat",))
def check(program: Program) -> Iterator[Match]:
    """One match for each name that nothing shows to exist and that is near to no known one."""
    return (match(suspect) for suspect in program.suspects if not suspect.near)
