"""Programs of pages and forms are tried as those that speak JSON: their forms tell what they take."""

from collections.abc import Callable, Sequence

import pytest

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Application, Call, Sent
from seatrial.trials import access, edge, growth, race
from seatrial.trials.api import Api
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.forms import Form, forms, learn

FAULTY, SOUND = "lost,open,owner,per-row", ""
PAGE = """
<form action="/search"><input name="q"></form>
<form method="POST" action="/tags/?next=%2F#new">
  <input type="hidden" name="csrfmiddlewaretoken" value="abc"><input type="hidden" name="board" value="7">
  <input name="title" required maxlength="30"><input type="number" name="rank" min="1" max="5">
  <input type="checkbox" name="is_open" value="1"><input type="datetime-local" name="due">
  <select name="color"><option value="">choose</option><option value="red">Red</option></select>
  <input type="file" name="picture"><input name="never" disabled>
  <button type="submit" name="save">Save</button><button name="delete" value="1">Delete</button>
</form>
<form method="post" action="https://elsewhere.example/pay"><input name="card"></form>
"""


def proven(claims: Sequence[object]) -> set[tuple[str, str]]:
    found = (claim for claim in claims if isinstance(claim, Claim) and claim.outcome is Outcome.PROVEN)
    return {(claim.operation, claim.rules[0]) for claim in found}


def test_a_form_tells_what_is_sent_with_it() -> None:
    (form,) = forms(PAGE, "/boards/7")
    assert form == Form(
        "/tags/",
        {
            "board": {"type": "string", "enum": ["7"]},
            "title": {"type": "string", "maxLength": 30},
            "rank": {"type": "integer", "minimum": 1.0, "maximum": 5.0},
            "is_open": {"type": "string", "enum": ["1"]},
            "due": {"type": "string", "format": "local"},
            "color": {"type": "string", "enum": ["red"]},
            "picture": {"type": "string", "format": "binary"},
            "save": {"type": "string", "maxLength": 0},
        },
        ["board", "title", "rank", "due", "color", "save"],
    )


class Shown(Application):
    """A program that has nothing but one page."""

    def __init__(self, page: str) -> None:
        self._page = page

    def call(self, call: Call, *, watched: bool = True) -> Answer:
        """The page, whatever is asked for."""
        assert (call.method, watched) == ("GET", False)
        return Answer(200, {"content-type": "text/html"}, self._page.encode(), 0.0)


LOGIN, WRITE = Sent("/login?next=%2F", ("user", "password")), Sent("/new", ("text",))


@pytest.mark.parametrize(
    ("sent", "status", "told", "is_ok", "is_denied"),
    [
        (WRITE, 302, "/notes/3", True, False),
        (WRITE, 302, "/new", True, False),
        (WRITE, 302, "/accounts/login/?next=/new", False, True),
        (WRITE, 200, '<form><input name="text"></form>', False, False),
        (WRITE, 200, "<p>thanks</p>", True, False),
        (LOGIN, 302, "/", True, False),
        (LOGIN, 302, "/login", False, False),
        (LOGIN, 200, '<input name="user"><input name=password>', False, False),
        (Sent("/join", ("user", "password")), 302, "/login", True, False),
        (Sent("/notes/3/toast", ()), 302, "/", True, False),
        (None, 302, "/login", False, True),
        (None, 302, "/notes", False, False),
        (None, 403, "", False, True),
    ],
)
def test_what_a_browser_is_told_is_understood(
    sent: Sent | None, status: int, told: str, *, is_ok: bool, is_denied: bool
) -> None:
    headers = {"location": told} if status == 302 else {"content-type": "text/html"}
    answer = Answer(status, headers, told.encode(), 0.0, sent=sent)
    assert (answer.ok, answer.is_denied) == (is_ok, is_denied)


def test_a_form_is_that_of_its_own_address_alone() -> None:
    operations: dict[str, dict[str, object]] = {"/": {"get": {}}, "/notes/": {"get": {}, "post": {}}}
    api = Api({"servers": [{"url": "/v1"}], "paths": operations})
    learn(
        api, Shown('<form method="post" action="/v1/notes/"><input name="text"></form>'), [Call(method="GET", path="/")]
    )
    told = {one.name: list(one.fields) for one in api.operations}
    assert told == {"GET /v1/": [], "GET /v1/notes/": [], "POST /v1/notes/": ["text"]}


def test_users_come_in_by_the_forms(tavern: Callable[[str], Bench]) -> None:
    bench = tavern(SOUND)
    assert bench.cast.known
    assert bench.cast.alice.table == "guests"
    assert set(bench.refusals) == {"POST /login"}
    assert "GET /logout" in bench.emptying


def test_faults_behind_forms_are_proven(tavern: Callable[[str], Bench]) -> None:
    faulty = tavern(FAULTY)
    assert ("POST /notes/{note_id}/toast", "lost-update") in proven(list(race.claims(faulty)))
    assert proven(list(access.claims(faulty))) == {
        ("GET /notes/{note_id}", "unchecked-owner"),
        ("POST /notes/{note_id}", "unchecked-owner"),
        ("POST /notes/{note_id}/strike", "unguarded-endpoint"),
    }
    assert ("GET /", "query-in-loop") in proven(list(growth.of_lines(faulty)))


def test_nothing_is_proven_of_sound_forms(tavern: Callable[[str], Bench]) -> None:
    sound = tavern(SOUND)
    claims = [*race.claims(sound), *access.claims(sound), *growth.of_lines(sound), *edge.claims(sound)]
    assert proven(claims) == set()


def test_a_page_tells_the_names_of_json_that_is_taken_whole() -> None:
    whole = {"requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {}}}}}}
    api = Api({"paths": {"/": {"get": {}}, "/login": {"post": whole}}})
    learn(api, Shown('<form method="post" action="/login"><input name="user"></form>'), [Call(method="GET", path="/")])
    told = {one.name: (list(one.fields), one.form) for one in api.operations}
    assert told["POST /login"] == (["user"], False)
