"""Endpoints of Flask and others, each as the smallest program that shows one idea."""

import pytest

from ways_in import FLASK, endpoints, guarded


@pytest.mark.parametrize(
    "source",
    [
        "app = Flask(__name__)\n@app.route('/a', methods=['POST'])\n@login_required\ndef a(): ...\n",
        "bp = Blueprint('b', __name__)\n@bp.route('/a', methods=['POST'])\ndef a():\n    abort(403)\n",
        (
            "app = Flask(__name__)\nclass A(MethodView):\n    decorators = [login_required]\n    def post(self): ...\n"
            "app.add_url_rule('/a', view_func=A.as_view('a'))\n"
        ),
        (
            "from flask_restful import Api, Resource\napi = Api()\nclass Base(Resource):\n"
            "    decorators = [login_required]\nclass A(Base):\n    def post(self): ...\napi.add_resource(A, '/a')\n"
        ),
        (
            "def create():\n    app = Flask(__name__)\n    @app.route('/a', methods=['POST'])\n"
            "    @login_required\n    def a(): ...\n    return app\n"
        ),
    ],
)
def test_flask_routes_are_guarded_by_decorators_and_abort(source: str) -> None:
    [found] = endpoints({"web.py": FLASK + source})
    assert found.methods == ("POST",)
    assert guarded(found)


def test_what_runs_before_every_request_of_a_blueprint_is_shared() -> None:
    [found] = endpoints(
        {
            "web.py": FLASK
            + "bp = Blueprint('b', __name__, url_prefix='/b')\n@bp.before_request\ndef check():\n    abort(401)\n"
            "@bp.route('/a')\ndef a(): ...\napp = Flask(__name__)\napp.register_blueprint(bp, url_prefix='/v1')\n"
        }
    )
    assert found.path == "/v1/b/a"
    assert [(g.name, g.shared) for g in found.guards] == [("check", True)]


def test_a_check_that_is_handed_to_a_blueprint_is_before_its_routes() -> None:
    made = "from flask import Blueprint\nbp = Blueprint('b', __name__)\n@bp.route('/a')\ndef a(): ...\n"
    app = (
        "from flask import Flask, abort\ndef check():\n    abort(401)\n"
        "def create():\n    from orders import bp\n    app = Flask(__name__)\n"
        "    bp.before_request(check)\n    app.register_blueprint(bp)\n    return app\n"
    )
    [found] = endpoints({"orders.py": made, "web.py": app})
    assert [(g.name, g.shared) for g in found.guards] == [("check", True)]


def test_a_blueprint_that_a_function_makes_hangs_where_it_is_registered() -> None:
    made = (
        "from flask import Blueprint\ndef make():\n    bp = Blueprint('b', __name__)\n"
        "    @bp.route('/a')\n    def a(): ...\n    return bp\n"
    )
    app = (
        "import orders\nfrom flask import Flask, abort\ndef create():\n    app = Flask(__name__)\n"
        "    @app.before_request\n    def check():\n        abort(401)\n"
        "    app.register_blueprint(orders.make(), url_prefix='/v1')\n    return app\n"
    )
    [found] = endpoints({"orders.py": made, "web.py": app})
    assert found.path == "/v1/a"
    assert [(g.name, g.shared) for g in found.guards] == [("check", True)]


@pytest.mark.parametrize(
    ("keyword", "expected"),
    [
        ("permission='admin'", True),
        ("permission=Permissions.Admin", True),
        ("permission=None", False),
        ("renderer='json'", False),
    ],
)
def test_a_keyword_of_a_registration_may_ask_for_a_permission(keyword: str, expected: bool) -> None:  # noqa: FBT001 - given by name above
    source = f"from pyramid.view import view_config\n@view_config(route_name='a', {keyword})\ndef a(request): ...\n"
    [found] = endpoints({"web.py": source})
    assert guarded(found) is expected


def test_code_of_tests_has_no_endpoints() -> None:
    source = "from unittest.mock import patch\n@patch('shop.api.get')\ndef test_a(get): ...\n"
    assert endpoints({"tests/test_a.py": source, "a.py": source}) == []
