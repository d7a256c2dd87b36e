"""Two places require versions of one distribution that exclude each other.

No installation can satisfy both, so which one wins depends on who installs what, and in which order: a deployment gets another
version than the tests ran with, or stops with a resolver's error at the worst moment.

State the range once, where the project declares its dependencies, and make the other place follow: lock again, or drop the pin.

## Bad: a requirement file against the project

```pyproject.toml
[project]
name = "shop"
dependencies = ["sqlalchemy>=2.0"]
```

```requirements.txt
flask>=3
SQLAlchemy==1.4.52  # finding: pyproject.toml
```

## Bad: the lock is out of date

```pyproject.toml
[tool.poetry.dependencies]
python = "^3.11"
httpx = "^0.27"
```

```poetry.lock
[[package]]
name = "httpx"  # finding: 0.25.1
version = "0.25.1"
```

## Bad: the lock was made before the requirement

```pyproject.toml
[project]
name = "shop"
dependencies = [
  "httpx>=0.27",
  "stripe>=11",  # finding: a lock without it
]
```

```uv.lock
[[package]]
name = "httpx"
version = "0.27.2"
```

## Bad: parts of a monorepo that are installed together

```libs/store/pyproject.toml
[project]
name = "store"
dependencies = ["pydantic<2"]
```

```services/web/pyproject.toml
[project]
name = "web"
dependencies = [
  "store",
  "pydantic>=2.5",  # finding: libs/store/pyproject.toml
]

[tool.uv.sources]
store = { path = "../../libs/store" }
```

## Good

```pyproject.toml
[project]
name = "shop"
dependencies = [
  "numpy<2; python_version < '3.12'",
  "numpy>=2; python_version >= '3.12'",
  "pywin32==306; sys_platform == 'win32'",
  "uvloop~=0.19; sys_platform != 'win32'",
]

[project.optional-dependencies]
old = ["django<4"]
new = ["django>=5"]
```

```constraints.txt
numpy<3
pywin32>=300
uvloop==0.19.0
```

## Not found yet

```pyproject.toml
[tool.poetry.dependencies]
python = "^3.11"
redis = "^4 || ^5"
```

```requirements.txt
redis==3.5.3  # gap: a choice of ranges has no PEP 440 form and is taken to allow everything
```
"""

from collections import Counter
from collections.abc import Iterator

from seatrial.model.finding import Place, Severity, Step
from seatrial.program import Program
from seatrial.program.manifests import parse
from seatrial.program.manifests.conflicts import Claim, Conflict, conflicts
from seatrial.rules.contract import Match, rule

_MOST_STEPS = 8
"""So many of the places of one pair of files are shown."""


@rule(severity=Severity.ERROR, category=("conflict",))
def check(program: Program) -> Iterator[Match]:
    """One match for each file that others contradict: who makes it follow, or drops it, mends them all."""
    every = list(conflicts(parse(program.manifests, program.installed)))
    pairs = {(one.leading.path, one.following.path) for one in every}
    often = Counter(path for pair in pairs for path in set(pair))
    files: dict[str, list[Conflict]] = {}
    for one in every:
        if one.leading.path == one.following.path:
            yield _match([one])
        else:
            most = max((one.following.path, one.leading.path), key=often.__getitem__)
            files.setdefault(most, []).append(one)
    yield from map(_match, files.values())


def _match(found: list[Conflict]) -> Match:
    found = sorted(found, key=lambda one: -one.confidence)
    first, second = found[0].leading, found[0].following
    others = [one.following.name for one in found[1:]]
    more = f"; nor can {len(others)} more ({', '.join(others[:3])}{', …' if len(others) > 3 else ''})" if others else ""
    steps = (step for one in found[:_MOST_STEPS] for step in _steps(one))
    return Match(
        f"{second.name} {second.says} cannot be met together with {first.says} in {first.path}:{first.line}{more}",
        place=_place(second),
        key=f"{second.name}\0{first.path}",
        path=tuple(steps),
        confidence=found[0].confidence,
    )


def _steps(conflict: Conflict) -> tuple[Step, Step]:
    first, second = conflict.leading, conflict.following
    return (
        Step(_place(first), f"asks for {first.name} {first.says}"),
        Step(_place(second), f"{second.says} here"),
    )


def _place(claim: Claim) -> Place:
    return Place(claim.path, claim.line, claim.line)
