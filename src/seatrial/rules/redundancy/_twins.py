"""Twins: functions that are alike on purpose, which nobody would make one."""

import re
from collections.abc import Callable, Collection

from seatrial.model import facts as f
from seatrial.program import Class, Function, Program
from seatrial.program.manifests import parse
from seatrial.program.manifests.nouns import Part
from seatrial.program.shapes import Alike, built_alike, wired_alike
from seatrial.program.slots import is_slot, slot
from seatrial.rules.redundancy._layouts import is_laid_out

SAME = 0.95
"""How alike functions have to be to do the same, and not a variation of it."""
METHODS = 0.9
"""How alike methods, or functions whose names differ by a word (`show_params`, `show_metrics`), have to be."""
LOOSE = 0.85
"""Below, functions are told of only if they share what others do not have: else it is a skeleton with other insides."""
OWN = 0.37
"""How much of what they share they have to themselves: 0.38 to 0.95 where one would merge them, mostly 0 to 0.35 else."""
SMALL = 8
"""Lines of code from which on a burden twice are inner functions, neighbours, and methods that share no base."""
LARGE = 14
"""And functions that do the same with other names and numbers."""
NEARLY = 0.8
"""The confidence below which functions are alike and do not nearly do the same: few would make them one."""
LONG = 18
"""From so many lines of code on it is worth it to make one of two that are varied."""
_OUTSIDE = ("db.read", "db.write", "http")
_NUMBER = re.compile(r"\d+")
_VERSION = re.compile(
    r"(?<![a-zA-Z])v\d+(?![a-zA-Z])|(?<![\w.])\d+\.\d+(?!\d)|(?<![a-zA-Z])(?:legacy|deprecated|obsolete|compat)(?![a-zA-Z])"
)
_STANDS_ALONE = re.compile(r"(?:^|/)(?:examples?|demos?|samples?|legacy|deprecated|obsolete)(?:_\w+)?/")
"""Where copies are meant: an example shows all of itself, and what is kept as it was is mended nowhere."""
_RUNS_ONCE = re.compile(
    r"(?:^|/)(?:migrations?|versions|deltas?|scripts|bin|management/commands)/|(?:^|/)upgrades?(?:/|\.py\Z)"
)
"""What an operator runs once: the next one begins as a copy, and neither is changed when it has run."""
_STEPS = frozenset({"upgrade", "downgrade", "migrate", "forwards", "backwards"})
"""Functions that bring stored data from one version to the next: each is frozen with its version."""
_STANDS_IN = re.compile(r"_?(?:Anonymous|Null|No|Dummy|Fake|Stub|Mock|Empty|Missing)[A-Z]")
"""Classes that stand in for another, whose interface they offer without sharing its base."""
_LEAVING = re.compile(r"(?:^|\.)(?:\w*DeprecationWarning|RemovedIn\w+Warning)\Z")
"""What is warned with about code that is to go."""
_TO_GO = re.compile(
    r"(?i)\b(?:(?:to|can|will|should|able to) be (?:deleted|removed|dropped)|no use after|(?:delete|remove|drop) (?:this|when|once|after))"
)
ABOVE = 3
"""So many lines above a function a comment speaks of it."""
_PAIRS = (
    "add/remove add/delete push/pull encode/decode forward/backward forwards/backwards get/set start/stop open/close "
    "enable/disable load/dump load/save load/store read/write up/down upgrade/downgrade before/after min/max first/last "
    "left/right create/delete create/update create/drop import/export send/receive show/hide increase/decrease c/cpp "
    "increment/decrement start/end next/previous next/prev old/new from/to in/out input/output request/response begin/end x/y "
    "row/column rows/columns cancel/terminate pack/unpack source/target upload/download insert/delete attach/detach "
    "login/logout subscribe/unsubscribe grant/revoke approve/reject accept/decline pre/post sync/async true/false"
)
_OPPOSITES = frozenset(frozenset(pair.split("/")) for pair in _PAIRS.split())
"""Words and their contraries: functions that are named by them do alike things on purpose."""
_WORLDS = ({"async"}, {"sync"})
"""What is added to a name for the twin in the other world of calls."""
_LOOPS = frozenset(
    {"aio", "anyio", "async", "asyncio", "curio", "gevent", "sync", "threading", "tornado", "trio", "twisted"}
)
"""Words in paths of what is written once for each way to wait."""


def is_variant(program: Program, pair: Alike) -> bool:
    """One overrides the other, both implement what a common base or the language asks for, or they are twins for
    synchronous and asynchronous callers: alike by design.
    """
    left, right = pair.left, pair.right
    if left.parent is right or right.parent is left:
        return True
    if left.facts.is_async != right.facts.is_async or left.name.startswith("__"):
        return True  # twins for two worlds; what the language asks of each class
    if left.name == right.name and left.parent is right.parent and left.facts.decorators and right.facts.decorators:
        return True  # each is registered for a case of its own: `@show.register`
    if left.name != right.name or not left.cls or not right.cls:
        return False
    outer = program.types.outer_bases
    return _have_base(program, left.cls, right.cls) or bool(set(outer(left.cls)) & set(outer(right.cls)))


def only_compute(program: Program, pair: Alike) -> bool:
    """Neither talks to the world, where work is often alike because its rows and requests are."""
    return not any(program.effects.of(side, kind) for side in (pair.left, pair.right) for kind in _OUTSIDE)


def is_meant(program: Program, pair: Alike) -> bool:
    """Twins with a purpose, which nobody would make one."""
    return any(holds(program, pair) for holds in _PURPOSES)


def _are_apart(_: Program, pair: Alike) -> bool:
    """Their names or places say why there are two: opposites, versions, examples, what runs once."""
    left, right = pair.left, pair.right
    if _are_opposite(_words(left), _words(right)) or _are_numbered(left.name, right.name):
        return True
    if all(_NUMBER.search(name) for name in _modules(pair)) and _are_numbered(*_modules(pair)):
        return True
    if (_ways_to_wait(left) ^ _ways_to_wait(right)) - {"sync"}:  # alone, that may be what keeps two stores alike
        return True
    if _versions(left) != _versions(right) or _is_set_up_file(left) != _is_set_up_file(right):
        return True
    if any(_STANDS_ALONE.search(side.file.path) for side in (left, right)):
        return True
    return all(_RUNS_ONCE.search(side.file.path) or side.name in _STEPS for side in (left, right))


def _ways_to_wait(function: Function) -> frozenset[str]:
    return _LOOPS.intersection(re.split(r"[/_.]", function.file.path))


def _is_variation(_: Program, pair: Alike) -> bool:
    """What differs is the point: functions beside each other, methods, functions whose names differ by a word."""
    left, right = pair.left, pair.right
    if left.file is right.file and (pair.similarity < SAME or not wired_alike(left, right)):
        return True
    mine, theirs = _words(left), _words(right)
    if left.cls and right.cls:
        is_likely = left.cls.name != right.cls.name and left.name == right.name
        return pair.similarity < (METHODS if is_likely else SAME)
    if mine != theirs and len(mine) == len(theirs) > 1 and {*mine} & {*theirs}:
        return pair.similarity < METHODS
    return pair.similarity < LOOSE and pair.own < OWN


def _are_in_two_projects(program: Program, pair: Alike) -> bool:
    """Projects of one repository that are installed apart, neither of which asks for the other."""
    requirements = parse(program.manifests, program.installed)
    mine, theirs = (requirements.part_of(side.file.path) for side in (pair.left, pair.right))
    return bool(mine and theirs and mine is not theirs and not _asks_for(mine, theirs) and not _asks_for(theirs, mine))


def _asks_for(part: Part, other: Part) -> bool:
    named = {need.name for need in part.requirements}
    return other.folder in part.members or (bool(other.distribution) and other.distribution in named)


def _is_laid_over(_: Program, pair: Alike) -> bool:
    """A module that takes the place of another, a folder further down: `extra/shop/rows.py` of `shop/rows.py`."""
    mine, theirs = sorted((side.file.path.split("/") for side in (pair.left, pair.right)), key=len)
    is_below = any(theirs[:at] + theirs[at + 1 :] == mine for at in range(len(theirs) - 1))
    return is_below and pair.similarity < SAME and pair.left.name == pair.right.name


def _is_part(program: Program, pair: Alike) -> bool:
    """Each belongs to a plug-in, back end or driver, which is kept apart from the others."""
    if pair.similarity >= SAME or pair.left.file is pair.right.file:
        return False
    return _is_slot(program, pair) or _are_siblings(program, pair.left.cls, pair.right.cls)


def _is_slot(program: Program, pair: Alike) -> bool:
    """Functions of one name in several modules of one folder, which something else calls by that name: plug-ins."""
    left, right = pair.left, pair.right
    if slot(left) != slot(right) or bool(left.cls) != bool(right.cls) or left.file.folder != right.file.folder:
        return False
    return is_slot(program, left)


def _are_siblings(program: Program, mine: Class | None, theirs: Class | None) -> bool:
    """Classes in different modules that fill in one base of the program."""
    return bool(mine and theirs and mine is not theirs and _have_base(program, mine, theirs))


def _have_base(program: Program, mine: Class, theirs: Class) -> bool:
    return not set(program.types.mro(mine)).isdisjoint(program.types.mro(theirs))


def _is_stand_in(_: Program, pair: Alike) -> bool:
    """A method of a class that stands in for another."""
    left, right = pair.left, pair.right
    named = [side.cls.name for side in (left, right) if side.cls and left.name == right.name]
    return len(named) > 1 and any(map(_STANDS_IN.match, named))


def are_small(pairs: Collection[Alike]) -> bool:
    """All that was copied from one place for another is no burden twice."""
    return sum(map(_longer, pairs)) < max(map(_burden, pairs))


def are_worth_it(program: Program, confidence: float, copies: Collection[Alike]) -> bool:
    """What differs a little is made one where there are three of them or more, or they are long, or a plain helper each."""
    if any(_are_helpers(program, pair) for pair in copies):
        return True
    return confidence >= NEARLY and (len(copies) > 1 or max(map(_longer, copies)) >= LONG)


def _are_helpers(program: Program, pair: Alike) -> bool:
    """Functions of modules, and not both answer requests: whoever finds one can call it."""
    sides = (pair.left, pair.right)
    return all(side.parent is side.file.body for side in sides) and not all(map(program.occasions.answers, sides))


def _burden(pair: Alike) -> int:
    """From how many lines of code on it pays to make one function of two.

    Those that their names call siblings were made alike. If one has a step more, it was changed and the other was not.
    """
    left, right = pair.left, pair.right
    if pair.similarity < SAME:
        are_siblings = left.name == right.name or len({*_words(left)} & {*_words(right)}) > 1
        return LARGE if are_siblings and built_alike(left, right) else 0
    are_inner = all(side.parent and side.parent.is_callable for side in (left, right))
    are_named = left.file is right.file and left.name != right.name  # `run_duckdb`, `run_snowflake`
    return SMALL if are_inner or are_named or (left.cls and right.cls and left.name == right.name) else 0


def _longer(pair: Alike) -> int:
    """The lines of code of the longer one."""
    return max(_lines(pair.left), _lines(pair.right))


def _lines(function: Function) -> int:
    """The lines that hold code, the head and what documents it aside."""
    inside = (value for value in range(len(function.values)) if not function.is_annotation(value))
    return len({function.values[value].line for value in inside} - {function.facts.line})


def _are_handed_out(program: Program, pair: Alike) -> bool:
    """Nothing imports their modules, which the program names as files: it copies each of them to where it is to run.

    Or they import nothing either, and lie in different folders: each is a program of one file, a lambda, and takes no other.
    """
    modules = {side.file for side in (pair.left, pair.right)}
    if not modules.isdisjoint(program.imports.asked):
        return False
    if modules.isdisjoint(program.imports.linked) and len({file.folder for file in modules}) > 1:
        requirements = parse(program.manifests, program.installed)
        return len({id(requirements.part_of(file.path)) for file in modules}) == 1
    return all(program.mentions.names_file(file.path) for file in modules)


def _is_laid_out(program: Program, pair: Alike) -> bool:
    return is_laid_out(program, pair, SAME)


def _is_leaving(program: Program, pair: Alike) -> bool:
    """One of them, what alone asks for it, or what offers its class, warns that it is to go; or a comment above it does."""
    return any(
        _warns(side) or _is_offered_late(side) or _is_asked_late(program, side) or _is_to_go(side)
        for side in (pair.left, pair.right)
    )


def _is_to_go(function: Function) -> bool:
    """A comment above the function says so, or one that speaks of the whole file."""
    first = function.facts.line
    said = ((comment.line, comment.text) for comment in function.file.facts.comments)
    return any(_TO_GO.search(text) and (first - ABOVE <= line <= first or "file" in text) for line, text in said)


def _is_asked_late(program: Program, function: Function) -> bool:
    callers = program.calls.callers(function)
    return bool(callers) and all(_warns(caller) for caller, _ in callers)


def _is_offered_late(function: Function) -> bool:
    """A function beside its class hands the class out and warns."""
    name = function.cls.name if function.cls else ""
    return bool(name) and any(name in _named(one) and _warns(one) for one in function.file.functions if not one.cls)


def _warns(function: Function) -> bool:
    return any(_LEAVING.search(name) for name in _named(function))


def _named(function: Function) -> set[str]:
    """What a function refers to, by its full name in the module."""
    return {step.path.lstrip(":.!?") for step in function.values if type(step) is f.Ref}


_PURPOSES: tuple[Callable[[Program, Alike], bool], ...] = (
    _are_apart,
    _is_variation,
    _is_stand_in,
    _is_laid_over,
    _is_part,
    _are_in_two_projects,
    _are_handed_out,
    _is_leaving,
    _is_laid_out,
)


def _is_set_up_file(function: Function) -> bool:
    """What installs a package cannot use it yet."""
    return function.file.path.rpartition("/")[2] == "setup.py"


def _modules(pair: Alike) -> tuple[str, str]:
    """The own names of their modules."""
    left, right = (side.file.module.rpartition(".")[2] for side in (pair.left, pair.right))
    return left, right


def _are_numbered(left: str, right: str) -> bool:
    """Names that differ in a number alone: `_detach_2_1` and `_detach_2_2` speak to two versions of something."""
    return left != right and _NUMBER.sub("", left) == _NUMBER.sub("", right)


def _words(function: Function) -> list[str]:
    return function.name.lower().strip("_").split("_")


def _versions(function: Function) -> list[str]:
    """What the path of a module says of its age: `api.v2.views`, `legacy/views`. What is kept as it was is no debt."""
    return _VERSION.findall(function.file.path)


def _are_opposite(mine: list[str], theirs: list[str]) -> bool:
    """Names that differ by a word and its contrary: `lock_row` and `unlock_row`, `run` and `run_async`."""
    ours, others = {*mine} - {*theirs}, {*theirs} - {*mine}
    return ours | others in _WORLDS or any(
        {one, other} in _OPPOSITES or _is_undone(one, other) or _is_undone(other, one)
        for one in ours
        for other in others
    )


def _is_undone(word: str, other: str) -> bool:
    return any(other == prefix + word for prefix in ("un", "de", "dis", "re", "a", "not"))
