"""What a change brings to judge itself by counts for nothing: settings, baseline, declarations of people. Real git."""

import json
from pathlib import Path
from typing import Any

import pytest

from office import SHOP, Office
from seatrial.app.review.material import Wanted, gather
from seatrial.model.standing import SHUT
from seatrial.surfaces.cli.main import run
from trees import commit, git, repository, write


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))
    root = repository(tmp_path / "shop", {"shop/__init__.py": "", "pyproject.toml": "[project]\nname = 'shop'\n"})
    git(root, "checkout", "-q", "-b", "change")
    return root


def gate(root: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = run(["gate", str(root), "--base", "main", "--format", "json", *more])
    return code, json.loads(capsys.readouterr().out)["verdict"]


FAULT = {
    "shop/jobs.py": "import flask\n\napp = flask.Flask(__name__)\n\n\n@app.get('/run')\ndef run():\n"
    "    return str(eval(flask.request.args['what']))\n"
}


@pytest.mark.parametrize(
    "loosened",
    [
        {"seatrial.toml": 'exclude = ["shop/"]\n'},
        {"seatrial.toml": "[policy]\nconfidence = 1.0\n"},
        {"seatrial.toml": '[per-path."shop/"]\n'},
        {"pyproject.toml": '[project]\nname = "shop"\n[tool.seatrial]\nexclude = ["*.py"]\n'},
    ],
)
def test_settings_loosened_in_the_same_change_do_not_count(
    shop: Path, capsys: pytest.CaptureFixture[str], loosened: dict[str, str]
) -> None:
    commit(write(shop, FAULT))
    code, before = gate(shop, capsys)
    assert code == 1
    rule = before["reasons"][0]["rule"]
    told = {name: text + f'"{rule}" = "off"\n' * text.startswith("[per-path") for name, text in loosened.items()}
    commit(write(shop, told))
    code, after = gate(shop, capsys)
    assert (code, [one["what"] for one in after["reasons"]]) == (1, [one["what"] for one in before["reasons"]])
    assert any("those of this change count once they are there" in notice for notice in after["notices"])


def test_a_change_cannot_put_its_own_findings_into_the_baseline(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(write(shop, FAULT))
    assert run(["baseline", str(shop)]) == 0
    commit(shop)
    code, verdict = gate(shop, capsys)
    assert (code, bool(verdict["reasons"])) == (1, True)
    assert run(["gate", str(shop)]) == 0


def test_what_the_base_accepted_stays_accepted(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(shop, "checkout", "-q", "main")
    commit(write(shop, FAULT))
    assert run(["baseline", str(shop)]) == 0
    commit(shop)
    git(shop, "checkout", "-q", "-B", "later")
    commit(write(shop, {"shop/moved.py": FAULT["shop/jobs.py"], "shop/jobs.py": ""}))
    assert gate(shop, capsys)[0] == 0


def test_a_change_cannot_declare_that_people_wrote_what_was_declared_an_ai_s(tmp_path: Path) -> None:
    office = Office(tmp_path).open('[sign-offs.paths."*.py"]\nunknown = "human"\n')
    office.write({".seatrial/provenance.toml": 'ai = ["shop/**"]\n'}).branch()
    shut = {one.name for one in office.standing().units if one.state in SHUT}
    assert shut == {"<imports>", "load", "total"}
    for text in ("", '[[human]]\npaths = ["shop/**"]\nsigner = "ada@example.org"\n'):
        office.write({".seatrial/provenance.toml": text, "shop/orders.py": SHOP + f"# {len(text)}\n"})
        assert {one.name for one in office.standing().units if one.state in SHUT} == shut


def test_a_change_cannot_keep_planted_defects_or_its_code_out_of_its_own_review(tmp_path: Path) -> None:
    office = Office(tmp_path).open("[review]\ncanaries = true\n").branch()
    office.write({"shop/pay.py": "X = 1\n", "seatrial.toml": 'exclude = ["shop/"]\n[review]\ncanaries = false\n'})
    found = gather(Wanted(root=office.root, changed_since="main"))
    assert found.canaries
    assert "shop/pay.py#<module>" in {unit.name for unit in found.units}
