"""Runs two functions on the same inputs: they answer alike on all, or the smallest input tells them apart.

Whatever they take is made by a seed. A function that reaches outside, or answers otherwise the second time, is left.
"""

import ast
import copy
import importlib
import inspect
import math
import os
import random
import signal
import sys
import textwrap
import time
import types

from . import making, shapes

INPUTS = 1000
_LONGEST = 10.0
"""Seconds for one pair."""
_ONE_CALL = 1.0
_MOST_SHRINKS = 2000
_MISFITS = ("TypeError", "AttributeError", "KeyError", "IndexError", "NameError")
"""Errors of inputs that no caller would give."""
_OUTSIDE = ("socket.", "subprocess.", "os.", "shutil.", "sqlite3.", "urllib.")
_state = {"running": False}


class _Reaches(BaseException):
    """The function reaches outside."""


class _TooLong(BaseException):
    """A call takes too long."""


def compared(pairs, config):
    """What comes of each pair: a list of plain dictionaries."""
    sys.addaudithook(_held)
    signal.signal(signal.SIGALRM, _rang)
    return [_compared(pair, config) for pair in pairs]


def _compared(pair, config):
    try:
        left, right = (_function(side, config) for side in (pair["left"], pair["right"]))
        return _tried(left, right, config["seed"])
    except _Reaches as event:
        return {"why": "one of them reaches outside ({})".format(event)}
    except _TooLong:
        return {"why": "a call takes more than {:g} s".format(_ONE_CALL)}
    except Exception as error:
        return {"why": "{}: {}".format(type(error).__name__, error)[:300]}


def _held(event, arguments):
    writes = event == "open" and arguments[1] not in (None, "r", "rb")
    if _state["running"] and (writes or event.startswith(_OUTSIDE)):
        raise _Reaches(event)


def _rang(*_):
    raise _TooLong


def _function(side, config):
    """The function of a side, from its module, which is imported as the program would."""
    path = os.path.join(config["root"], side["path"])
    found = next((m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == path), None)
    if found is None:
        base = next(one for one in config["paths"] if path.startswith(one.rstrip(os.sep) + os.sep))
        name = os.path.splitext(os.path.relpath(path, base))[0].replace(os.sep, ".")
        found = importlib.import_module(name.removesuffix(".__init__"))
    return getattr(found, side["name"])


def _tried(left, right, seed):
    mine, required, hinted = shapes.taken(left)
    theirs, others, _ = shapes.taken(right)
    count = min(len(mine), len(theirs))
    if max(required, others) > count or not count:
        return {"why": "they take different arguments"}
    wanted = list(map(_both, mine.values(), theirs.values()))
    if any(map(shapes.is_unknown, wanted)):
        return {"why": "what they take cannot be made up"}
    chance = random.Random(seed)  # noqa: S311 -- the same inputs each time
    maker = making.Maker(chance, _literals(left) + _literals(right))
    return _counted(left, right, wanted, maker, strict=len(hinted) >= count)


def _both(one, other):
    """A shape that fits both: what is known of either, and all keys of records."""
    if one[0] == other[0] and one[0] in ("record", "object"):
        return (one[0], {**other[1], **one[1]})
    if one[0] == other[0] == "list":
        return ("list", _both(one[1], other[1]))
    vague = ("unknown", "any")
    return other if one[0] in vague and other[0] not in vague else one


def _literals(function):
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]


def _counted(left, right, wanted, maker, strict):
    """Runs them. `strict`: the annotations say what they take, so that no input is a misfit."""
    fit, apart, answers, first = 0, 0, set(), None
    until = time.monotonic() + _LONGEST
    for number in range(INPUTS):
        if time.monotonic() > until:
            break
        arguments = [maker.value(shape, 1 + number // 40) for shape in wanted]
        one, again, other = (_outcome(function, arguments) for function in (left, left, right))
        if not _alike(one, again):
            return {"why": "it answers otherwise each time"}
        if _is_misfit(one, other, strict):
            continue
        fit += 1
        answers.add(repr(one)[:200])
        if not _alike(one, other):
            apart += 1
            first = first or arguments
    if first is not None:
        first = _smallest(left, right, first, strict)
    shown = None if first is None else _shown(left, right, first)
    return {"inputs": fit, "apart": apart, "answers": len(answers), "shown": shown, "why": ""}


def _is_misfit(one, other, strict):
    failed = [side[1] for side in (one, other) if side[0] == "raises"]
    return len(failed) == 2 or (not strict and any(name in _MISFITS for name in failed))


def _outcome(function, arguments):
    """What a call gives: its answer, and what it made of its arguments; or the kind of error that it raises."""
    given = copy.deepcopy(arguments)
    _state["running"] = True
    signal.setitimer(signal.ITIMER_REAL, _ONE_CALL)
    try:
        answer = function(*given)
        if isinstance(answer, types.GeneratorType):
            answer = list(answer)
    except Exception as error:
        return ("raises", type(error).__name__)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _state["running"] = False
    return ("gives", answer, given)


def _alike(one, other):
    """Equal but for the last digits of numbers, which depend on the order of sums."""
    if isinstance(one, float) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(one) and math.isnan(other))
    if type(one) is not type(other):
        return isinstance(one, (int, float)) and isinstance(other, (int, float)) and one == other
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if hasattr(one, "__dict__") and not callable(one):
        return _alike(vars(one), vars(other))
    return bool(one == other)


def _smallest(left, right, arguments, strict):
    """The simplest input found that still tells them apart."""
    left_over = _MOST_SHRINKS
    found = True
    while found and left_over > 0:
        found = False
        for one in making.smaller(arguments):
            left_over -= 1
            if len(one) != len(arguments) or left_over < 0:
                continue
            sides = _outcome(left, one), _outcome(right, one)
            if not _alike(*sides) and not _is_misfit(*sides, strict=strict):
                arguments, found = one, True
                break
    return arguments


def _shown(left, right, arguments):
    told = ", ".join(map(repr, arguments)).replace("namespace(", "(")
    one, other = (_told(_outcome(function, arguments)) for function in (left, right))
    return {"arguments": told[:200], "left": one, "right": other}


def _told(outcome):
    return ("raises {}" if outcome[0] == "raises" else "{!r}").format(outcome[1])[:120]
