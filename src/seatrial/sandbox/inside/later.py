"""Leaves annotations for later, as Python 3.14 does (PEP 649): programs written for it name there what comes below."""

import __future__

import os
import sys
from importlib.machinery import SourceFileLoader

_BEFORE = (3, 14)


def may_help(error):
    """Whether the error may be of an annotation that this Python looks up at once."""
    return isinstance(error, NameError) and sys.version_info < _BEFORE


def install(root):
    """Compiles the program's own modules so."""
    own = os.path.realpath(root) + os.sep
    plain = SourceFileLoader.source_to_code

    def source_to_code(self, data, path, *, _optimize=-1):
        if not os.path.realpath(path).startswith(own):
            return plain(self, data, path, _optimize=_optimize)
        flag = __future__.annotations.compiler_flag
        return compile(data, path, "exec", flags=flag, dont_inherit=True, optimize=_optimize)

    SourceFileLoader.source_to_code = source_to_code
