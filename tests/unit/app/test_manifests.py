"""Which files that are no code are read."""

import pytest

from seatrial.app.manifests import is_manifest


@pytest.mark.parametrize(
    "path",
    ["shop/templates/shop/orders.html", "templates/a.html", "jinja2/a.j2", "pyproject.toml", "requirements/dev.txt"],
)
def test_rules_get_declarations_and_templates(path: str) -> None:
    assert is_manifest(path)


@pytest.mark.parametrize("path", ["docs/index.html", "shop/templates/shop/logo.png", "templates.html", "notes.txt"])
def test_other_files_are_left_alone(path: str) -> None:
    assert not is_manifest(path)
