"""Packs are small, riskiest first, and not the same for everybody."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.app.review.packs import AIM, MOST, Pack, Unit, packs
from seatrial.model.symbols import Symbol


def unit(name: str, size: int = 50, risk: float = 0.0, path: str = "shop/a.py", base: str = "") -> Unit:
    return Unit(
        symbol=Symbol(path, name, f"{name}{size:x}", 1, size), changed=tuple(range(1, size + 1)), risk=risk, base=base
    )


UNITS = st.lists(
    st.builds(
        unit,
        st.text("abcdef", min_size=1, max_size=6),
        st.integers(1, 600),
        st.floats(0, 9),
        st.sampled_from(["shop/a.py", "shop/b.py", "jobs/c.py"]),
    ),
    unique_by=lambda one: one.name,
)


@settings(max_examples=30)
@given(UNITS, st.sampled_from(["ada", "bob", "eve"]))
def test_every_changed_line_is_in_one_pack_of_at_most_400(units: list[Unit], who: str) -> None:
    made = packs(units, who)
    lines = sorted((one.name, line) for pack in made for one in pack.units for line in one.changed)
    assert lines == sorted((one.name, line) for one in units for line in one.changed)
    assert all(pack.size <= MOST for pack in made)
    assert len({pack.id for pack in made}) == len(made)


@settings(max_examples=30)
@given(st.integers(MOST + 1, 5000), st.integers(1, 3))
def test_the_parts_of_a_long_unit_are_one_review(size: int, step: int) -> None:
    long = Unit(symbol=Symbol("a.py", "f", "0", 1, size * step + 9), changed=tuple(range(3, size * step + 3, step)))
    made = sorted(packs([long], "ada"), key=lambda pack: pack.part.number if pack.part else 0)
    assert len({pack.whole for pack in made}) == 1
    assert [pack.slice for pack in made] == [f"part {n} of {len(made)}" for n in range(1, len(made) + 1)]
    assert max(pack.size for pack in made) - min(pack.size for pack in made) <= 1
    inside = [line for pack in made for line in range(pack.units[0].first, pack.units[0].last + 1)]
    assert inside == list(range(1, size * step + 10))


def test_lenses_are_packs_of_their_own_in_their_order() -> None:
    units = [msgspec.structs.replace(unit("a"), lenses=("architecture", "security")), unit("b")]
    made = packs(units, "ada")
    assert [(pack.lens, [one.symbol.name for one in pack.units]) for pack in made if pack.lens] == [
        ("architecture", ["a"]),
        ("security", ["a"]),
    ]
    assert len({pack.id for pack in made}) == 3


@settings(max_examples=30)
@given(UNITS)
def test_the_order_given_does_not_matter(units: list[Unit]) -> None:
    assert packs(units, "ada") == packs(list(reversed(units)), "ada")


def test_the_aim_is_kept_where_units_are_small() -> None:
    assert max(pack.size for pack in packs([unit(f"f{n}", 20) for n in range(100)], "ada")) <= AIM


def test_the_riskiest_come_first_whatever_they_are_called() -> None:
    units = [unit(f"f{n}", AIM, float(n), f"part{n}/a.py") for n in range(30)]
    for who in ("ada", "bob", "eve"):
        order = [pack.risk for pack in packs(units, who)]
        assert min(order[:10]) > max(order[10:20]) > min(order[10:20]) > max(order[20:])


def test_reviewers_begin_at_different_packs() -> None:
    units = [unit(f"f{n}", AIM, float(n), f"part{n}/a.py") for n in range(30)]
    assert len({packs(units, f"person{n}")[0].id for n in range(20)}) > 3


def test_a_review_of_a_change_is_not_mixed_with_a_full_one() -> None:
    made = packs([unit("a", base="1"), unit("b"), unit("c", base="2")], "ada")
    assert all(len({one.base for one in pack.units}) == 1 for pack in made)


def test_a_pack_is_known_by_its_code() -> None:
    assert Pack((unit("a", 5),)).id != Pack((unit("a", 6),)).id
    assert Pack((unit("a"), unit("b"))).id == Pack((unit("b"), unit("a"))).id


def test_loose_statements_own_no_line_of_what_lies_between_them() -> None:
    loose = Unit(symbol=Symbol("a.py", "<module>", "0", 1, 90), changed=(1, 2, 3, 90))
    assert [line for line in (1, 3, 40, 90) if loose.covers(line)] == [1, 3, 90]
    assert loose.stretches == ((1, 3), (90, 90))
    whole = Unit(symbol=Symbol("a.py", "f", "0", 10, 20), changed=(12,))
    assert [line for line in (9, 10, 12, 20, 21) if whole.covers(line)] == [10, 12, 20]
    assert whole.stretches == ((12, 12),)
