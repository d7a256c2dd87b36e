"""Curves are drawn where they belong, told in words beside, and safe whatever they are called."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import msgspec
import pytest

from sample import sample
from seatrial.model.curve import Curve, Series
from seatrial.model.verdict import Report
from seatrial.reports import html, text
from seatrial.reports import json as json_format
from seatrial.reports._curves import number, short, sparkline
from seatrial.reports.html import _curves as drawn

GROWTH = Curve(
    trial="growth",
    title="GET /orders/{id}",
    x="rows",
    xs=(10, 100, 1_000, 10_000),
    series=(Series("blocks read", "", (3, 30, 300, 3_000)), Series("rows in the answer", "", (1, 1, 1, 1))),
    label="grows as n",
    says=("With more rows of others it grows as n",),
)
LOAD = Curve(
    trial="load",
    title="all that reads",
    x="users",
    xs=(10, 50, 200),
    series=(Series("answers a second", "1/s", (100, 180, 90)), Series("p99", "ms", (12.5, 40, 900))),
    label="bends at 200 users",
    mark=200,
)

BLOCKS = "blocks read: 3 at 10, 30 at 100, 300 at 1,000, 3,000 at 10,000"


def report(*curves: Curve) -> Report:
    return msgspec.structs.replace(sample(), curves=curves)


def test_a_curve_is_one_path_with_a_dot_for_each_value_and_its_words() -> None:
    page = html.render(report(GROWTH, LOAD), 0, color=False)
    (first, *_, last) = re.findall(r'<svg class="panel".*?</svg>', page, re.DOTALL)
    tree = ET.fromstring(first)
    assert len(tree.findall(".//circle")) == 8
    assert (tree.findtext("title"), tree.findtext("desc")) == (
        "GET /orders/{id}: blocks read, rows in the answer by rows",
        f"{BLOCKS}; rows in the answer: 1 at 10, 1 at 100, 1 at 1,000, 1 at 10,000",
    )
    assert tree.get("aria-labelledby") == f"{tree.find('title').get('id')} {tree.find('desc').get('id')}"  # type: ignore[union-attr] # found above
    assert 'class="knee"' in last
    assert 'class="knee"' not in first


def test_what_grows_tenfold_each_step_is_a_straight_line() -> None:
    ((panel,),) = (figure.panels for figure in drawn.draw([GROWTH]))
    dots = panel.lines[0].dots
    rises = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairwise(dots)]
    assert rises == pytest.approx([rises[0]] * 3, rel=0.01)
    assert [mark.text for mark in panel.across] == ["10", "100", "1k", "10k"]


def test_series_of_different_units_have_panels_of_their_own() -> None:
    (figure,) = drawn.draw([LOAD])
    assert [panel.unit for panel in figure.panels] == ["1/s", "ms"]
    assert {panel.knee for panel in figure.panels} == {float(drawn.WIDTH - drawn.RIGHT)}


@pytest.mark.parametrize("values", [(0.0, 0.0), (5.0, 5.0), (0.0, 1e9), (1e-3, 1e6)])
def test_any_values_are_drawn_within_the_frame(values: tuple[float, float]) -> None:
    curve = msgspec.structs.replace(GROWTH, xs=(1, 2), series=(Series("a", "", values),))
    ((panel,),) = (figure.panels for figure in drawn.draw([curve]))
    for x, y, _ in panel.lines[0].dots:
        assert drawn.LEFT <= x <= drawn.WIDTH - drawn.RIGHT
        assert drawn.TOP <= y <= drawn.HEIGHT - drawn.BOTTOM


def test_a_name_cannot_break_out_of_the_page() -> None:
    page = html.render(report(msgspec.structs.replace(GROWTH, title="</title><script>\x1b")), 0, color=False)
    assert "</title><script>\x1b" not in page
    assert "&lt;/title&gt;&lt;script&gt;" in page


def test_the_terminal_shows_a_row_of_blocks_and_what_follows() -> None:
    shown = text.render(report(GROWTH), 100, color=False)
    assert "  GET /orders/{id}  ▁▃▆█       grows as n\n    3 to 3,000 blocks read at 10 to 10,000 rows\n" in shown
    assert "With more rows of others it grows as n" in shown


def test_every_number_is_in_json() -> None:
    told = msgspec.json.decode(json_format.render(report(LOAD), 0, color=False))["curves"][0]
    assert (told["xs"], told["mark"]) == ([10, 50, 200], 200)
    assert told["series"][1] == {"name": "p99", "unit": "ms", "values": [12.5, 40, 900]}


def test_numbers_are_short_where_room_is_short() -> None:
    assert [short(v) for v in (0.5, 12, 1_500, 2e6, 3e9)] == ["0.5", "12", "1.5k", "2M", "3G"]
    assert [number(v) for v in (3.0, 7144.0, 0.256)] == ["3", "7,144", "0.256"]
    assert sparkline(Series("a", "", (0, 0, 0))) == "▁▁▁"


def test_curves_alone_make_a_page_that_runs_nothing() -> None:
    page = html.measured("shop", "1.2", [LOAD])
    assert page.count('<svg class="panel"') == 2
    assert "<script" not in page
    assert "script-src" not in page
