"""The command that shows a piece of evidence again."""

from pathlib import Path

import pytest

from seatrial.app.starting import Start, again


@pytest.mark.parametrize(
    ("root", "start", "told"),
    [
        (".", Start(), "seatrial repeat 0a1b"),
        ("a shop", Start(), "seatrial repeat 0a1b 'a shop'"),
        (".", Start(url="http://127.0.0.1:80"), "seatrial trial --only edge --url http://127.0.0.1:80"),
    ],
)
def test_the_folder_is_named_unless_one_is_there(root: str, start: Start, told: str) -> None:
    assert again(Path(root), start).format(fingerprint="0a1b", trial="edge") == told
