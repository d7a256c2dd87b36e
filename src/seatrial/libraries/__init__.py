"""What the names of libraries mean: data in TOML, one file a library, in the form of `docs/libraries.md`.

models = load({"requests", "flask"})
models.function("requests.get").effects     # ("http", "block")
models.method("requests.Session", "get")    # follows bases and aliases
"""

from seatrial.libraries.arguments import Arguments
from seatrial.libraries.form import Cache, Field, FunctionModel, Hook, Library, Sink, TypeModel, ValueModel
from seatrial.libraries.loader import available, load, meant, parse
from seatrial.libraries.models import Models
from seatrial.libraries.tables import TABLES

__all__ = [
    "TABLES",
    "Arguments",
    "Cache",
    "Field",
    "FunctionModel",
    "Hook",
    "Library",
    "Models",
    "Sink",
    "TypeModel",
    "ValueModel",
    "available",
    "load",
    "meant",
    "parse",
]
