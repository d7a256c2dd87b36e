"""Keeps the program in its place: it writes where it may, signals nobody else, and does not multiply without end.

The kernel holds it to the first two (Landlock, Linux 5.13; signals from 6.12), with whatever it starts, and keeps all
of that from the services of others (TCP, from 6.7): `outgoing` and `leading` see but what goes through Python. Source:
https://docs.kernel.org/userspace-api/landlock.html.
"""

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""Numbers of the system calls, the same on all machines."""
_VERSION, _BENEATH, _PORT = 1, 1, 2
_CONNECT = 1 << 1
_NET, _SCOPED = 3, 5
"""Versions after which the kernel knows of ports, and of signals."""
_FIRST, _LAST = 1024, 65535
"""Ports below the first are those of the usual services of other machines: nothing of a program's own listens there."""
_WRITE, _TRUNCATE, _REFER = 1 << 1, 1 << 14, 1 << 13
_CHANGES = _WRITE | sum(1 << bit for bit in range(4, 13))
"""To write, and to make or remove files of every kind; `_REFER` and `_TRUNCATE` came later."""
_SIGNALS, _ABSTRACT_SOCKETS = 1 << 1, 1 << 0
_LARGEST_FILE = 4_000_000_000
_MORE_PROCESSES = 400
MOST_PROCESSES = 100
"""Processes of one worker at once."""
_REFUSED = "seatrial lets a program run {} processes at once".format(MOST_PROCESSES)
_FORKS = ("os.fork", "os.forkpty", "os.posix_spawn", "subprocess.Popen")


def end_with_parent():
    """Nothing outlives whoever started it, however that ends (Linux)."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def limit(memory, seconds):
    """Memory (bytes), processor time, size of files and number of processes have an end."""
    limits = [(resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, _LARGEST_FILE)]
    if os.getuid() != 0:  # it is no limit for the superuser
        limits.append((resource.RLIMIT_NPROC, _own_threads() + _MORE_PROCESSES))
    for kind, amount in limits:
        hard = resource.getrlimit(kind)[1]
        least = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        if least:
            resource.setrlimit(kind, (least, least))
    sys.addaudithook(_no_bomb)


def hold(folders, ports):
    """Whatever runs here, and what it starts, changes no file elsewhere and signals no process of others.

    It connects to none of the `ports`, of this machine or another. Gives back whether the kernel knows how to hold
    files.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return False
    rights = _CHANGES | (_REFER if version > 1 else 0) | (_TRUNCATE if version > 2 else 0)
    said = struct.pack("=Q", rights)
    if version > _SCOPED:
        said = struct.pack("=QQQ", rights, _CONNECT, _SIGNALS | _ABSTRACT_SOCKETS)
    elif version > _NET:
        said = struct.pack("=QQ", rights, _CONNECT)
    rules = libc.syscall(_CREATE, said, ctypes.c_size_t(len(said)), 0)
    if rules < 0:
        return False
    for folder, allowed in [*((one, rights) for one in folders), ("/dev", _WRITE | (rights & _TRUNCATE))]:
        _allow(libc, rules, folder, allowed)
    _allow(libc, rules, "/dev/shm", rights)  # noqa: S108 -- shared memory of processes, which is nobody's file
    if version > _NET:
        _allow_ports(libc, rules, {int(one) for one in ports})
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    done = libc.syscall(_RESTRICT, rules, 0) == 0
    os.close(rules)
    return done


def _allow(libc, rules, folder, rights):
    with contextlib.suppress(OSError):
        where = os.open(folder, os.O_PATH)
        libc.syscall(_ADD, rules, _BENEATH, struct.pack("=Qi", rights, where), 0)
        os.close(where)


def _allow_ports(libc, rules, refused):
    """All but those refused: the kernel can be told only what is allowed."""
    rule = ctypes.create_string_buffer(struct.calcsize("=QQ"))
    for port in range(_FIRST, _LAST + 1):
        if port not in refused:
            struct.pack_into("=QQ", rule, 0, _CONNECT, port)
            libc.syscall(_ADD, rules, _PORT, rule, 0)


def _no_bomb(event, _):
    """Refuses to start one more process where there are too many already."""
    if event in _FORKS and _own_processes() > MOST_PROCESSES:
        raise BlockingIOError(_REFUSED)


def _own_processes():
    """How many processes run in this session: a worker has one of its own."""
    return sum(_session(entry) == os.getsid(0) for entry in os.listdir("/proc") if entry.isdigit())


def _session(pid):
    try:
        with open("/proc/{}/stat".format(pid), encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[3])
    except OSError:
        return -1


def _own_threads():
    """How many threads run under this user."""
    count = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                if os.stat("/proc/" + entry).st_uid == os.getuid():
                    count += len(os.listdir("/proc/{}/task".format(entry)))
    return count
