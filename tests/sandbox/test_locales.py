"""A locale that is not on this machine keeps no program from being loaded."""

import locale
from collections.abc import Iterator

import pytest

from seatrial.sandbox.inside import locales


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(locale, "setlocale", locale.setlocale)
    monkeypatch.setattr(locales, "notes", [])
    before = locale.setlocale(locale.LC_TIME)
    yield
    locale.setlocale(locale.LC_TIME, before)


def test_a_plain_locale_stands_in_for_one_that_is_missing() -> None:
    locales.install()
    assert locale.setlocale(locale.LC_TIME, "xx_YY.utf8") == "C.UTF-8"
    assert locales.notes == ["its locale xx_YY.utf8 is not on this machine: C.UTF-8 stands in for it"]
    assert locale.setlocale(locale.LC_TIME, "C") == "C"


@pytest.mark.parametrize("name", ["nonsense", ""])
def test_what_names_no_locale_fails_as_before(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "nonsense")
    locales.install()
    with pytest.raises(locale.Error):
        locale.setlocale(locale.LC_TIME, name)
