"""The page."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from build import finding, rendered, report, verdict
from hostile import Tags
from sample import injection, sample
from seatrial.model.verdict import Edge
from seatrial.reports.html import FORMAT, _map, _prose


@pytest.fixture(scope="module")
def page() -> str:
    return rendered(FORMAT, sample())


def test_it_loads_nothing(page: str) -> None:
    tags = {tag for tag, _ in Tags(page).found}
    assert not tags & {"link", "img", "iframe", "object", "embed", "base", "audio", "video"}
    assert "src" not in {name for name, _ in Tags(page).attributes()}
    assert not re.search(r"url\((?!#)|@import", page)


def test_only_its_own_style_and_script_may_run(page: str) -> None:
    policy = dict(Tags(page).found)["meta"] and next(a["content"] for t, a in Tags(page).found if "http-equiv" in a)
    assert policy is not None
    for tag in ("style", "script"):
        (body,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert f"{tag}-src 'sha256-{b64encode(sha256(body.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "style" not in {name for name, _ in Tags(page).attributes()}


def test_every_finding_has_an_address_and_links_lead_somewhere(page: str) -> None:
    tags = Tags(page)
    addresses = [value for name, value in tags.attributes() if name == "id"]
    assert len(addresses) == len(set(addresses))
    assert {j.finding.fingerprint for j in sample().verdict.judged} <= set(addresses)
    assert {v[1:] for n, v in tags.attributes() if n == "href" and v.startswith("#")} <= set(addresses)


def test_a_finding_can_be_filtered_by_every_file_on_its_path(page: str) -> None:
    (one,) = [a for t, a in Tags(page).found if t == "details" and a.get("data-confidence") == "0.95"]
    assert one["data-quality"] == "security"
    assert "shop/api/search.py" in str(one["data-files"])


def test_the_filter_is_hidden_until_the_script_runs(page: str) -> None:
    assert '<form id="filters" hidden' in page


def test_it_tells_all_that_there_is_to_know(page: str) -> None:
    for part in (
        "The gate is shut: 11 reasons",
        "The way to green",
        "term = request.query_params",
        "an order has three tags at most",
        "the syntax is broken here",
        "vendored",
        "did you mean",
        "20 of 200 sales lost",
        "was accepted, but its code changed",
        "shop.services imports shop.models: 12 imports",
    ):
        assert part in page


def test_a_report_without_findings_is_calm() -> None:
    calm = rendered(FORMAT, report(verdict()))
    assert "Nothing was found" in calm
    assert "<form" not in calm
    assert "<svg" not in calm


def test_rule_pages_keep_their_programs() -> None:
    shown = _prose.page("One `x < y`.\n\n## Bad\n\n```shop.py\nif a < b:\n    pass\n```\nEnd.")
    assert shown == (
        "<p>One <code>x &lt; y</code>.</p><h4>Bad</h4><figure><figcaption>shop.py</figcaption>"
        "<pre><code>if a &lt; b:\n    pass</code></pre></figure><p>End.</p>"
    )


def test_an_odd_backtick_is_only_a_backtick() -> None:
    assert _prose.inline("a `b` c ` <d>") == "a `b` c ` &lt;d&gt;"


def test_importers_stand_above_what_they_import() -> None:
    drawn = _map.draw(
        [Edge("a", "b", 1, in_cycle=False), Edge("b", "c", 1, in_cycle=False), Edge("a", "c", 1, in_cycle=False)]
    )
    assert drawn is not None
    height = {box.name: box.y for box in drawn.boxes}
    assert height["a"] < height["b"] < height["c"]


def test_a_circle_is_marked_and_its_lightest_import_goes_back_up() -> None:
    drawn = _map.draw(
        [Edge("a", "b", 3, in_cycle=True), Edge("b", "a", 1, in_cycle=True), Edge("b", "c", 1, in_cycle=False)]
    )
    assert drawn is not None
    boxes = {box.name: box for box in drawn.boxes}
    assert boxes["a"].y < boxes["b"].y < boxes["c"].y
    assert [(line.edge.source, line.edge.target) for line in drawn.lines if line.upwards] == [("b", "a")]
    assert [name for name, box in boxes.items() if box.in_cycle] == ["a", "b"]


def test_circles_that_nobody_marked_do_no_harm() -> None:
    drawn = _map.draw(
        [Edge("a", "b", 1, in_cycle=False), Edge("b", "a", 1, in_cycle=False), Edge("a", "a", 1, in_cycle=True)]
    )
    assert drawn is not None
    assert len(drawn.boxes) == 2


def test_no_two_boxes_overlap_and_all_lie_on_the_map() -> None:
    edges = [Edge(f"p{n % 7}", f"q{n}", n, in_cycle=False) for n in range(50)]
    drawn = _map.draw(edges)
    assert drawn is not None
    assert len({(box.x, box.y) for box in drawn.boxes}) == len(drawn.boxes)
    assert all(
        0 <= b.x <= drawn.width - drawn.box_width and 0 <= b.y <= drawn.height - drawn.box_height for b in drawn.boxes
    )


def test_of_too_many_packages_the_busiest_are_drawn_and_the_others_counted() -> None:
    drawn = _map.draw([Edge("hub", f"p{n}", n, in_cycle=False) for n in range(1, 100)])
    assert drawn is not None
    assert len(drawn.boxes) + drawn.omitted == 100
    assert "p99" in {box.name for box in drawn.boxes}


def test_no_imports_no_map() -> None:
    assert _map.draw([]) is None


def test_a_rule_that_no_longer_exists_is_no_broken_link() -> None:
    one = rendered(FORMAT, report(verdict(finding(), injection()), rules=()))
    assert 'href="#rule-' not in one
