"""Numbers of a card that can be read again: what `--measure` shows before and after."""

from collections.abc import Sequence

from seatrial.app.rescue.survey import Module, Survey
from seatrial.model.rescue import Card

IMPORTERS = "modules that import it"
TESTS = "test files that name it"
WAYS = "ways through its functions"
WORST = "ways through its worst function"
ALL = "findings"


def gauge(name: str, survey: Survey, paths: Sequence[str]) -> float | None:
    """The number of that name now, for these files; rules count their findings. None if it is of another kind."""
    modules = [survey.modules[path] for path in paths if path in survey.modules]
    if name == IMPORTERS:
        return len({path for module in modules for path in module.importers} - set(paths))
    if name == TESTS:
        return sum(len(module.close_tests or module.tests) for module in modules)
    if name == WAYS:
        return sum(module.complexity for module in modules)
    if name == WORST:
        return max(map(_worst, modules), default=0)
    if name == ALL:
        return len(survey.findings)
    found = (*survey.findings, *survey.test_findings)
    return sum(one.rule == name and one.place.path in paths for one in found) if _is_rule(name) else None


def of_card(name: str, survey: Survey, card: Card) -> float | None:
    """The same for a card: the worst function is the one that it names."""
    symbol = card.unit.partition(":")[2] if len(card.paths) == 1 else ""
    if name == WORST and symbol:
        module = survey.modules.get(card.paths[0])
        return max((one.complexity for one in module.functions if one.symbol == symbol), default=0) if module else 0
    return gauge(name, survey, card.paths)


def _worst(module: Module) -> int:
    return module.worst.complexity if module.worst else 0


def _is_rule(name: str) -> bool:
    return " " not in name and name != "lines"
