from hypothesis import given
from hypothesis import strategies as st

from build import finding, gap
from seatrial.app.compare import brought_in, gaps_brought_in
from seatrial.model.finding import Finding


def test_the_same_findings_bring_nothing() -> None:
    some = [finding(), finding(line=50, key="other")]
    assert brought_in(some, some) == []


def test_a_renamed_or_edited_file_does_not_make_its_findings_new() -> None:
    before = [finding(path="old.py", digest="a", fingerprint="f"), finding(path="b.py", digest="b", symbol="B.x")]
    now = [
        finding(path="new.py", digest="a", fingerprint="f", line=3),
        finding(path="b.py", digest="edited", symbol="B.x", line=90),
    ]
    assert brought_in(now, before) == []


def test_a_copy_is_new_and_the_untouched_original_is_not() -> None:
    original = finding(path="b.py", digest="d", fingerprint="1")
    renumbered = finding(path="b.py", digest="d", fingerprint="2")
    copy = finding(path="a.py", digest="d", fingerprint="1")
    assert brought_in([copy, renumbered], [original]) == [copy]


def test_one_more_of_the_same_is_new() -> None:
    assert len(brought_in([finding(), finding()], [finding()])) == 1


def test_gaps_are_told_apart_by_file_and_reason_not_by_line() -> None:
    assert gaps_brought_in([gap(line=9), gap("b.py")], [gap(line=1)]) == [gap("b.py")]


findings = st.builds(
    lambda path, symbol, digest, number: finding(
        path=path, symbol=symbol, digest=digest, fingerprint=f"{symbol}{number}"
    ),
    st.sampled_from(["a.py", "b.py"]),
    st.sampled_from(["f", "g"]),
    st.sampled_from(["d1", "d2"]),
    st.integers(1, 2),
)


@given(st.lists(findings), st.lists(findings))
def test_each_earlier_finding_accounts_for_one_at_most(now: list[Finding], before: list[Finding]) -> None:
    new = brought_in(now, before)
    assert len(now) - len(before) <= len(new) <= len(now)
    assert all(one in now for one in new)


@given(st.lists(findings), st.lists(findings), st.randoms())
def test_what_was_there_stays_old_whatever_comes_beside_it(
    before: list[Finding], more: list[Finding], random: object
) -> None:
    now = before + more
    random.shuffle(now)  # type: ignore[attr-defined]  # Hypothesis gives a `random.Random`
    assert len(brought_in(now, before)) == len(more)
