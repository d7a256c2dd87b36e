"""The program rests on a package that is called nearly like a known one, and is not known itself.

Whoever types a name wrong, or takes a module's name for the distribution's, gets an error on a good day; on a bad one the
name belongs to a stranger who waited for it (typosquatting), and whose code then runs with the program's rights.

Require the distribution that was meant: the message names it.

## Bad: a module's name instead of the distribution's

```requirements.txt
numpy
cv2>=4  # finding: opencv-python
scikitlearn  # finding: scikit-learn
pycrfsuite  # finding: python-crfsuite
```

## Bad: a slip of the fingers

```requirements.txt
reqeusts  # finding: requests
sqlalchmy>=2  # finding: sqlalchemy
numppy  # finding: numpy
```

## Bad: near to a real name, and the lock has never heard of it

```pyproject.toml
[project]
name = "shop"
dependencies = [
  "httpx>=0.27",
  "cache-requests>=1",  # finding: requests-cache
]
```

```uv.lock
version = 1

[[package]]
name = "httpx"
version = "0.27.2"
```

## Bad: one letter, and the list of the index has no such name

```seatrial.toml
package-names = "names.list"
```

```names.list
# 2026-11-01
flask
requests
```

```requirements.txt
reqeusts  # finding: requests
requests-helpers  # finding: requests
```

## Bad: imported under a name that is one letter off, and nothing provides it

```requirements.txt
requests
```

```app.py
import reqeusts  # finding: requests
```

## Good: near to a known name and known itself

```requirements.txt
flask
flasgger
nose
nose2
psycopg2-binary
python-jose
jose
```

```app.py
import cv2
import nose
```

## Good: in the list, in the lock, or from elsewhere

```seatrial.toml
package-names = "names.list"
```

```names.list
# 2026-11-01
reqeusts
```

```requirements.txt
reqeusts
requestz @ git+https://git.example/acme/requestz.git
requestx==1.0 --hash=sha256:00
```

## Not found yet

```requirements.txt
requestes  # gap: one letter alone is as frequent among real names: without the list of an index it says little
```
"""

from collections.abc import Iterator

from seatrial.model.finding import Severity
from seatrial.program import Program
from seatrial.rules.contract import Match, rule
from seatrial.rules.dependencies._names import match


@rule(severity=Severity.ERROR, cwe=(1357,), category=("slopsquat",))
def check(program: Program) -> Iterator[Match]:
    """One match for each name that nothing shows to exist and that is near to a known one."""
    for suspect in program.suspects:
        if suspect.near:
            yield match(suspect, f"Find out who publishes `{suspect.name}`; `{suspect.near}` is probably meant.")
