"""Where every thread of a worker stands, told by the interpreter itself when asked: also within what never ends."""

import faulthandler
import os
import signal

_SIGNAL = 10
"""After the first of those that nothing else uses."""
_files = []


def install(root, out):
    """Has the worker write down where its threads stand whenever it is signalled; its first line is the root."""
    if not hasattr(faulthandler, "register") or not hasattr(signal, "SIGRTMIN"):
        return
    file = open(os.path.join(out, "{}.stacks".format(os.getpid())), "w", encoding="utf-8")  # noqa: SIM115 -- open to its end
    file.write(os.path.realpath(root) + os.sep + "\n")
    file.flush()
    _files.append(file)
    faulthandler.register(signal.SIGRTMIN + _SIGNAL, file=file, all_threads=True, chain=False)
