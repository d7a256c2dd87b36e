"""What cannot be installed as it is asked for is eased step by step, and each step is told."""

from pathlib import Path

import pytest

from seatrial.sandbox import needs
from seatrial.sandbox.installing import easier, name_of, released
from trees import write


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("shop @ git+https://x.invalid/owner/shop-py.git@v2", "shop"),
        ("git+https://x.invalid/owner/repo.git#egg=shop", "shop"),
        ("git+https://x.invalid/owner/shop.git@abc123", "shop"),
        ("https://x.invalid/archive/shop.git", "shop"),
    ],
)
def test_what_comes_from_a_repository_is_taken_from_the_index(requirement: str, name: str) -> None:
    assert name_of(requirement) == name
    wanted, notes = released([requirement, "rich==13.7"])
    assert wanted == [name, "rich==13.7"]
    assert [note.partition(" ")[0] for note in notes] == [name]


WANTED = ["old[x]==1.0 ; python_version > '3'", "psycopg2==2.8.3", "rich", "other==2"]


@pytest.mark.parametrize(
    ("output", "eased"),
    [
        ("ERROR: No matching distribution found for old[x]==1.0", ["old[x]; python_version > '3'", *WANTED[1:]]),
        ("ERROR: Failed building wheel for psycopg2", [WANTED[0], "psycopg2-binary", *WANTED[2:]]),
        (
            "ERROR: Could not find a version that satisfies the requirement rich (from versions: none)",
            WANTED[:2] + WANTED[3:],
        ),
        (
            "Collecting rich\nCollecting other==2\n error: subprocess-exited-with-error\nCollecting x",
            [*WANTED[:3], "other"],
        ),
        ("Could not resolve host", WANTED),
    ],
)
def test_what_pip_stumbles_over_is_eased_and_nothing_else(output: str, eased: list[str]) -> None:
    found, notes = easier(WANTED, output)
    assert found == eased
    assert bool(notes) is (eased != WANTED)


def test_a_file_of_requirements_is_listed_without_options_and_with_what_repositories_hold(tmp_path: Path) -> None:
    text = "-i https://x.invalid\n-e git+https://x.invalid/a/shop.git#egg=shop\n-e .\nrich==13.7 --no-binary rich\n"
    found = needs.plain(write(tmp_path, {"requirements.txt": text}))
    assert found == ["git+https://x.invalid/a/shop.git#egg=shop", "rich==13.7"]
