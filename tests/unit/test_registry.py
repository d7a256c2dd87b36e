import subprocess
import sys
from pathlib import Path

import pytest

from seatrial import registry
from seatrial.model.finding import Quality


def test_every_rule_file_is_found_under_its_name_and_quality() -> None:
    folder = Path(registry.__file__).parent / "rules"
    files = {
        path.stem.replace("_", "-"): Quality(path.parent.name)
        for path in folder.glob("*/*.py")
        if not path.name.startswith("_")
    }
    assert dict(registry.rule_ids()) == files
    rules = registry.rules()
    assert {rule_id: rule.quality for rule_id, rule in rules.items()} == files
    assert [rule_id for rule_id, rule in rules.items() if rule.id != rule_id or not rule.page] == []


def test_a_file_belongs_to_the_language_of_its_suffix() -> None:
    frontend = registry.frontend_for("shop/orders.py")
    assert frontend is not None
    assert frontend.language == "python"
    assert registry.frontend_for("shop/orders.cobol") is None
    assert registry.suffixes()[".py"] == "python"


def test_every_format_is_found_under_its_own_name() -> None:
    assert {"text", "json", "sarif", "github", "markdown", "html"} <= set(registry.format_names())
    assert [name for name in registry.format_names() if registry.report_format(name).name != name] == []


def test_an_unknown_rule_or_format_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        registry.rule("no-such-rule")
    with pytest.raises(KeyError):
        registry.report_format("no-such-format")


def test_names_are_found_without_importing_program_or_rules() -> None:
    code = (
        "import sys; from seatrial import registry\n"
        "registry.rule_ids(); registry.format_names(); registry.languages(); registry.build()\n"
        "unwanted = ('seatrial.program', 'seatrial.rules.', 'jinja2')\n"
        "print(*sorted(name for name in sys.modules if name.startswith(unwanted)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []


def test_what_a_folder_on_the_import_path_declares_is_not_loaded(tmp_path: Path) -> None:
    metadata = tmp_path / "evil-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[seatrial.rules]\nsecurity.evil = evil\n[seatrial.reports]\nevil = evil:X\n"
    )
    (tmp_path / "evil.py").write_text("raise SystemExit('run')")
    code = "from seatrial import registry; registry.rules(); print(*registry.format_names(), *registry.rule_ids())"
    environment = {"PYTHONPATH": str(tmp_path), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment)
    assert "evil" not in done.stdout.split()
