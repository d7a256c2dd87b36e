import pytest

from seatrial.model.globs import matcher


@pytest.mark.parametrize(
    ("pattern", "path", "meant"),
    [
        ("legacy", "legacy/a.py", True),
        ("legacy/", "shop/legacy/a.py", True),
        ("legacy", "shop/legacy_code/a.py", False),
        ("shop/legacy", "shop/legacy/a/b.py", True),
        ("shop/legacy", "other/shop/legacy/a.py", False),
        ("/shop", "shop/a.py", True),
        ("*_schema.py", "shop/api/order_schema.py", True),
        ("*_schema.py", "shop/order_schema.pyi", False),
        ("shop/*.py", "shop/api/a.py", False),
        ("shop/**/a.py", "shop/a.py", True),
        ("shop/**/a.py", "shop/x/y/a.py", True),
        ("shop/**", "shop/x/y/a.py", True),
        ("a?.py", "ab.py", True),
        ("a+b.py", "aab.py", False),
    ],
)
def test_a_pattern_means_what_gitignore_would_mean(pattern: str, path: str, *, meant: bool) -> None:
    assert matcher((pattern,))(path) is meant


def test_no_patterns_mean_nothing() -> None:
    assert not matcher(())("a.py")


def test_any_of_several_patterns_suffices() -> None:
    assert matcher(("x", "a.py"))("a.py")
