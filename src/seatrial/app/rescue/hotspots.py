"""Drafts from what the code is like: hotspots that no test holds or nobody can follow, contracts that nobody wrote."""

from collections.abc import Iterator
from math import ceil

from seatrial.app.rescue import gauges
from seatrial.app.rescue.drafts import Draft, card_id, span
from seatrial.app.rescue.history import Coupled
from seatrial.app.rescue.survey import Module, Survey
from seatrial.model.finding import Place
from seatrial.model.rescue import Fact, Span, Verb

MANY_WAYS = 20
"""Ways through a function; more are "complex, high risk" (SEI, C4 Software Technology Reference Guide, 1997)."""
FEW_WAYS = 10
"""McCabe's own limit (1976): a function that is cut is cut to it, or to half."""
SHARE, LEAST, MOST = 0.05, 5, 15
"""Hotspots are the top of the modules: this share, at least and at most so many."""
OFTEN = 5
"""Changes in the window; what changes less needs no rescue, however it looks."""
SOMETHING = 15
"""Complexity of a module in which there is something to pin."""
ASKED_ABOUT = 2
"""So many of the hottest files are answered for, by a card of work or of rest."""


def hottest(survey: Survey) -> list[Module]:
    """The hotspots, the hottest first: changes by complexity, or importers and ways in by complexity by findings."""
    heat = {path: _heat(survey, module) for path, module in survey.modules.items()}
    most = min(max(LEAST, round(SHARE * len(heat))), MOST)
    ranked = sorted((path for path in heat if heat[path] > 0), key=lambda path: (-heat[path], path))
    return [survey.modules[path] for path in ranked[:most]]


def drafts(survey: Survey) -> Iterator[Draft]:
    """Tests for hotspots that have none, seams in those with a function that nobody can follow, contracts to write."""
    for module in hottest(survey):
        if module.complexity >= SOMETHING and is_bare(survey, module):
            yield _test(module)
        if module.worst and module.worst.complexity > MANY_WAYS:
            yield _seam(survey, module)
    for pair in survey.told.coupled:
        left, right = survey.modules.get(pair.left), survey.modules.get(pair.right)
        if left and right and _is_hidden(left, right):
            yield _contract(pair, left, right)


def is_bare(survey: Survey, module: Module) -> bool:
    """No test names it, nor anything that leads to it: not even indirectly does one hold what it does.

    Of what nobody imports nothing can be said where there are tests: it is found by its name (plug-ins, commands), and
    they may find it so too.
    """
    if survey.test_words and not (module.importers or module.routes):
        return False
    waiting, seen = [module.path], {module.path}
    while waiting:
        found = survey.modules.get(waiting.pop())
        if found and found.tests:
            return False
        new = found.importers - seen if found else frozenset()
        seen |= new
        waiting.extend(new)
    return True


def keeps(survey: Survey, worked_on: set[str]) -> list[Draft]:
    """The hottest files that no other card is about: what a reader would ask about, and why it may stay as it is."""
    found = (module for module in hottest(survey)[:ASKED_ABOUT] if module.path not in worked_on)
    return [_keep(survey, module) for module in found if _is_sound(survey, module)]


def _heat(survey: Survey, module: Module) -> float:
    past = survey.told.past(module.path)
    if survey.told.history.commits:
        return past.changes * module.complexity if past.changes >= OFTEN else 0
    found = [one for one in survey.findings if one.place.path == module.path]
    return (1 + len(module.importers) + len(module.routes)) * module.complexity * (1 + len(found))


def _test(module: Module) -> Draft:
    ways = module.complexity
    return Draft(
        verb=Verb.ADD_CHARACTERISATION_TEST,
        phase=1,
        kind="untested",
        unit=module.path,
        paths=(module.path,),
        title=f"Pin what {module.path} does today, before anyone changes it",
        facts=(Fact(gauges.TESTS, 0), Fact(gauges.WAYS, ways)),
        places=_at(module),
        how="Call what it offers with plain, empty and odd input, and write down what comes out, right or wrong: "
        "the test says what is, not what should be.",
        precondition="It can be called with made-up data: a database of its own, no network.",
        checks=(f"tested:{module.path}",),
        hours=span(max(1, 0.08 * ways), max(2, 0.2 * ways)),
        lines=2 * ways,
        risk="Nobody can tell a change that mends from one that breaks: every other card here is a guess without it.",
        rollback="Delete the tests.",
        severity=ways / 5,
        complexity=ways,
    )


def _seam(survey: Survey, module: Module) -> Draft:
    worst = module.worst
    assert worst is not None
    goal = max(FEW_WAYS, ceil(worst.complexity / 2))
    fixes = survey.told.past(module.path).fixes
    test = () if not is_bare(survey, module) else (card_id(Verb.ADD_CHARACTERISATION_TEST, "untested", module.path),)
    first = "The card that pins it is done." if test else f"{_names(module)} pass, and take each of its ways."
    return Draft(
        verb=Verb.EXTRACT_SEAM,
        phase=2,
        kind="complex",
        unit=f"{module.path}:{worst.symbol}",
        paths=(module.path,),
        title=f"Cut {worst.symbol} into parts that can be tested alone",
        facts=(Fact(gauges.WORST, worst.complexity), Fact("lines", worst.end_line - worst.line + 1)),
        places=(Place(module.path, worst.line, worst.end_line),),
        how=f"Move one group of its ways at a time into a function with a name, a test and at most {FEW_WAYS} ways.",
        precondition=first,
        checks=(f"complexity:{module.path}:{worst.symbol} <= {goal}",),
        hours=span(0.15 * (worst.complexity - goal), 0.4 * (worst.complexity - goal)),
        lines=worst.end_line - worst.line + 1,
        risk=f"Whoever changes it has {worst.complexity} ways to keep in mind, and a reviewer as many to try.",
        rollback="Revert the commit: the parts are called from nowhere else yet.",
        severity=(worst.complexity - FEW_WAYS) / 5 + fixes / 4,
        complexity=worst.complexity,
        touched=(f"{module.path}:{worst.symbol}",),
        needs=test,
    )


def _names(module: Module) -> str:
    """The tests to trust while it is cut."""
    near = (module.close_tests or module.tests)[:2]
    return f"The tests that name it ({', '.join(near)})" if near else "The tests of those that use it"


def _is_hidden(left: Module, right: Module) -> bool:
    """They change together, though neither imports the other, no test knows both, and both do something."""
    linked = right.path in left.importers or left.path in right.importers
    tested = set(left.importing_tests) & set(right.importing_tests)
    apart = left.path.rpartition("/")[0] != right.path.rpartition("/")[0]  # neighbours often change together on purpose
    return apart and not linked and not tested and min(left.complexity, right.complexity) >= FEW_WAYS


def _contract(pair: Coupled, left: Module, right: Module) -> Draft:
    ways = (left.worst.complexity if left.worst else 0) + (right.worst.complexity if right.worst else 0)
    return Draft(
        verb=Verb.PIN_CONTRACT,
        phase=1,
        kind="coupled",
        unit=f"{left.path} + {right.path}",
        paths=(left.path, right.path),
        title=f"Write down what {left.path} and {right.path} have agreed on",
        facts=(
            Fact("changes that they share", pair.shared),
            Fact("of changes of the one that changes less", pair.either),
        ),
        how="Write one test that imports both and fails when one is changed without the other, then name the contract.",
        precondition="Somebody who made some of these changes says what had to stay the same.",
        checks=(f"together:{left.path},{right.path}",),
        hours=Span(1, 4),
        lines=60,
        risk="Neither imports the other, so nothing tells whoever changes one alone that the other had to follow.",
        rollback="Delete the test.",
        severity=pair.shared / 2,
        complexity=ways,
    )


def _is_sound(survey: Survey, module: Module) -> bool:
    if any(one.place.path == module.path for one in survey.findings):
        return False
    return bool(module.tests) and module.worst is not None and module.worst.complexity <= MANY_WAYS


def _keep(survey: Survey, module: Module) -> Draft:
    worst = module.worst
    assert worst is not None
    often = survey.told.past(module.path).changes
    why = f"{often} changes draw the eye to it" if often else "Much depends on it"
    return Draft(
        verb=Verb.KEEP,
        phase=4,
        kind="keep",
        unit=module.path,
        paths=(module.path,),
        title=f"Leave {module.path} as it is",
        facts=(Fact(gauges.WORST, worst.complexity), Fact(gauges.TESTS, _close(module))),
        places=(),
        precondition="None.",
        checks=(f"complexity:{module.path} <= {MANY_WAYS}", f"rule:* in {module.path} <= 0"),
        hours=Span(0, 0),
        lines=0,
        risk="Work spent where none is needed.",
        rollback="None is needed.",
        reason=f"{why}, but no function in it has more than {worst.complexity} ways through, {_close(module)} test "
        f"{'file names' if _close(module) == 1 else 'files name'} it, "
        "and nothing is found in it.",
    )


def _close(module: Module) -> int:
    return len(module.close_tests or module.tests)


def _at(module: Module) -> tuple[Place, ...]:
    worst = module.worst
    return (Place(module.path, worst.line, worst.end_line),) if worst else ()
