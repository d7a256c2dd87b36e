"""Requirements that nothing uses: no import, no text that names them, no other package that needs them.

What is used without being imported (drivers, servers, plug-ins) is in `distributions.toml`; of a distribution whose
modules nobody knows, nothing is said.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from posixpath import basename
from typing import Any

import msgspec
from packaging.utils import NormalizedName

from seatrial.libraries.distributions import distributions
from seatrial.model.facts import Const
from seatrial.model.source import Manifest
from seatrial.program.manifests.nouns import Part, Requirement, Requirements, Use, inside
from seatrial.program.manifests.owned import Import
from seatrial.program.manifests.providers import akin, mapped, provides
from seatrial.program.parts import File

_DECLARING = re.compile(
    r"requirements|constraints|setup\.(?:py|cfg)\Z|Pipfile|environment\.ya?ml\Z|\.lock\Z|\Apylock\."
)
"""Files that name a distribution because they require it: no use."""
_NAMESPACED = 4
"""Names of a module that tell its distribution at most: namespaces are no deeper."""
_CONSTANTS = frozenset({Const})
_FEW = 3
_SHARE = 0.25
"""Where more than a few, and more than this share, of a list is unused, the list is a whole environment written out."""


class Unused(msgspec.Struct, frozen=True):
    """A requirement for running that nothing uses. `alone`: a lock shows that no other package needs it either."""

    requirement: Requirement
    alone: bool


def unused(
    requirements: Requirements, imports: Iterable[Import], files: Sequence[File], manifests: Sequence[Manifest]
) -> Iterator[Unused]:
    """The unused requirements of every part that has code, sorted as the parts list them."""
    modules = frozenset(".".join(one.module.split(".")[:_NAMESPACED]) for one in imports)
    found = [(part, _unimported(part, requirements, modules)) for part in requirements.parts if _has_code(part, files)]
    needed = {name for part in requirements.parts for entry in part.locked for name in entry.needs}
    candidates = {need.name for _, needs in found for need in needs} - needed
    named = _named(candidates, files, manifests) if candidates else set()
    for part, needs in found:
        left = [need for need in needs if need.name in candidates - named]
        if len(left) <= max(_FEW, _SHARE * len(part.requirements)):
            yield from (Unused(need, bool(requirements.locks(part)) and bool(needed)) for need in left)


def _has_code(part: Part, files: Iterable[File]) -> bool:
    return part.declares and any(inside(file.path, part.folder) for file in files)


def _unimported(part: Part, requirements: Requirements, modules: frozenset[str]) -> list[Requirement]:
    """Requirements whose modules are known, and are imported nowhere in the repository."""
    asked = (need for need in part.requirements if need.use is Use.RUN and need.name and not need.direct)
    found = [need for need in asked if _is_meant_to_be_imported(need, requirements)]
    return [need for need in found if not _imported(need.name, requirements, modules)]


def _is_meant_to_be_imported(need: Requirement, requirements: Requirements) -> bool:
    data = distributions()
    served = need.name in data.unimported or need.name.startswith(data.prefixes) or need.name.endswith(data.suffixes)
    locked = any(need.path == entry.path for part in requirements.parts for entry in part.locked)
    return not (served or locked or need.marker or need.hashed) and mapped(need.name, requirements.installed)


def _imported(name: NormalizedName, requirements: Requirements, modules: frozenset[str]) -> bool:
    return any(provides(name, module, requirements.installed) or akin(name, module) for module in modules)


def _named(
    candidates: set[NormalizedName], files: Iterable[File], manifests: Iterable[Manifest]
) -> set[NormalizedName]:
    """Those of the candidates that some text speaks of: settings, commands, strings in code."""
    spoken = {word: name for name in candidates for word in _words(name)}
    pattern = re.compile("|".join(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" for word in sorted(spoken)))
    texts = (text.lower() for text in _texts(files, manifests))
    return {spoken[match[0]] for text in texts for match in pattern.finditer(text)}


def _words(name: NormalizedName) -> set[str]:
    """How a text would name a distribution: by its own name or that of a module."""
    modules = distributions().provided.get(name, ())
    return {name, name.replace("-", "_"), name.replace("-", "."), *(module.lower() for module in modules)}


def _texts(files: Iterable[File], manifests: Iterable[Manifest]) -> Iterator[str]:
    for manifest in manifests:
        name = basename(manifest.path)
        if name == "pyproject.toml":
            yield from _settings(manifest.text)
        elif not _DECLARING.search(manifest.path if name.endswith((".txt", ".in")) else name):
            yield manifest.text
    for file in files:
        if basename(file.path) != "setup.py" and not file.is_test:
            said: list[str] = []
            for function in file.functions:
                constants = (function.values[value] for value in function.of(_CONSTANTS))
                said += [one.value for one in constants if type(one) is Const and type(one.value) is str]
            yield "\n".join(said)


def _settings(text: str) -> Iterator[str]:
    """What a `pyproject.toml` says beside its requirements."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        yield text
        return
    project = data.get("project") if isinstance(data.get("project"), dict) else {}
    assert isinstance(project, dict)
    yield from _strings({key: project.get(key) for key in ("scripts", "gui-scripts", "entry-points")})
    yield from _strings(data.get("tool"))
    yield from _strings(data.get("build-system"))


def _strings(value: Any) -> Iterator[str]:
    """Keys and texts, without the tables that list requirements or say where they come from."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if "dependencies" not in key and key not in ("sources", "source"):
                yield key
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
