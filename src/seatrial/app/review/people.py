"""Who sits here: the person whose key signs, their name in records, and their role."""

from getpass import getuser
from pathlib import Path

from seatrial.app import signing
from seatrial.app.review.signature import Signature
from seatrial.app.signoffs.ledger import mandate
from seatrial.app.signoffs.state import on_disk
from seatrial.errors import ConfigError
from seatrial.model.text import printable


def signature(root: Path, key: Path | None, folder: Path, where: signing.Session | None = None) -> Signature | None:
    """How the person signs: with `key`, or the one key in `folder` (`~/.ssh`) that counts here.

    None where nobody may: no sign-offs are asked for, or no key of theirs is named.

    Raises:
        ConfigError: several keys count here, or the one that was given does not.
        DecisionError: roles or signers cannot be read.
    """
    state = on_disk(root)
    if not state.has_mandate:
        return None
    known = signing.keys_of(root, key.parent if key else folder)
    fitting = [(who, path) for who, path in known if key is None or path.with_suffix("") == key or path == key]
    if key and not fitting:
        raise ConfigError(f"{printable(str(key))} is no key that may sign here: .seatrial/allowed_signers names those.")
    if len({who for who, _ in fitting}) > 1:
        raise ConfigError(f"several keys may sign here ({', '.join(who for who, _ in fitting)}): name one with --key.")
    if not fitting:
        return None
    principal, public = fitting[0]
    people = mandate(state).people
    roles = people[principal].roles if principal in people else ()
    return Signature(principal, roles[0] if roles else "", key or _private(public), where)


def name(found: Signature | None) -> str:
    """What the person is called here: as their key says, or by the account on this machine."""
    return found.principal if found else getuser()


def _private(public: Path) -> Path:
    """The private half beside a public key; the public one itself, if ssh-agent holds the other."""
    private = public.with_suffix("")
    return private if private.is_file() else public
