"""`seatrial init` asks for sign-offs from here on, and breaks nothing that is there."""

import json
import sys
from pathlib import Path

import pytest

from keys import key, public
from office import SHOP
from seatrial.app.signoffs import standing
from seatrial.decisions.fingerprints import whole
from seatrial.decisions.signoffs import exemptions, roles, signers
from seatrial.model.standing import UnitState
from seatrial.surfaces.cli.main import run
from trees import commit, git, repository, write

ME = "me@example.org"


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    files = {
        "shop/__init__.py": "",
        "shop/orders.py": SHOP,
        "tests/test_orders.py": SHOP,
        "CODEOWNERS": "* @acme/core tom@example.org\n",
    }
    root = repository(tmp_path / "shop", files)
    git(root, "config", "user.email", ME)
    return root


def test_it_finds_key_and_code_owners_and_exempts_what_is_there(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = key(tmp_path / ".ssh", "id_ed25519")
    assert run(["init", str(shop)]) == 0
    told = capsys.readouterr().out
    assert f"First architect: {ME}, with 1 key" in told
    assert "@acme/core, tom@example.org" in told
    assert "Backlog: 3 units, 5 lines, 1 minute to read" in told
    people = roles.parse((shop / roles.NAME).read_text())
    assert {name: person.roles for name, person in people.items()} == {
        ME: ("architect",),
        "tom@example.org": ("maintainer",),
    }
    assert public(mine) in (shop / signers.NAME).read_text()
    exempt = exemptions.parse((shop / exemptions.NAME).read_text())
    assert {f"{one.path}#{one.name}" for one in exempt} == {
        "shop/orders.py#<imports>",
        "shop/orders.py#total",
        "shop/orders.py#load",
    }
    assert all(one.owner == ME and one.reason for one in exempt)


def test_after_it_the_gate_is_open_until_new_code_comes(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key(tmp_path / ".ssh", "id_ed25519")
    assert run(["gate", str(shop)]) == 0
    assert run(["init", str(shop)]) == 0
    commit(shop)
    assert run(["gate", str(shop)]) == 0
    git(shop, "checkout", "-q", "-b", "change")
    write(shop, {"shop/pay.py": "def pay(order):\n    return order.total\n"})
    commit(shop)
    capsys.readouterr()
    assert run(["gate", str(shop), "--base", "main", "--format", "json"]) == 1
    (reason,) = json.loads(capsys.readouterr().out)["verdict"]["reasons"]
    assert reason["what"] == "`pay`: not signed off: nobody signed it"
    assert "one architect reviews 2 lines (about 1 minute)" in reason["way_to_green"]
    assert run(["gate", str(shop)]) == 1


def test_digests_of_units_are_no_secrets(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key(tmp_path / ".ssh", "id_ed25519")
    write(shop, {"shop/people.py": "class Person:\n    def set_password(self, text):\n        self.text = text\n"})
    assert run(["init", str(shop)]) == 0
    assert "set_password" in (shop / ".seatrial/exemptions.toml").read_text()
    capsys.readouterr()
    run(["audit", str(shop), "--format", "json", "--confidence", "0"])
    found = [one["finding"]["rule"] for one in json.loads(capsys.readouterr().out)["verdict"]["judged"]]
    assert "hardcoded-credential" not in found


def test_it_overwrites_nothing_and_adds_what_is_missing(shop: Path, tmp_path: Path) -> None:
    assert run(["init", str(shop)]) == 0
    assert not (shop / roles.NAME).exists()
    assert run(["init", str(shop)]) == 2
    key(tmp_path / ".ssh", "id_ed25519")
    before = (shop / "seatrial.toml").read_text()
    assert run(["init", str(shop)]) == 0
    assert (shop / roles.NAME).exists()
    assert run(["init", str(shop)]) == 2
    assert (shop / "seatrial.toml").read_text() == before


def test_settings_alone_ask_for_nothing(shop: Path, tmp_path: Path) -> None:
    key(tmp_path / ".ssh", "id_ed25519")
    assert run(["init", str(shop), "--no-sign-offs"]) == 0
    assert not (shop / ".seatrial").exists()


def test_the_ledger_is_shown_and_verified(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sign-offs", str(shop)]) == 0
    assert "Nobody asks for sign-offs here" in capsys.readouterr().out
    key(tmp_path / ".ssh", "id_ed25519")
    run(["init", str(shop)])
    write(shop, {"shop/pay.py": "def pay(order):\n    return order.total\n"})
    capsys.readouterr()
    assert run(["sign-offs", str(shop), "--verify"]) == 0
    told = capsys.readouterr().out
    assert "never: shop/pay.py:1 pay: nobody signed it" in told
    assert "Cheapest way to green: review 1 unit, 2 lines, about 1 minute (architect)." in told
    write(shop, {".seatrial/signoffs/2026/11/0123456789abcdef.json": "{}"})
    assert run(["sign-offs", str(shop), "--verify"]) == 1
    assert "it is no envelope" in capsys.readouterr().out
    assert run(["sign-offs", str(shop), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["way"] == {
        "units": 1,
        "lines": 2,
        "minutes": 1,
        "roles": ["architect"],
    }


def test_without_what_checks_signatures_nothing_passes(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key(tmp_path / ".ssh", "id_ed25519")
    assert run(["init", str(shop)]) == 0
    monkeypatch.setitem(sys.modules, "cryptography", None)  # as if it were not installed
    for command in (["gate", str(shop)], ["gate", str(shop), "--base", "main"], ["sign-offs", str(shop)]):
        commit(shop)
        assert run(command) == 2
        assert "pip install 'seatrial[signoffs]'" in capsys.readouterr().err


def test_a_file_that_an_older_python_could_not_parse_stays_exempt(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key(tmp_path / ".ssh", "id_ed25519")
    later = b"def pay(order):\n    return order.\n"
    write(shop, {"shop/later.py": later})
    commit(shop)
    assert run(["init", str(shop)]) == 0
    assert "cannot parse shop/later.py, so each is one unit" in capsys.readouterr().out
    digest = whole("shop/later.py", later)
    now = b"def pay(order):\n    return order\n"
    exempt = shop / ".seatrial/exemptions.toml"
    newer = whole("shop/later.py", now)  # as if the Python of today could not have parsed this one
    exempt.write_text(exempt.read_text().replace(digest.digest[:16], newer.digest[:16]))
    write(shop, {"shop/later.py": now})
    commit(shop)
    assert {one.state for one in standing(shop).units} == {UnitState.EXEMPT}
    write(shop, {"shop/later.py": now.replace(b"order\n", b"None\n")})
    assert [one.name for one in standing(shop).units if one.state is not UnitState.EXEMPT] == ["pay"]
