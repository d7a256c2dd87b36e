"""Written: what a text says that may be a secret; a part of its facts."""

from typing import Literal, TypeAlias

import msgspec

WrittenKind: TypeAlias = Literal["name", "address", "block", "form"]
"""`name`: a name that may mean a secret, with what it holds. `address`: a password in an address.
`block`: a private key. `form`: a key that says by its form who gave it out."""


class Written(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What may be a secret, written in a text or in code; values say more of the latter, if the file has any.

    `name` is the whole address for an address, and empty for a block or form. `value` is what may be secret.
    """

    line: int
    kind: WrittenKind
    name: str
    value: str
    in_code: bool = False
    """Code holds it, and not a comment, a docstring, or a text that has it in the midst of others."""
