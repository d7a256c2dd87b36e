"""`seatrial rescue` as a user meets it: plan, keep, mend, measure."""

import json
from pathlib import Path

import pytest

from seatrial.surfaces.cli.main import CANNOT_RUN, run
from trees import write

LOOP = (
    "import requests\n\n\ndef prices(ids):\n    return [requests.get(f'https://x.org/{i}', timeout=3) for i in ids]\n"
)
MENDED = "import requests\n\n\ndef prices(ids):\n    return requests.post('https://x.org', json=ids, timeout=3)\n"
FILES = {"shop/__init__.py": "", "shop/client.py": LOOP, "requirements.txt": "requests==2.32.3\n"}


@pytest.fixture
def shop(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    return write(tmp_path / "shop", FILES)


def test_a_card_is_open_until_its_fault_is_mended(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rescue", str(shop), "--save"]) == 0
    (card,) = json.loads((shop / ".seatrial/rescue.json").read_text())["cards"]
    assert run(["rescue", str(shop), "--check", card["id"]]) == 1
    assert run(["rescue", str(shop), "--check", card["done_when"][0]]) == 1
    capsys.readouterr()
    assert run(["rescue", str(shop), "--measure"]) == 0
    assert "0 of 1 card done" in capsys.readouterr().out
    write(shop, {"shop/client.py": MENDED})
    assert run(["rescue", str(shop), "--check", card["id"]]) == 0
    capsys.readouterr()
    assert run(["rescue", str(shop), "--measure"]) == 0
    shown = capsys.readouterr().out
    assert "1 of 1 card done" in shown
    assert "1 → 0      request-in-loop  <" in shown


def test_measuring_speaks_json_too(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["rescue", str(shop), "--save"])
    write(shop, {"shop/client.py": MENDED})
    capsys.readouterr()
    assert run(["rescue", str(shop), "--measure", "--format", "json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert one["done"] is True
    assert {"name": "request-in-loop", "before": 1.0, "now": 0.0} in one["shifts"]


@pytest.mark.parametrize(
    ("file", "begins"),
    [("plan.html", "<!doctype html>"), ("plan.md", "# Rescue of shop"), ("plan.json", "{"), ("plan", "shop: 1 card")],
)
def test_the_suffix_of_the_file_chooses_the_format(shop: Path, tmp_path: Path, file: str, begins: str) -> None:
    assert run(["rescue", str(shop), "-o", str(tmp_path / "new" / file)]) == 0
    assert (tmp_path / "new" / file).read_text().startswith(begins)


def test_planning_writes_nothing_into_the_tree(shop: Path) -> None:
    before = sorted(shop.rglob("*"))
    run(["rescue", str(shop)])
    assert sorted(shop.rglob("*")) == before


@pytest.mark.parametrize("kept", [True, False])
def test_one_card_is_a_brief(shop: Path, capsys: pytest.CaptureFixture[str], *, kept: bool) -> None:
    run(["rescue", str(shop), "-f", "json", *(["--save"] if kept else [])])
    (card,) = json.loads(capsys.readouterr().out)["cards"]
    assert run(["rescue", str(shop), "--card", card["id"], "-f", "markdown"]) == 0
    brief = capsys.readouterr().out
    assert f"`{card['id']}`" in brief
    assert "seatrial rescue --check 'rule:request-in-loop in shop/client.py <= 0'" in brief


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--measure"], "--save"),
        (["--check", "replace-000000"], "--save"),
        (["--check", "nonsense:x"], "docs/rescue.md"),
        (["--card", "replace-000000"], "is no card of the plan. It has replace-"),
        (["--save", "--measure"], "give one of them"),
        (["--measure", "--format", "html"], "text and json"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(
    shop: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert run(["rescue", str(shop), *arguments]) == CANNOT_RUN
    assert says in capsys.readouterr().err


def test_a_damaged_plan_is_told(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(shop, {".seatrial/rescue.json": "{"})
    assert run(["rescue", str(shop), "--measure"]) == CANNOT_RUN
    assert "Restore it" in capsys.readouterr().err
