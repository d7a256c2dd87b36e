"""The tool that makes the list of names reads every form in which an index gives its list."""

import subprocess
import sys
from pathlib import Path

import pytest

from repository import ROOT
from seatrial.libraries.name_filter import read

HTML = """<!DOCTYPE html><html><body>
<a href="/simple/flask/">Flask</a>
<a href="/simple/zope-interface/">zope.interface</a>
</body></html>"""
JSON = '{"meta": {"api-version": "1.0"}, "projects": [{"name": "Flask"}, {"name": "zope.interface"}]}'
TEXT = "# a remark\nFlask\nzope.interface\n"


@pytest.mark.parametrize("listing", [HTML, JSON, TEXT], ids=["html", "json", "text"])
def test_a_listing_becomes_a_list(listing: str, tmp_path: Path) -> None:
    (tmp_path / "listing").write_text(listing)
    command = [sys.executable, "tools/known_names.py", str(tmp_path / "listing"), "-o", str(tmp_path / "names.bin")]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    made = read((tmp_path / "names.bin").read_bytes())
    assert made.count == 2
    assert "flask" in made.names
    assert "zope-interface" in made.names
    assert done.stdout.startswith(f"2 names of {made.date}")
