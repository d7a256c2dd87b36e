"""What must be told though it shuts nothing reaches every reader."""

import pytest
from msgspec.structs import replace

from build import rendered, report, verdict
from seatrial.reports import github, html, markdown, sarif, text
from seatrial.reports import json as as_json
from seatrial.reports.contract import Format

NOTICE = "the record x is in doubt"


@pytest.mark.parametrize(
    "form", [one.FORMAT for one in (as_json, github, html, markdown, sarif, text)], ids=lambda f: f.name
)
@pytest.mark.parametrize("gate", [True, False])
def test_a_notice_is_told(form: Format, *, gate: bool) -> None:
    told = replace(verdict(), notices=(NOTICE,))
    assert NOTICE in rendered(form, report(told, gate=gate))
    assert NOTICE not in rendered(form, report(verdict(), gate=gate))
    assert told.open
