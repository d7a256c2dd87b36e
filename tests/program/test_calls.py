"""Calls: what they reach where a name is given itself."""

from seatrial.testing import program_of

WAYS = "def progress(game):\n    return game\n"
PAGES = """
from games.ways import progress

progress = progress
limit = limit
first = second
second = first

def page(game):
    return [progress(game), limit(game), first(game), map(limit, [game])]
"""


def test_a_name_that_is_given_itself_leads_nowhere_and_comes_to_an_end() -> None:
    program = program_of({"games/ways.py": WAYS, "games/pages.py": PAGES})
    page = next(function for function in program.functions if function.name == "page")
    targets = [program.target(page, call) for call in page.calls]
    assert {target.external for target in targets} == {"", "builtins.map"}
    assert [function.name for target in targets for function in target.functions] == ["progress"]
