"""A program that counts in a Redis, by the address that nobody can change, and keeps its rows in a file."""

import json
import os
import socket
import sqlite3

DATABASE = "queue.db"

with sqlite3.connect(DATABASE) as made:
    made.execute("CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY)")


def redis(command, host="localhost"):
    """The first line of the answer to a command; redis is asked by its protocol, which needs no library."""
    with socket.create_connection((host, 6379), timeout=5) as connection:
        connection.sendall(command.encode() + b"\r\n")
        return connection.makefile("rb").readline().decode().strip()


def answer(path):
    if path == "/count":
        return redis("INCR jobs", host="redis")
    if path == "/address":
        return os.environ.get("REDIS_URL", "")
    return redis("DBSIZE")


def app(environ, start_response):
    try:
        said = answer(environ["PATH_INFO"])
    except OSError as error:
        said = type(error).__name__
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(said).encode()]
