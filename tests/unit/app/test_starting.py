"""The command that shows a piece of evidence again."""

from pathlib import Path

import pytest

from seatrial.app.settings import AppSettings
from seatrial.app.starting import Start, again, callers, launch
from seatrial.errors import ConfigError
from seatrial.model.caller import Caller


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


def test_what_proves_who_asks_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALICE", "Bearer a")
    told = {"alice": Caller(headers={"Authorization": "$ALICE"}), "bob": Caller(login={"email": "b@example.org"})}
    found = callers(AppSettings(auth=told))
    assert (found["alice"].headers, found["bob"].login) == ({"Authorization": "Bearer a"}, {"email": "b@example.org"})


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"alice": Caller(login={"email": "a"})}, "both `alice` and `bob`"),
        ({"alice": Caller(), "bob": Caller(login={"password": "$NOT_SET_BY_ANYONE"})}, "NOT_SET_BY_ANYONE"),
    ],
)
def test_who_is_missing_or_cannot_be_read_is_an_error(told: dict[str, Caller], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        callers(AppSettings(auth=told))


def test_the_variable_for_the_database_leads_to_the_server_of_the_trial_unless_it_is_set(tmp_path: Path) -> None:
    named = AppSettings(database_url_env="SHOP_DB")
    assert launch(tmp_path, named, Start()).env == {"SHOP_DB": "postgresql://localhost/seatrial"}
    kept = AppSettings(database_url_env="SHOP_DB", env={"SHOP_DB": "postgresql://db.example.org/shop"})
    assert launch(tmp_path, kept, Start()).env == kept.env
