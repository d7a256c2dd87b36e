"""The digest of a body, on which accepted findings rest."""

from seatrial.testing import program_of

MENU = """
def menu(rows):
    class Seen:
        pass

    totals = defaultdict(lambda: 0)
    return sorted(rows, key=lambda row: totals[row])
"""


def digest(code: str) -> str:
    (body,) = (one for one in program_of({"shop.py": code}).functions if one.symbol == "menu")
    return body.digest


def test_code_around_a_body_does_not_change_its_digest() -> None:
    before = "import os\n\nclass First:\n    def one(self):\n        return lambda: 1\n\n"
    around = f"{before}{MENU}\n\ndef last():\n    pass\n"
    assert digest(around) == digest(MENU)


def test_layout_and_comments_do_not_change_it_and_substance_does() -> None:
    assert digest(MENU.replace("rows, key", "\n        rows,  # all\n        key")) == digest(MENU)
    assert digest(MENU.replace("sorted(rows", "sorted(rows[:9]")) != digest(MENU)


def moved(code: str, path: str) -> str:
    (body,) = (one for one in program_of({path: code}).functions if one.symbol == "due")
    return body.digest


def test_moves_of_a_body_and_of_what_it_uses_do_not_change_it() -> None:
    due = "def due(row):\n    return month(row)\n"
    first = moved(f"from shop.dates import month\n\n{due}", "shop/orders.py")
    assert moved(f"from shop.lib.dates import month\n\n{due}", "shop/orders.py") == first
    assert moved(f"from shop.dates import month\n\n{due}", "shop/late/invoices.py") == first
    assert moved(f"from calendar import month\n\n{due}", "shop/orders.py") != first
