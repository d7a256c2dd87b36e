"""Django's own order: the models of all applications are loaded before anything that needs one (`Apps.populate`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.program.endpoints import settings
from seatrial.program.imports import When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.parts import File
    from seatrial.program.program import Program


def loaded(program: Program) -> tuple[list[File], list[File]]:
    """What the registry loads in this order, and what can come first.

    The `models` modules of the applications, and then what each one's `ready` asks for. Without settings that list
    applications each project has an order of its own, and any of them can.
    """
    held = {
        cls.file.module for cls in program.schema.tables if program.types.class_derives(cls, "django.db.models.Model")
    }
    every = {file.module: file for file in program.files if _holds(file, held)}
    orders = [[every[name] for name in names if name in every] for names in _listed(program)]
    listed = list(dict.fromkeys(file for order in orders for file in order))
    rest = [file for file in every.values() if file not in listed]
    return [*listed, *rest, *_readied(program)], [order[0] for order in orders if order] or rest


def _readied(program: Program) -> list[File]:
    """What the configurations of applications ask for once all models are loaded."""
    lazily = program.imports.graph(When.LAZY)
    configs = {cls.file for cls in program.calls.deriving("django.apps.AppConfig")}
    return [target for file in program.files if file in configs for target in lazily.get(file, ())]


def _holds(file: File, models: set[str]) -> bool:
    """An application's `models`: a module, or a package of modules."""
    is_asked = file.module.rpartition(".")[2] == "models" and not file.is_test
    return is_asked and any(f"{name}.".startswith(f"{file.module}.") for name in models)


def _listed(program: Program) -> Iterator[list[str]]:
    """The names that the `models` modules of listed applications can have, for each list."""
    for body, value in settings.named(program, "INSTALLED_APPS"):
        names = [name for _, name in settings.texts(body, value)]
        yield [f"{package}.models" for name in names for package in (name, name.rpartition(".apps.")[0]) if package]
