"""Endpoints that only administrators reach, and the tables that only they fill."""

import pytest

from seatrial.program.endpoints import lexicon
from seatrial.testing import program_of
from ways_in import FLASK, endpoints

GUARDS = (
    "def admins_only(view):\n    def checked(*a):\n        if not is_admin():\n            abort(403)\n"
    "        return view(*a)\n    return checked\n"
    "def require(role):\n    def around(view):\n        def checked(*a):\n            check_role(role)\n"
    "            return view(*a)\n        return checked\n    return around\n"
)


@pytest.mark.parametrize(
    "name", ["admins_only", "staff_member_required", "IsAdminUser", "require_admin", "SuperuserMixin"]
)
def test_names_of_guards_that_admit_only_administrators(name: str) -> None:
    assert lexicon.speaks_of_admins(name)


@pytest.mark.parametrize("name", ["login_required", "IsAdminOrReadOnly", "require_team_admin", "is_owner_or_admin"])
def test_names_of_guards_that_admit_others_too(name: str) -> None:
    assert not lexicon.speaks_of_admins(name)


@pytest.mark.parametrize(
    ("guard", "only"), [("admins_only", True), ("require('admin')", True), ("require('editor')", False)]
)
def test_a_guard_before_the_handler_makes_it_an_endpoint_for_administrators(guard: str, *, only: bool) -> None:
    source = FLASK + GUARDS + f"app = Flask(__name__)\n@app.route('/a')\n@{guard}\ndef a(): ...\n"
    [found] = endpoints({"web.py": source})
    assert found.is_for_admins is only


TABLE = (
    "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"
    "class Tag(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
    "app = Flask(__name__)\n@app.post('/a')\n@admins_only\ndef a():\n    db.session.add(Tag())\n"
)


@pytest.mark.parametrize(
    ("beside", "kept"),
    [
        ("", {"web.Tag"}),
        ("@app.post('/b')\ndef b():\n    db.session.add(Tag())\n", set()),
        ("def unseen():\n    db.session.add(Tag())\n", set()),
    ],
)
def test_a_table_is_kept_when_rows_are_added_for_administrators_alone(beside: str, kept: set[str]) -> None:
    program = program_of({"web.py": FLASK + GUARDS + TABLE + beside})
    assert program.kept_tables == kept
