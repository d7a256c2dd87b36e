"""Starts the program that the configuration names: `python inside CONFIG.json`."""

import importlib.util
import sys
from pathlib import Path

NAME = "_seatrial_inside"


def _load():
    """This folder as a package of an unusual name, so that no module of the program is hidden by ours."""
    here = Path(__file__).resolve().parent
    if sys.path and Path(sys.path[0]).resolve() == here:
        del sys.path[0]
    spec = importlib.util.spec_from_file_location(NAME, here / "__init__.py", submodule_search_locations=[str(here)])
    package = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = package
    spec.loader.exec_module(package)
    return importlib.import_module(NAME + ".launch")


if __name__ == "__main__":
    _load().main(sys.argv[1])
