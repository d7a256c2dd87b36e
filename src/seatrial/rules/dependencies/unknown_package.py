"""The program rests on a package that nothing shows to exist.

A name that an assistant made up installs nothing, and fails; or it installs what a stranger has since registered under that name,
and runs it with the program's rights. Nobody notices in review, since the name looks as it should.

Look the name up in the package index, see who publishes it and since when, and use the distribution that was meant.

## Bad: nobody provides the module

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

## Bad: a module's name instead of the distribution's

```requirements.txt
numpy
cv2>=4  # finding: opencv-python
scikitlearn  # finding: scikit-learn
```

## Bad: near to a real name, and the lock has never heard of

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

## Not found yet

```requirements.txt
frobnicate-orders  # gap: a name that is merely unknown is reported with little confidence
pytest-frobnicate  # gap: a name in the manner of a large family is taken to exist
```
"""

from collections.abc import Iterator

from packaging.utils import NormalizedName

from seatrial.model.finding import Place, Severity
from seatrial.program import Program
from seatrial.program.manifests import Part, Requirement, Requirements, Use, parse
from seatrial.program.manifests.doubt import doubt, known, plausible
from seatrial.program.manifests.needs import Need
from seatrial.program.manifests.owned import Way
from seatrial.program.manifests.providers import akin, own_names
from seatrial.program.manifests.standing import Standing, unmapped
from seatrial.rules.contract import Match, rule


@rule(severity=Severity.ERROR, cwe=(1357,), category=("slopsquat",))
def check(program: Program) -> Iterator[Match]:
    """Modules that nothing provides, then requirements whose name nobody knows."""
    requirements = parse(program.manifests, program.installed)
    for need in program.needs:
        if need.standing is Standing.UNKNOWN:
            yield _imported(need, requirements)
    for part in requirements.parts:
        yield from _declared(part, requirements)


def _imported(need: Need, requirements: Requirements) -> Match:
    first = need.imports[0]
    others = f" (and in {need.others})" if need.others else ""
    return Match(
        f"`{first.shown}` is imported{others}, but no dependency, lock or installed distribution provides it, "
        f"and no distribution of that name is known",
        function=first.file.functions[first.function],
        line=first.line,
        key=first.shown,
        path=need.steps,
        confidence=round(min(0.9, max(0.1, 0.85 - _reservations(need, requirements))), 2),
    )


def _reservations(need: Need, requirements: Requirements) -> float:
    """What else could explain a module that nothing provides: unknown requirements, in-house code, optional use."""
    part = need.part
    if part is None:
        return 0.3
    unclear = len(unmapped(requirements, part))
    in_house = any(akin(name, need.imports[0].module) for name in own_names(requirements))
    return (
        0.1 * need.way + 0.3 * (need.optional and need.way is not Way.GUARDED) + 0.2 * need.for_development + 0.25 * in_house
        - 0.2 * _extends(part, need.imports[0].head) + 0.2 * part.private_index + 0.3 * (not part.complete) + min(0.2, 0.1 * unclear)
    )  # fmt: skip


def _extends(part: Part, head: str) -> bool:
    """Whether a module's name makes it an extension of something required: the usual shape of a made-up name."""
    names = (need.name.replace("-", "_") for need in part.requirements if need.name)
    return any(head.startswith(f"{name}_") for name in names)


def _declared(part: Part, requirements: Requirements) -> Iterator[Match]:
    vouched = {entry.name for one in requirements.parts for entry in one.locked} | own_names(requirements)
    vouched |= {need.name for need in part.requirements if need.direct or need.hashed}
    installed = {one.name for one in requirements.installed}
    seen: set[NormalizedName] = set()
    for need in part.requirements:
        if need.name and need.name not in vouched | installed | seen and not known(need.name):
            seen.add(need.name)
            yield from _unknown(need, part, requirements)


def _unknown(need: Requirement, part: Part, requirements: Requirements) -> Iterator[Match]:
    sign = doubt(need.name)
    missing = [where for where, there in _resolvers(need, part, requirements) if there]
    reasons = [sign.reason] if sign else []
    reasons += [f"the {where} does not have it" for where in missing]
    strength = max(0.4, sign.strength if sign else 0, 0.6 if missing else 0)
    strength += 0.1 if missing and sign and sign.strength > 0.6 else 0
    if plausible(need.name) and not missing and not (sign and sign.strength > 0.7):
        return
    yield Match(
        f"`{need.written}` is required, but it is no known distribution" + "".join(f"; {reason}" for reason in reasons),
        place=Place(need.path, need.line, need.line),
        key=need.name,
        confidence=round(max(0.1, strength - 0.25 * part.private_index), 2),
    )


def _resolvers(need: Requirement, part: Part, requirements: Requirements) -> list[tuple[str, bool]]:
    """Who has resolved the part's requirements and would know the name, if it were meant for every environment."""
    everywhere = need.marker is None and need.use is Use.RUN
    return [
        ("lock", everywhere and any(entry.path != need.path for entry in requirements.locks(part))),
        ("installed environment", everywhere and bool(requirements.installed)),
    ]
