"""Checks that say when a card is done. Each is a line that seatrial runs again on the tree as it is then.

| id | holds when |
|---|---|
| `finding:<fingerprint> gone` | the audit no longer reports it, or a human accepted it with a reason |
| `rule:<id> in <path> <= <n>` | at most so many of its findings stand there; `*` is every rule, `.` the whole tree |
| `no-cycle:<module>,<module>,…` | the imports among these modules make no circle as they are loaded |
| `complexity:<path>:<symbol> <= <n>` | no function of that name has more ways through; one that has gone has none |
| `complexity:<path> <= <n>` | the same for every function of the file |
| `test:<path> exists` | the file is there, and is test code |
| `tested:<path>` | a file of test code names the module, something public in it, or a way into it |
| `together:<path>,<path>` | one file of test code names both modules |
| `absent:<path>` | the file has gone |
| `gate:open` | `seatrial gate` would pass |
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from seatrial.app.rescue.survey import Survey
from seatrial.errors import SourceError
from seatrial.model.rescue import Ran
from seatrial.model.text import printable
from seatrial.program.graph import components

_Outcome: TypeAlias = tuple[bool, str]
_Runner: TypeAlias = Callable[[Survey, Mapping[str, str]], _Outcome]

_FORMS = {
    "finding": r"(?P<fingerprint>[0-9a-f]{8,32}) gone",
    "rule": r"(?P<rule>\S+) in (?P<path>.+) <= (?P<most>\d+)",
    "no-cycle": r"(?P<modules>[^, ]+(?:,[^, ]+)+)",
    "complexity": r"(?P<path>[^:]+)(?::(?P<symbol>\S+))? <= (?P<most>\d+)",
    "test": r"(?P<path>.+) exists",
    "tested": r"(?P<path>.+)",
    "together": r"(?P<left>[^,]+),(?P<right>[^,]+)",
    "absent": r"(?P<path>.+)",
    "gate": r"open",
}


def run(check: str, survey: Survey) -> Ran:
    """Runs one check. Raises `SourceError` if its id is of no known form."""
    kind, _, rest = check.partition(":")
    found = re.fullmatch(_FORMS[kind], rest) if kind in _FORMS else None
    if found is None:
        kinds = ", ".join(sorted(_FORMS))
        raise SourceError(f"{printable(check)} is no check. The kinds are {kinds}; docs/rescue.md has their forms.")
    holds, saw = _RUNNERS[kind](survey, {name: text or "" for name, text in found.groupdict().items()})
    return Ran(check, holds, saw)


def _finding(survey: Survey, of: Mapping[str, str]) -> _Outcome:
    found = [one for one in (*survey.findings, *survey.test_findings) if one.fingerprint.startswith(of["fingerprint"])]
    return not found, "gone" if not found else f"at {found[0].place.path}:{found[0].place.line}"


def _rule(survey: Survey, of: Mapping[str, str]) -> _Outcome:
    rule, path = of["rule"], of["path"]
    found = sum(
        rule in {"*", one.rule} and _lies_in(one.place.path, path) for one in (*survey.findings, *survey.test_findings)
    )
    return found <= int(of["most"]), f"{found} found"


def _lies_in(path: str, folder: str) -> bool:
    return folder in {".", path} or path.startswith(folder.rstrip("/") + "/")


def _no_cycle(survey: Survey, of: Mapping[str, str]) -> _Outcome:
    members = set(of["modules"].split(","))
    inside = {module: sorted(survey.imports.get(module, frozenset()) & members) for module in sorted(members)}
    circles = components(inside)
    return not circles, "no circle" if not circles else " → ".join([*circles[0], circles[0][0]])


def _complexity(survey: Survey, of: Mapping[str, str]) -> _Outcome:
    module = survey.modules.get(of["path"])
    functions = [one for one in module.functions if of["symbol"] in {"", one.symbol}] if module else []
    worst = max((one.complexity for one in functions), default=0)
    return worst <= int(of["most"]), f"{worst}" if functions else "gone"


def _test(survey: Survey, of: Mapping[str, str]) -> _Outcome:
    is_there = of["path"] in survey.test_words
    return is_there, "there" if is_there else "no such file of test code"


def _tested(survey: Survey, of: Mapping[str, str]) -> _Outcome:
    module = survey.modules.get(of["path"])
    tests = module.tests if module else ()
    return module is None or bool(tests), f"{len(tests)} test files" if module else "gone"


def _together(survey: Survey, of: Mapping[str, str]) -> _Outcome:
    left, right = (survey.modules.get(of[side]) for side in ("left", "right"))
    if left is None or right is None:
        return True, "gone"
    both = set(left.importing_tests) & set(right.importing_tests)
    return bool(both), min(both, default="no test file imports both")


def _absent(survey: Survey, of: Mapping[str, str]) -> _Outcome:
    is_there = of["path"] in survey.modules or of["path"] in survey.test_words
    return not is_there, "there" if is_there else "gone"


def _gate(survey: Survey, _of: Mapping[str, str]) -> _Outcome:
    return survey.gate_open, "open" if survey.gate_open else "shut"


_RUNNERS: Mapping[str, _Runner] = {
    "finding": _finding,
    "rule": _rule,
    "no-cycle": _no_cycle,
    "complexity": _complexity,
    "test": _test,
    "tested": _tested,
    "together": _together,
    "absent": _absent,
    "gate": _gate,
}
