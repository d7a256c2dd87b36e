"""Text from strangers, made fit to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.model.text import printable


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain café 漢字", "plain café 漢字"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc", r"a\nb c"),
        ("\u202eback", r"\u202eback"),
        ("\udc80", r"\udc80"),
        ("\x9b2J", r"\x9b2J"),
    ],
)
def test_what_does_not_print_is_written_out(raw: str, shown: str) -> None:
    assert printable(raw) == shown


@given(st.text(st.characters()))
def test_the_result_always_prints_and_encodes(raw: str) -> None:
    assert printable(raw).isprintable()
    assert printable(raw).encode().decode() == printable(raw)
