"""A program that tries to do harm, and tells what came of it."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

OUTSIDE = Path(os.environ["OUTSIDE"])


def attempt(what):
    """The error that an attempt ends with; empty if it succeeds."""
    try:
        what()
    except subprocess.CalledProcessError as error:
        said = (error.stderr or "").strip().splitlines()[-1:]
        return "".join(said).partition(":")[0] or type(error).__name__
    except OSError as error:
        return type(error).__name__
    return ""


def write_by_link():
    link = Path("link")
    link.unlink(missing_ok=True)
    link.symlink_to(OUTSIDE)
    (link / "new").write_text("x")


def shell(command):
    subprocess.run(command, shell=True, check=True, stderr=subprocess.DEVNULL)


def connect(address):
    with socket.create_connection(address, timeout=2):
        pass


def elsewhere(address):
    """A child that nothing of Python's watches connects."""
    told = f"import socket; socket.create_connection({address!r}, timeout=2)"
    subprocess.run([sys.executable, "-c", told], check=True, stderr=subprocess.PIPE, text=True)


def send(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.sendto(b"x", address)


def multiply():
    children = []
    try:
        while len(children) < 1_000:
            children.append(subprocess.Popen(["sleep", "600"]))
    finally:
        for child in children:
            child.kill()
            child.wait()


def leave():
    """A child in a session of its own, which nobody waits for."""
    command = [sys.executable, "-c", "import time; time.sleep(600)", os.environ["SIGN"]]
    subprocess.Popen(command, start_new_session=True)


bystander = int(os.environ["BYSTANDER"])
attempts = {
    "write": lambda: (OUTSIDE / "new").write_text("x"),
    "change": lambda: (OUTSIDE / "kept").write_text("x"),
    "remove": (OUTSIDE / "kept").unlink,
    "move": lambda: (OUTSIDE / "kept").rename("taken"),
    "link": write_by_link,
    "write by a child": lambda: shell(f"echo x > {OUTSIDE}/child"),
    "remove by a child": lambda: shell(f"rm {OUTSIDE}/kept"),
    "kill": lambda: os.kill(bystander, signal.SIGKILL),
    "kill by a child": lambda: shell(f"kill -9 {bystander}"),
    "kill who started it": lambda: os.kill(os.getppid(), signal.SIGKILL),
    "connect": lambda: connect(("192.0.2.1", 80)),
    "send": lambda: send(("192.0.2.1", 53)),
    "connect by a child": lambda: elsewhere(("192.0.2.1", 443)),
    "connect to a service by a child": lambda: elsewhere(("127.0.0.1", 11211)),
    "connect here by a child": lambda: elsewhere(("127.0.0.1", int(os.environ["HERE"]))),
    "multiply": multiply,
    "write here": Path("here").touch,
    "leave": leave,
}
told = {name: attempt(what) for name, what in attempts.items()}
told["secret"] = str("MY_SECRET" in os.environ)


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]
