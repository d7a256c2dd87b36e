"""What it needs at run time is little, has reasons and is used; pins name no index and no machine."""

import re
import sys

import grimp
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from repository import files, project, text

NEEDED = {canonicalize_name(Requirement(one).name) for one in project()["project"]["dependencies"]}


def test_at_most_eight_packages_are_needed() -> None:
    assert len(NEEDED) <= 8


def test_every_needed_package_has_a_reason_and_no_other_has() -> None:
    said = re.findall(r"^- `([\w-]+)` ", text("docs/decisions/0002-run-time-dependencies.md"), re.MULTILINE)
    assert sorted(said) == sorted(NEEDED)


def test_what_is_imported_is_needed_and_what_is_needed_is_imported() -> None:
    graph = grimp.build_graph("seatrial", include_external_packages=True, cache_dir=None)
    outside = {name for name in graph.modules if not name.startswith("seatrial")} - sys.stdlib_module_names
    inside = "seatrial.sandbox.inside."  # runs in the audited program's environment, and asks what is there
    outside = {
        name for name in outside if not all(i.startswith(inside) for i in graph.find_modules_that_directly_import(name))
    }
    extra = {
        canonicalize_name(Requirement(one).name)
        for needed in project()["project"]["optional-dependencies"].values()
        for one in needed
    }
    inner = {"markupsafe"}  # jinja2's own
    imported = {canonicalize_name({"yaml": "pyyaml"}.get(name, name)) for name in outside}
    assert imported - inner - extra == NEEDED


def test_every_needed_package_is_pinned_by_hash() -> None:
    pins = re.findall(
        r"^([\w.-]+)==\S+.*?\\\n((?:\s+--hash=sha256:[0-9a-f]{64}.*\n?)+)", text("requirements/dev.txt"), re.MULTILINE
    )
    developing = {canonicalize_name(Requirement(one).name) for one in project()["dependency-groups"]["dev"]}
    pinned = {canonicalize_name(name) for name, _ in pins}
    assert NEEDED | developing | {"hatchling", "editables"} <= pinned
    assert len(pins) == len(re.findall(r"^[\w.-]+==", text("requirements/dev.txt"), re.MULTILINE))


def test_setting_up_names_no_index() -> None:
    setup = ["requirements/dev.txt", "pyproject.toml", "Makefile", ".ci/run"]
    assert [path for path in setup if re.search(r"index-url|find-links|://(?!\w*\.?docs)", text(path))] == []


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    folder = re.compile(r"(?<![\w.~:/<>-])/(?:Users|root|work|opt|mnt|farm|tmp/\w+\.\w{6,})/\w")
    written = files(".py", ".md", ".toml", ".txt", ".json", ".yml", ".html", ".css", ".js", ".j2", "Makefile", "run")
    assert [path for path in written if folder.search(text(path))] == []
