"""Slots: names that several modules of one folder fill, and that something else asks each of them for: plug-ins."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.program.parts import Function
    from seatrial.program.program import Program

MODULES = 3
"""In so many modules of a folder a name is a slot that others fill."""


def slot(function: Function) -> str:
    """The name of a function, without that of its module: `read_for_` of `read_for_stripe` in `stripe.py`."""
    return function.name.replace(function.file.module.rpartition(".")[2] or function.name, "")


def is_slot(program: Program, function: Function) -> bool:
    """Enough modules of the folder have a function of this name."""
    return len({one.file for one in fillers(program, function)}) >= MODULES


def fillers(program: Program, function: Function) -> list[Function]:
    """The functions of this name in the modules of the folder, itself among them."""
    name, folder = slot(function), function.file.folder
    beside = (file for file in program.files if file.folder == folder)
    return [one for file in beside for one in file.functions if slot(one) == name]
