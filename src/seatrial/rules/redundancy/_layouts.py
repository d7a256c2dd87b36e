"""Layouts: copies that follow from where their files lie, and from what each of them is bound to."""

import re

from seatrial.model import facts as f
from seatrial.program import Class, File, Function, Program
from seatrial.program.manifests import parse
from seatrial.program.names import Entity
from seatrial.program.shapes import Alike

_OF_TESTS = re.compile(r"(?:^|[/_])(?:tests?|testing|conftest)(?=[/_.])")
"""Modules that tests take what they need from; each part of a program has its own set."""
_RUNS_ONCE = re.compile(r"(?:^|/)migrat(?:e|ion)\w*(?:/|\.py\Z)")
"""What brings something to a new version: it is frozen with the old one, which it still has to read."""


def is_laid_out(program: Program, pair: Alike, same: float) -> bool:
    """Their places say why there are two. `same`: how alike functions have to be to do the same."""
    sides = (pair.left, pair.right)
    if any(_OF_TESTS.search(side.file.path) for side in sides):
        return True
    if pair.similarity < same and (_are_named_by_folders(pair) or any(_RUNS_ONCE.search(s.file.path) for s in sides)):
        return True
    return _is_apart(program, pair) or _are_bound_apart(program, pair)


def _are_named_by_folders(pair: Alike) -> bool:
    """Each says in its name of which folder it is: `add_apples` in `apples/routes.py`, `add_pears` in `pears/routes.py`."""
    left, right = pair.left, pair.right
    mine, theirs = (side.file.folder.rpartition("/")[2] for side in (left, right))
    if mine == theirs or not mine or not theirs or _own_name(left) != _own_name(right):
        return False
    return mine in left.name and left.name.replace(mine, "") == right.name.replace(theirs, "")


def _own_name(function: Function) -> str:
    return function.file.path.rpartition("/")[2]


def _is_apart(program: Program, pair: Alike) -> bool:
    """One lies in a file of another project that takes nothing of the program, and that nothing takes: it runs elsewhere."""
    requirements = parse(program.manifests, program.installed)
    left, right = pair.left.file, pair.right.file
    if (left in program.imports.linked) is (right in program.imports.linked):
        return False
    return requirements.part_of(left.path) is not requirements.part_of(right.path)


def _are_bound_apart(program: Program, pair: Alike) -> bool:
    """What they call by one name are different things of the program, brought from elsewhere: each works on its own kind."""
    mine, theirs = _brought(program, pair.left), _brought(program, pair.right)
    return any(mine[name] != theirs[name] for name in mine.keys() & theirs.keys())


def _brought(program: Program, function: Function) -> dict[str, Entity]:
    """The functions and classes of other files of the program that a function names, each by its own name there."""
    found: dict[str, Entity] = {}
    for path in filter(None, map(_path, function.values)):
        named = program.names.resolve(function.file, path) if path[0] not in ":!?" else None
        if named and _stands_alone(named.entity):
            found[path.split(".")[-1 - len(named.rest)]] = named.entity
    return found


def _stands_alone(entity: Entity) -> bool:
    return isinstance(entity, Class | File) or (isinstance(entity, Function) and entity.cls is None)


def _path(step: f.AnyValue) -> str:
    if type(step) is f.Call and step.receiver < 0:
        return step.callee
    return step.path if type(step) is f.Ref else ""
