"""Commands that the program runs as it is loaded and that are not on this machine: nothing is run in their place.

So the rest of it can be tried. What such a command would have printed is empty, and it ends well.
"""

import functools
import os
import shutil
import subprocess

_names = []
_STARTS = "_execute_child"
"""Where the standard library looks for the command (CPython 3.8 to 3.14)."""


def install(names):
    """Hooks what starts processes, if there are such commands."""
    _names.extend(names)
    nothing = shutil.which("true")
    if not names or not nothing:
        return
    plain = subprocess.Popen.__init__

    @functools.wraps(plain)
    def begin(self, args, *more, **kwargs):
        is_one = isinstance(args, (list, tuple)) and args and os.fsdecode(args[0]) in _names
        return plain(self, [nothing] if is_one else args, *more, **kwargs)

    subprocess.Popen.__init__ = begin


def missed(error):
    """The command, as it is named where it is run, that an error did not find; empty if it is another error."""
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        if isinstance(error, FileNotFoundError) and error.filename is not None:
            frame = _last(error.__traceback__)
            asked = frame.f_locals.get("orig_executable") if frame and frame.f_code.co_name == _STARTS else None
            if asked is not None and os.fsdecode(asked) == os.fsdecode(error.filename):
                return os.fsdecode(asked)
        error = error.__cause__ or error.__context__
    return ""


def notes():
    """What to say of them."""
    return ["`{}` is not on this machine: nothing was run in its place".format(name) for name in _names]


def _last(trace):
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_frame if trace is not None else None
