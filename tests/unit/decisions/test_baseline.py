"""The file of old debt."""

import json
from pathlib import Path

import pytest

from build import accepted, finding
from seatrial.decisions import baseline
from seatrial.errors import DecisionError

FOUND = [finding(line=n) for n in (3, 1, 2)]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    written = baseline.create(tmp_path, FOUND, who="ada", reason="here before us")
    assert baseline.read(tmp_path) == written
    assert {d.who for d in written} == {"ada"}
    assert sorted(d.line for d in written) == [1, 2, 3]


def test_no_file_is_an_empty_baseline(tmp_path: Path) -> None:
    assert baseline.read(tmp_path) == ()


def test_each_entry_has_a_line_and_removing_one_changes_no_other() -> None:
    decisions = baseline.accept(FOUND)
    whole = baseline.encode(decisions).splitlines()
    for gone in decisions:
        fewer = baseline.encode(d for d in decisions if d != gone).splitlines()
        assert [line for line in whole if line not in fewer] == [
            line for line in whole if gone.fingerprint.encode() in line
        ]
        assert [line for line in whole if line in fewer] == fewer


def test_the_order_of_findings_does_not_change_the_file() -> None:
    assert baseline.encode(baseline.accept(FOUND)) == baseline.encode(baseline.accept(FOUND[::-1]))


def test_the_file_is_json_with_its_format_last() -> None:
    assert json.loads(baseline.encode([]))[-1] == {"seatrial-baseline": 1}


def test_a_second_baseline_is_refused(tmp_path: Path) -> None:
    baseline.create(tmp_path, [])
    with pytest.raises(DecisionError, match="only shrink"):
        baseline.create(tmp_path, FOUND)
    assert baseline.read(tmp_path) == ()


def test_it_may_shrink_but_not_grow(tmp_path: Path) -> None:
    first = baseline.create(tmp_path, FOUND[:2])
    with pytest.raises(DecisionError, match=r"query-in-loop at shop/orders\.py:2 is not in it"):
        baseline.replace(tmp_path, (*first, accepted(FOUND[2])))
    baseline.replace(tmp_path, first[:1])
    assert baseline.read(tmp_path) == first[:1]


def test_it_shrinks_to_what_is_still_there_in_the_same_code() -> None:
    old = baseline.accept(FOUND)
    changed = finding(line=1, digest="another")
    assert [d.line for d in baseline.shrink(old, [FOUND[0], changed])] == [3]


def test_shrinking_counts() -> None:
    old = baseline.accept([FOUND[0], FOUND[0]])
    assert len(baseline.shrink(old, [FOUND[0]])) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "damaged"),
        ("[]", "damaged"),
        ("{}", "damaged"),
        ("[1]", "damaged"),
        ('[{"rule": 3}, {"seatrial-baseline": 1}]', "damaged"),
        ('[{"more": 3}, {"seatrial-baseline": 1}]', "damaged"),
        ('[{"seatrial-baseline": "1"}]', "damaged"),
        ("\xff", "damaged"),
        ('[{"seatrial-baseline": 2}]', "Update seatrial"),
        ("[\n<<<<<<< ours\n", "line 2: an unfinished merge"),
    ],
)
def test_a_damaged_file_says_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / ".seatrial").mkdir()
    (tmp_path / baseline.NAME).write_bytes(text.encode("latin-1"))
    with pytest.raises(DecisionError, match=told):
        baseline.read(tmp_path)


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / baseline.NAME).mkdir(parents=True)
    with pytest.raises(DecisionError, match="cannot be read"):
        baseline.read(tmp_path)
