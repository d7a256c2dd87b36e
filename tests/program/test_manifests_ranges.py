"""Ranges are called empty only if no version satisfies them; markers exclude each other only if no environment does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from seatrial.program.manifests.ranges import allows, empty, together

_RELEASES = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))
_VERSIONS = st.builds(
    lambda release, tail: Version(release + tail), _RELEASES, st.sampled_from(["", "", "", "rc1", ".post1", ".dev1"])
)


def _clause(operator: str, release: str) -> str:
    if operator == "~=":
        return f"~={release}.0"
    return f"{operator[:2]}{release}.*" if operator.endswith("*") else f"{operator}{release}"


_CLAUSES = st.builds(_clause, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "~=", "==*", "!=*"]), _RELEASES)
_RANGES = st.lists(_CLAUSES, min_size=1, max_size=3).map(lambda clauses: SpecifierSet(",".join(clauses)))


@given(_RANGES, _RANGES, _VERSIONS)
def test_a_version_that_satisfies_two_ranges_proves_them_not_empty(
    left: SpecifierSet, right: SpecifierSet, version: Version
) -> None:
    if allows(left, version) and allows(right, version) and not version.is_prerelease:
        assert not empty([left, right])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("<2", ">=2"),
        ("==1.4.52", ">=2.0"),
        ("~=1.4.2", ">=1.5"),
        ("==1.4.*", "<1.4"),
        (">1.0", "<=1.0"),
        (">=1.0,<1.1", "!=1.0.*"),
        ("===foo", "==1.0"),
    ],
)
def test_ranges_without_a_common_version_are_empty(left: str, right: str) -> None:
    assert empty([SpecifierSet(left), SpecifierSet(right)])


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("", "==1"),
        (">1.0", "<1.0.1"),
        (">=1.0,<1.1", "!=1.0"),
        ("!=1.*", "<2"),
        ("==1.0+cpu", "==1.0"),
        (">=2.0rc1", "<2.1"),
        ("~=1.4", ">=1.9.7"),
    ],
)
def test_ranges_with_a_common_version_are_not_empty(left: str, right: str) -> None:
    assert not empty([SpecifierSet(left), SpecifierSet(right)])


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("python_version < '3.9'", "python_version >= '3.9'", False),
        ("python_version < '3.9'", "python_version >= '3.8'", True),
        ("python_full_version < '3.9.2'", "python_full_version >= '3.9.2'", False),
        ("sys_platform == 'win32'", "sys_platform != 'win32'", False),
        ("sys_platform == 'linux'", "platform_system == 'Windows'", False),
        ("os_name == 'nt'", "sys_platform == 'win32'", True),
        ("extra == 'fast'", "python_version > '3'", True),
        ("platform_machine == 'arm64'", "platform_machine == 'x86_64'", False),
        ("implementation_name == 'pypy'", "platform_python_implementation == 'CPython'", False),
    ],
)
def test_markers_hold_together_only_in_some_environment(left: str, right: str, *, expected: bool) -> None:
    assert together(Marker(left), Marker(right)) is expected
    assert together(Marker(right), Marker(left)) is expected


def test_a_marker_below_the_least_python_holds_nowhere() -> None:
    assert not together(Marker("python_version < '3.8'"), None, SpecifierSet(">=3.9"))
    assert together(None, None, SpecifierSet(">=3.9"))
