"""What templates read of the rows that they loop over, as paths in the context."""

import pytest

from seatrial.model.source import Manifest
from seatrial.program.serving.templates import Templates


def readings(**templates: str) -> set[str]:
    """What the template `main.html` reads, as dotted paths."""
    manifests = [Manifest(f"templates/{name}.html", text) for name, text in templates.items()]
    return {".".join(reading.names) for reading in Templates(manifests).readings("main.html")}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("{% for a in rows %}{{ a.b.c }}{% endfor %}", {"rows.[].b.c"}),
        ("{% for a in rows %}{{ a.b|default:a.c }}{% endfor %}", {"rows.[].b", "rows.[].c"}),
        ("{% for a in rows.all %}{% if a.b == 'a.c' %}{% endif %}{% endfor %}", {"rows.all.[].b"}),
        (
            "{% for a in rows %}{% for b in a.bs.all %}{{ b.c }}{% endfor %}{% endfor %}",
            {"rows.[].bs.all", "rows.[].bs.all.[].c"},
        ),
        ("{% for a in rows %}{% with b=a.b %}{{ b.c }}{% endwith %}{% endfor %}", {"rows.[].b", "rows.[].b.c"}),
        ("{% for a in rows %}{% with a.b as b %}{{ b.c }}{% endwith %}{% endfor %}", {"rows.[].b", "rows.[].b.c"}),
        ("{% for a in rows %}{# {{ a.b }} #}{% comment %}{{ a.c }}{% endcomment %}{% endfor %}", set()),
        ("{% for a in rows %}{% endfor %}{{ a.b }}", set()),
        ("{{ rows.b }}", set()),
    ],
)
def test_names_lead_from_the_context(text: str, read: set[str]) -> None:
    assert readings(main=text) == read


def test_included_templates_see_the_names_around_them() -> None:
    found = readings(
        main='{% for a in rows %}{% include "part.html" with c=a.c %}{% endfor %}', part="{{ a.b }}{{ c.d }}"
    )
    assert found == {"rows.[].b", "rows.[].c.d"}


def test_a_block_that_is_replaced_reads_nothing() -> None:
    base = (
        "{% block one %}{% for a in rows %}{{ a.b }}{% endfor %}{% endblock %}{% for a in rows %}{{ a.c }}{% endfor %}"
    )
    assert readings(main='{% extends "base.html" %}{% block one %}{% endblock %}', base=base) == {"rows.[].c"}


def test_templates_that_include_themselves_end() -> None:
    assert readings(main='{% for a in rows %}{{ a.b }}{% include "main.html" with rows=a.rows %}{% endfor %}') >= {
        "rows.[].b"
    }
