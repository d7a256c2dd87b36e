"""Finds front ends, rules and report formats where they lie, and those of other distributions by their entry points.

Nothing is registered by hand: a rule is a file in `rules/<quality>/`, a front end a folder in `frontends/`, a format a
file in `reports/` (a name that begins with `_` is a helper). Other distributions offer theirs as entry points:

| group | name | value |
|---|---|---|
| `seatrial.rules` | `<quality>.<rule-id>` | a module like ours, with `check` |
| `seatrial.frontends` | the language | module and name of a `Frontend` |
| `seatrial.reports` | the format's name | module and name of a `Format` |

Names are found without importing anything, so that a run that needs no rules imports none.
"""

import os
import sysconfig
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from seatrial.facts import Language
from seatrial.frontends.contract import Frontend
from seatrial.model.finding import Quality
from seatrial.reports.contract import Format

if TYPE_CHECKING:
    from seatrial.rules.contract import Rule

_HERE = Path(__file__).parent


class _Offer(NamedTuple):
    """A part and where it lies; `owner` is the distribution and version, empty for our own."""

    name: str
    module: str
    attribute: str
    owner: str = ""


@cache
def languages() -> Mapping[str, Language]:
    """Every front end by the name of its language, and where other processes find it.

    A front end's version is completed by a digest of the code that it rests on, so that no cache outlives a change.
    """
    found = {}
    for offer in (*_own("frontends", "FRONTEND"), *_foreign("seatrial.frontends")):
        frontend = getattr(import_module(offer.module), offer.attribute)
        assert isinstance(frontend, Frontend)
        found[frontend.language] = Language(_versioned(frontend, offer), offer.module, offer.attribute)
    return found


def frontend_for(path: str) -> Frontend | None:
    """The front end that reads a file of this name; None if no language claims it."""
    return next((one.frontend for one in languages().values() if path.endswith(one.frontend.suffixes)), None)


def suffixes() -> Mapping[str, str]:
    """The name of the language for every suffix of a file."""
    return {suffix: name for name, one in languages().items() for suffix in one.frontend.suffixes}


@cache
def rule_ids() -> Mapping[str, Quality]:
    """Every rule's id and quality, without importing the rules."""
    return {rule_id: quality for rule_id, (quality, _) in _rule_offers().items()}


@cache
def rule(rule_id: str) -> "Rule":
    """The rule of this id; raises `KeyError` if there is none. Imports no other."""
    from seatrial.rules.contract import Unbound  # noqa: PLC0415 - brings the whole program, which a known result needs not

    quality, offer = _rule_offers()[rule_id]
    module = import_module(offer.module)
    check = getattr(module, offer.attribute)
    assert isinstance(check, Unbound)
    return check.bind(rule_id, quality, module.__doc__ or "")


def rules() -> Mapping[str, "Rule"]:
    """Every rule by its id, in order of quality and id. Imports them all."""
    return {rule_id: rule(rule_id) for rule_id in rule_ids()}


def format_names() -> Collection[str]:
    """The name of every report format, without importing any."""
    return _format_offers().keys()


@cache
def report_format(name: str) -> Format:
    """The format of this name; raises `KeyError` if there is none."""
    offer = _format_offers()[name]
    found = getattr(import_module(offer.module), offer.attribute)
    assert isinstance(found, Format)
    return found


@cache
def build() -> str:
    """A digest (hex) of all that findings depend on beside the audited tree: our code and data, others' parts."""
    groups = ("seatrial.rules", "seatrial.frontends")
    owners = sorted({f"{offer.name}={offer.owner}" for group in groups for offer in _foreign(group)})
    return _digest(_below(_HERE), *owners, f"msgspec {msgspec.__version__}")


@cache
def _rule_offers() -> Mapping[str, tuple[Quality, _Offer]]:
    own = [
        (quality, offer)
        for quality in Quality
        if quality is not Quality.OTHER
        for offer in _own(f"rules.{quality}", "check")
    ]
    foreign = []
    for offer in _foreign("seatrial.rules"):
        quality, _, rule_id = offer.name.partition(".")
        foreign.append((Quality(quality), offer._replace(name=rule_id, attribute=offer.attribute or "check")))
    return {offer.name.replace("_", "-"): (quality, offer) for quality, offer in own + foreign}


@cache
def _format_offers() -> Mapping[str, _Offer]:
    own = [offer for offer in _own("reports", "FORMAT") if offer.name != "contract"]
    return {offer.name: offer for offer in (*own, *_foreign("seatrial.reports"))}


def _own(package: str, attribute: str) -> Iterator[_Offer]:
    """The modules and packages in one of our folders, in order of name."""
    for path in sorted((_HERE / package.replace(".", "/")).iterdir()):
        is_part = path.suffix == ".py" or (path / "__init__.py").is_file()
        if is_part and not path.name.startswith("_") and path.stem != "contract":
            yield _Offer(path.stem, f"seatrial.{package}.{path.stem}", attribute)


@cache
def _foreign(group: str) -> tuple[_Offer, ...]:
    """Entry points of what is installed beside us.

    Only `site-packages` counts: the import path may lead into the tree that is audited (`PYTHONPATH=.`), and what that
    declares must not be loaded.
    """
    folders = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    declared = [path for folder in folders for path in folder.glob("*.dist-info/entry_points.txt")]
    if not any(b"[seatrial." in path.read_bytes() for path in declared):
        return ()  # the usual case, told without the quarter of start-up time that `importlib.metadata` takes
    from importlib.metadata import distributions  # noqa: PLC0415 - as the line above says

    found = [
        _Offer(entry.name, entry.module, entry.attr, f"{distribution.name} {distribution.version}")
        for distribution in distributions(path=sorted(map(str, folders)))
        for entry in distribution.entry_points
        if entry.group == group
    ]
    return tuple(sorted(found))


def _versioned(frontend: Frontend, offer: _Offer) -> Frontend:
    folder = _HERE / "frontends" / offer.name
    shared = [_HERE / "model" / "facts.py", _HERE / "model" / "written.py", *folder.parent.glob("_*.py")]
    files = [*map(str, shared), *(_below(folder) if not offer.owner else ())]
    version = f"{frontend.version}+{_digest(files, offer.owner)[:16]}"
    return Frontend(frontend.language, frontend.suffixes, version, frontend.grammar, frontend.extract)


def _below(folder: Path) -> Iterator[str]:
    """The files in a folder, but for what Python compiled of them."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (f"{place}/{name}" for name in names)


def _digest(files: Iterable[str], *more: str) -> str:
    digest = sha256("\0".join(more).encode())
    for path in sorted(files):
        with open(path, "rb") as file:  # noqa: PTH123 - for a thousand files at each start, Path costs more than reading
            digest.update(f"\0{path.removeprefix(str(_HERE))}\0".encode() + file.read())
    return digest.hexdigest()
