"""Writes a first settings file, all of it commented out but what was found."""

import json
from pathlib import Path

import msgspec

from seatrial import registry
from seatrial.app import workspace
from seatrial.app.adopt import Adopted, adopt, is_adopted
from seatrial.app.settings import OWN_FILE, load
from seatrial.errors import ConfigError
from seatrial.model.text import printable

_TEXT = """\
# Settings of seatrial. Everything has a default: delete what you do not need. `seatrial rules` lists the rules.

# Folders from which modules are imported, where they are not found by themselves.
{source_roots}

# Patterns of files to leave out, as in .gitignore. What is left out is told in every report.
# exclude = ["legacy/", "*_schema.py"]

# Judge test code by the rules for ordinary code too.
# include-tests = true

# Packages from the top layer down: a lower one may not import a higher one. Packages of one layer stand in a list.
# layers = ["shop.api", ["shop.services", "shop.jobs"], "shop.models"]

[policy]
# Findings below this confidence (0 to 1) are hidden.
# confidence = 0.7
# The least severity that shuts the gate: error, warning or note.
# fail-on = "warning"
# Findings below this confidence are told and do not shut the gate, unless a trial proved them.
# fail-confidence = 0.85
# How many gaps (files that could not be read, and the like) the gate forgives.
# gaps-forgiven = 0
# Rules that a comment `seatrial: allow[rule] because …` may silence; "*" for all.
# suppressible = ["*"]

# Who must sign off what, where .seatrial/roles.toml asks for it; without any, one architect signs all code but tests.
# [sign-offs.paths."payments/"]
# criteria = ["architect-approved", "scales"]
# tier = 1   # two people, keys that are touched, one lens at a time, for 180 days
# min-reviewers = 2
# require-hardware = true

[rules]
# "off", another severity, or another confidence for a rule.
# unbounded-query = "off"
# swallowed-error = "note"
# duplicate-logic = {{ severity = "note", confidence = 0.9 }}

# What holds in some files only.
# [per-path."scripts/"]
# query-in-loop = "note"
"""

CI = """\
# .github/workflows/seatrial.yml
on: pull_request
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0 }
      # until seatrial is on a package index: --spec 'seatrial[signoffs] @ git+https://…', the address of its repository
      - run: pipx run --spec 'seatrial[signoffs]' seatrial gate . --base origin/${{ github.base_ref }} --format github
"""
"""How the gate is kept in CI, to be shown to the user."""


class Begun(msgspec.Struct, frozen=True):
    """What `begin` wrote: the path of the settings (empty if there were some already), and who signs off what."""

    settings: str
    adopted: Adopted | None


def begin(root: Path, keys: Path, *, sign_offs: bool) -> Begun:
    """Writes first settings where there are none, and asks for sign-offs where nobody does yet and `sign_offs` says so.

    `keys` is the folder with the user's public keys. Overwrites nothing.

    Raises:
        ConfigError: both is there already, or one cannot be written.
        SourceError: there is no such folder.
    """
    workspace.require(root)
    wanted = sign_offs and not is_adopted(root)
    has_settings = bool(load(root, registry.rule_ids()).file)
    file = "" if has_settings and wanted else init(root)
    done = adopt(root, keys) if wanted else None
    if not file and done and done.why_not:
        raise ConfigError(f"there are settings already, and sign-offs are not asked for: {done.why_not}")
    return Begun(file, done)


def init(root: Path) -> str:
    """Writes `seatrial.toml` into the folder and gives back its path. Overwrites nothing.

    Raises:
        ConfigError: there are settings already.
        SourceError: there is no such folder.
    """
    workspace.require(root)
    file = root / OWN_FILE
    found = [*root.glob("lib"), *root.glob("*/src"), *root.glob("*/*/src")]
    roots = sorted(folder.relative_to(root).as_posix() for folder in found if _holds_packages(folder))
    line = f"source-roots = {json.dumps(roots)}" if roots else '# source-roots = ["backend/src"]'
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(_TEXT.format(source_roots=line))
    except FileExistsError:
        raise ConfigError(f"{printable(str(file))} is there already; it was left as it is") from None
    except OSError as error:
        raise ConfigError(f"{printable(str(file))} cannot be written: {error.strerror}") from error
    return str(file)


def _holds_packages(folder: Path) -> bool:
    """Whether the folder is one from which packages are imported: it holds some and is none itself."""
    return not (folder / "__init__.py").exists() and any(folder.glob("*/__init__.py"))
