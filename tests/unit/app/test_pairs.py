"""Which functions a trial may run beside each other."""

from seatrial import registry
from seatrial.app.pairs import pairs
from seatrial.testing import program_of

PURE = """
def total(lines, rate):
    result = 0
    for line in lines:
        result += line.price * line.amount
    return result * (1 + rate)

def total_fast(lines, rate):
    return sum(line.price * line.amount for line in lines) * (1 + rate)
"""
WITH_EFFECTS = """
def load(path):
    with open(path) as file:
        rows = [line.strip().split(",") for line in file]
    return {row[0]: row[1] for row in rows}

def load_fast(path):
    found = {}
    for row in parsed(path):
        found[row[0].strip()] = row[1]
    return found

def parsed(path):
    with open(path) as file:
        return [line.strip().split(",") for line in file]
"""
METHODS = """
class Basket:
    def total(self, rate):
        result = 0
        for line in self.lines:
            result += line.price * line.amount
        return result * (1 + rate)

    def total_fast(self, rate):
        return sum(line.price * line.amount for line in self.lines) * (1 + rate)
"""


def named(source: str) -> list[tuple[str, str]]:
    program = program_of({"shop.py": source})
    findings = list(registry.rules()["second-version"].findings(program))
    assert findings
    return [(pair.left.name, pair.right.name) for pair in pairs(program, findings)]


def test_functions_that_only_answer_are_a_pair() -> None:
    assert named(PURE) == [("total", "total_fast")]


def test_functions_that_reach_outside_are_none_even_through_another() -> None:
    assert named(WITH_EFFECTS) == []


def test_methods_are_none_since_nobody_knows_whose() -> None:
    assert named(METHODS) == []
