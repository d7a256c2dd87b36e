"""Asks for sign-offs from here on: who may sign, with which keys, and that all that is there now is exempt."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from seatrial import gate, registry
from seatrial.app import codeowners, git, settings
from seatrial.app.signoffs.state import FOLDER
from seatrial.app.signoffs.units import units
from seatrial.decisions.signoffs import exemptions, keys, records, roles, signers
from seatrial.errors import ConfigError
from seatrial.model.mandate import ARCHITECT, Ask, Exemption, Person
from seatrial.model.symbols import FILE
from seatrial.model.text import printable

DAYS = 365
"""How long what is there now is exempt."""
_ACCEPTED = ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-", "sk-ssh-ed25519", "sk-ecdsa-sha2-")


class Backlog(msgspec.Struct, frozen=True):
    """What is exempt now, and would take so long to read."""

    units: int
    lines: int
    minutes: int
    expires: date


class Adopted(msgspec.Struct, frozen=True):
    """What was found and written. `why_not` says why nothing was; empty if it was."""

    files: tuple[str, ...] = ()
    principal: str = ""
    keys: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    backlog: Backlog | None = None
    unparsed: tuple[str, ...] = ()
    """Python files that this Python cannot parse, and so exempted as a whole."""
    why_not: str = ""


def is_adopted(root: Path) -> bool:
    """Whether sign-offs are asked for already."""
    return (root / roles.NAME).exists()


def adopt(root: Path, folder: Path) -> Adopted:
    """Writes `.seatrial/roles.toml`, `allowed_signers` and `exemptions.toml`; overwrites none of them.

    The user whose keys lie in `folder` becomes the first architect.

    Raises:
        ConfigError: one of the files is there already or cannot be written, or `cryptography` is missing.
    """
    found = _keys(folder)
    principal = git.address(root) or next((name for _, name in found if "@" in name), "")
    if not (root / ".git").exists():
        return Adopted(why_not="this is not the top of a git repository")
    if not found or not principal:
        missing = "address (git config user.email)" if found else f"key in {printable(str(folder))} (ssh-keygen)"
        return Adopted(why_not=f"there is no {missing}; make one and run this again")
    keys.require()
    owners = _owners(root)
    asks = _asks(root)
    until = datetime.now(UTC).date() + timedelta(days=DAYS)
    texts = {
        roles.NAME: _roles(principal, owners),
        signers.NAME: "".join(signers.line(principal, text) for text, _ in found),
        exemptions.NAME: exemptions.encode(_exempt(asks, principal, until)),
    }
    _write(root, texts)
    lines = [ask.lines for ask in asks]
    backlog = Backlog(len(asks), sum(lines), gate.minutes(lines), until)
    fingerprints = tuple(keys.fingerprint(records.public_blob(text)) for text, _ in found)
    unparsed = tuple(sorted(ask.path for ask in asks if ask.name == FILE and ask.path.endswith(".py")))
    return Adopted(tuple(texts), principal, fingerprints, owners, backlog, unparsed)


def _keys(folder: Path) -> list[tuple[str, str]]:
    """The public keys in a folder that may sign: text and comment, those in devices first."""
    texts = [path.read_text("utf-8", "replace").strip() for path in sorted(folder.glob("*.pub")) if path.is_file()]
    words = [text.split(maxsplit=2) for text in texts if text.startswith(_ACCEPTED) and "-cert-v01" not in text]
    found = {tuple(parts[:2]): parts[2] if len(parts) > 2 else "" for parts in words if len(parts) > 1}
    ordered = sorted(found, key=lambda parts: not parts[0].startswith("sk-"))
    return [(" ".join(parts), found[parts]) for parts in ordered]


def _owners(root: Path) -> tuple[str, ...]:
    return tuple(sorted({owner for _, *named in codeowners.rules(root) for owner in named}))


def _asks(root: Path) -> list[Ask]:
    found = settings.load(root, registry.rule_ids()).settings
    return [ask for file in units(root, found.sign_offs, found.exclude).asks.values() for ask in file]


def _roles(principal: str, owners: Iterable[str]) -> str:
    owners = [owner for owner in owners if owner.casefold() != principal.casefold()]
    people = {owner: Person(roles=("maintainer",)) for owner in owners if "@" in owner.lstrip("@")}
    text = roles.encode({**people, principal: Person(roles=(ARCHITECT,))})
    handles = [owner for owner in owners if owner not in people]
    told = f"\n# Code owners without an address here: {', '.join(map(printable, handles))}.\n"
    return text + (f"{told}# Whoever may sign needs a table, and a line in allowed_signers.\n" if handles else "")


def _exempt(asks: Iterable[Ask], owner: str, until: date) -> list[Exemption]:
    reason = f"there before sign-offs were asked for ({datetime.now(UTC).date()})"
    return [Exemption(ask.path, ask.name, ask.digest[: exemptions.DIGITS], reason, owner, until) for ask in asks]


def _write(root: Path, texts: dict[str, str]) -> None:
    for name in texts:
        if (root / name).exists():
            raise ConfigError(f"{name} is there already; it was left as it is")
    try:
        (root / FOLDER).mkdir(exist_ok=True)
        for name, text in texts.items():
            (root / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{FOLDER} cannot be written: {error.strerror}") from error
