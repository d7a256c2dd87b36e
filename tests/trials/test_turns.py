"""Suspects come first, then one operation of each handler, then the others of each."""

from build import finding
from seatrial.model.finding import Place
from seatrial.model.route import Lead, Route
from seatrial.trials.api import Api
from seatrial.trials.turns import turns

ALL = ("DELETE", "GET", "PATCH", "POST", "PUT")
API = Api(
    {
        "paths": {
            f"/{name}{place}/": {
                method: {"parameters": [{"name": "id", "in": "path"}] if place else []} for method in methods
            }
            for name in ("notes", "tags")
            for place, methods in (("", ("get", "post")), ("/{id}", ("get", "put", "patch", "delete")))
        }
        | {"/health": {"get": {}}}
    }
)


def route(name: str) -> Route:
    return Route(f"/{name}", ALL, Place("views.py", 1, 1), f"{name.title()}View")


def test_the_first_of_each_view_class_comes_before_the_second_of_any() -> None:
    found = turns(API.operations, [route("notes"), route("tags")], [])
    assert sorted(name for name, turn in found.items() if turn == 1) == [
        "GET /health",
        "GET /notes/",
        "GET /tags/",
        "POST /notes/",
        "POST /tags/",
    ]
    assert [found[f"{method} /notes/{{id}}/"] for method in ("GET", "PUT", "PATCH", "DELETE")] == [2, 2, 3, 4]


def test_what_the_audit_suspects_comes_first() -> None:
    suspect = finding(path="views.py", symbol="TagsView.create")
    found = turns(API.operations, [route("notes"), route("tags")], [suspect])
    assert {name for name, turn in found.items() if turn == 0} == {name for name in found if "/tags/" in name}


def test_so_does_what_leads_to_a_suspect() -> None:
    suspect, other = finding(path="catalog.py", symbol="rename"), finding(path="catalog.py", symbol="count")
    leads = [Lead(suspect.fingerprint, "views.py", "NotesView"), Lead("of another trial", "views.py", "TagsView")]
    leads.append(Lead(suspect.fingerprint, "views.py", "TagsView", is_behind=True))
    found = turns(API.operations, [route("notes"), route("tags")], [suspect, other], leads)
    assert {name for name, turn in found.items() if turn == 0} == {name for name in found if "/notes/" in name}
