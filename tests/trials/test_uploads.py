"""Operations that take files are sent some: as their document, code or page tells, of the kind that they take."""

import sys
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from seatrial.sandbox import Launch, launched
from seatrial.trials import edge, inject, uploads
from seatrial.trials.actors import ANONYMOUS
from seatrial.trials.api import Api, call
from seatrial.trials.bench import Bench
from seatrial.trials.forms import forms
from seatrial.trials.recipes import parts
from trees import write

FILE = {"type": "string", "format": "binary"}
PROGRAM = """
import email
import json
import os
import sqlite3

FILE = {"type": "string", "format": "binary"}
TAKEN = {"/pictures": "image/png", "/imports": "text/csv", "/pdfs": "application/pdf"}


def document():
    schema = {"type": "object", "properties": {"upload": FILE, "title": {"type": "string"}}, "required": ["upload"]}
    said = {"post": {"requestBody": {"content": {"multipart/form-data": {"schema": schema}}}}}
    return {"openapi": "3.0.0", "paths": {path: said for path in TAKEN}}


def parts(environ):
    data = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    message = email.message_from_bytes(b"Content-Type: " + environ["CONTENT_TYPE"].encode() + b"\\r\\n\\r\\n" + data)
    return {one.get_param("name", header="content-disposition"): one for one in message.get_payload()}


def kept(environ):
    if "multipart" not in environ.get("CONTENT_TYPE", ""):
        return "415 Unsupported Media Type"
    sent = parts(environ)
    upload = sent.get("upload")
    if upload is None or upload.get_content_type() != TAKEN[environ["PATH_INFO"]]:
        return "400 Bad Request"
    name = upload.get_filename()
    if not os.environ["FAULTS"]:
        name = "kept" if not name.isascii() or chr(0) in name or len(name) > 99 else os.path.basename(name) or "kept"
    os.makedirs("kept/in", exist_ok=True)
    with open(os.path.join("kept/in", name), "wb") as file:
        file.write(upload.get_payload(decode=True))
    with sqlite3.connect("kept.sqlite") as database:
        database.execute("INSERT INTO kept (name) VALUES (?)", (name,))
    return "201 Created"


with sqlite3.connect("kept.sqlite") as database:
    database.execute("CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")


def app(environ, start_response):
    start_response(kept(environ) if environ["PATH_INFO"] in TAKEN else "200 OK", [("Content-Type", "application/json")])
    return [b"{}"]


app.openapi = document
"""


@pytest.fixture(params=["name", ""])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Bench]]:
    faults: str = request.param
    tree = write(tmp_path / "tree", {"pictures.py": PROGRAM})
    launch = Launch(
        root=tree, aside=tmp_path, target="pictures:app", python=sys.executable, workers=1, env={"FAULTS": faults}
    )
    with launched(launch) as (application, started):
        yield faults, Bench(application, started)


def test_a_file_is_sent_of_the_kind_that_is_taken_and_its_name_is_tried(bench: tuple[str, Bench]) -> None:
    faults, benched = bench
    assert benched.refusals == {}
    assert benched.api.uploads == {"POST /imports": "csv"}  # what its path speaks of, or the most usual, comes first
    arrived = {one.operation for one in inject.run(benched) if one.name == "upload"}
    failed = {one.operation for one in edge.run(benched) if one.name == "upload"}
    names = {"POST /pictures", "POST /imports", "POST /pdfs"}
    assert (arrived, failed) == ((names, names) if faults else (set(), set()))


def api(schema: Mapping[str, object], kind: str, *required: str) -> Api:
    body = {"type": "object", "properties": {"upload": schema, "note": {"type": "string"}}, "required": [*required]}
    said = {"post": {"requestBody": {"content": {kind: {"schema": body}}}}}
    return Api({"openapi": "3.1.0", "paths": {"/uploads": said}})


@pytest.mark.parametrize(
    "schema",
    [
        FILE,
        {"type": "string", "contentMediaType": "application/octet-stream"},
        {"type": "array", "items": FILE},
        {"anyOf": [FILE, {"type": "null"}]},
        {"anyOf": [{"type": "array", "items": FILE}, {"type": "null"}]},
        {"type": "file"},
    ],
)
def test_files_are_told_by_all_documents(schema: Mapping[str, object]) -> None:
    (operation,) = api(schema, "multipart/form-data").operations
    assert (operation.files, operation.form) == (("upload",), True)


def test_what_is_told_to_be_json_is_a_form_where_it_needs_a_file() -> None:
    (needed,) = api(FILE, "application/json", "upload").operations
    (optional,) = api(FILE, "application/json", "note").operations
    assert (needed.files, optional.files, optional.form) == (("upload",), (), False)


def test_what_is_sent_is_understood_by_others_and_by_ourselves() -> None:
    (operation,) = api({"type": "array", "items": FILE}, "multipart/form-data").operations
    body = {"upload": ['a "b".csv', "é.png"], "note": "one\r\ntwo"}
    sent = call(operation, {}, body, ANONYMOUS.headers)
    message = message_from_bytes(b"Content-Type: " + sent.headers["content-type"].encode() + b"\r\n\r\n" + sent.body)
    first, second, note = (one for one in message.get_payload() if isinstance(one, Message))
    assert (first.get_filename(), first.get_content_type()) == ("a %22b%22.csv", "text/csv")
    assert str(second.get_payload(decode=True)).startswith("b'\\x89PNG")
    assert note.get_payload() == "one\r\ntwo"
    assert parts(operation, sent) == ({}, body)


def test_a_file_that_a_page_may_send_is_left_out_unless_it_is_asked_for() -> None:
    page = '<form method="post" action="/a"><input name="note"><input type="file" name="upload" {}></form>'
    (form,) = forms(page.format(""), "/")
    assert (form.fields["upload"], form.required) == (FILE, ["note"])
    (form,) = forms(page.format("required"), "/")
    assert form.required == ["note", "upload"]


def test_names_of_files_are_plain_but_for_those_that_are_meant() -> None:
    assert uploads.named({"a": ["seatrial 7"], "b": "seatrial 8"}, ("a",), "png") == {
        "a": ["seatrial-7.png"],
        "b": "seatrial 8",
    }
