import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.libraries import Arguments
from seatrial.model.facts import NONE, Call


def call(*args: int, receiver: int = NONE, **keywords: int) -> Call:
    return Call(1, "f", receiver, args, tuple(keywords.items()), 1)


@pytest.mark.parametrize(
    ("text", "made", "chosen"),
    [
        ("0", call(10, 11), [10]),
        ("0 url", call(10, 11), [10]),
        ("0 url", call(url=12), [12]),
        ("1+", call(10, 11, 12, x=13), [11, 12]),
        ("*", call(10, x=13), [10, 13]),
        ("**", call(10, x=13), [13]),
        ("self", call(10, receiver=7), [7]),
        ("self 0", call(10, receiver=7), [7, 10]),
        ("self", call(10), []),
        ("", call(10, x=13, receiver=7), []),
    ],
)
def test_words_choose_inputs_in_the_order_of_the_call(text: str, made: Call, chosen: list[int]) -> None:
    assert Arguments(text).select(made) == chosen


def test_a_spread_mapping_may_hold_any_keyword() -> None:
    assert Arguments("url").select(Call(1, "f", NONE, (), (("**", 5),), 1)) == [5]


def test_inputs_carry_the_label_they_were_given_by() -> None:
    assert [label for _, label in Arguments("self 1 url").given(call(1, 2, receiver=3, url=4))] == ["self", "1", "url"]


def test_only_a_choice_of_something_is_true() -> None:
    assert not Arguments("")
    assert Arguments("self")


@pytest.mark.parametrize("wrong", ["-1", "1-", "a.b", "01", "+", "0 !"])
def test_a_word_that_chooses_nothing_is_named(wrong: str) -> None:
    with pytest.raises(ValueError, match="is not a position"):
        Arguments(wrong)


@given(st.lists(st.sampled_from(["0", "3", "2+", "self", "*", "**", "url", "data"])))
def test_equal_texts_make_equal_choices(words: list[str]) -> None:
    text = " ".join(words)
    assert Arguments(text) == Arguments(text)
    assert hash(Arguments(text)) == hash(Arguments(text))
