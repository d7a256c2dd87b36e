"""The noun of inference: what kind of thing a value is."""

from __future__ import annotations

import msgspec

from seatrial.program.parts import Class


class Type(msgspec.Struct, frozen=True):
    """A type by its canonical dotted name; for a class of the program, with the class.

    `args` are type arguments (`list[Order]`: element type first; a query set: its model; a dict: key, value).
    `meta` means the class itself and not an instance of it.
    """

    name: str
    args: tuple[Type, ...] = ()
    cls: Class | None = None
    meta: bool = False

    @property
    def element(self) -> Type | None:
        """The type of the elements when it is a container; a mapping's elements are its keys."""
        return self.args[0] if self.args and self.args[0].name else None
