"""Files that the program logs to lie in its copy, or in its own folder for temporary ones, with the folder they are in.

A tree holds no empty folder for logs, and a server's may not be written to: Python refuses to configure either.
"""

import functools
import logging

from . import supplied


def install():
    """Hooks the handlers of the standard library, and those that are made of them."""
    plain = logging.FileHandler.__init__

    @functools.wraps(plain)
    def init(self, filename, *args, **kwargs):
        plain(self, supplied.placed(filename), *args, **kwargs)

    logging.FileHandler.__init__ = init
