"""Endpoints of what extends a framework, each as the smallest program that shows one idea."""

import pytest

from ways_in import endpoints, guarded

OPEN = {
    "an input of APIFlask": """
from apiflask import APIBlueprint, APIFlask, Schema
app = APIFlask(__name__)
orders = APIBlueprint("orders", __name__)
@orders.post("/a")
@orders.input(Schema)
@orders.output(Schema)
def a(json_data): ...
app.register_blueprint(orders, url_prefix="/b")
""",
    "a blueprint of OpenAPI": """
from flask_openapi3 import APIBlueprint, OpenAPI
app = OpenAPI(__name__)
orders = APIBlueprint("orders", __name__, url_prefix="/b")
@orders.post("/a")
def a(body): ...
app.register_api(orders)
""",
    "a view of Smorest": """
from flask import Flask
from flask.views import MethodView
from flask_smorest import Api, Blueprint
orders = Blueprint("orders", __name__, url_prefix="/b")
@orders.route("/a")
class A(MethodView):
    @orders.arguments(dict)
    @orders.response(200)
    def post(self, args): ...
Api(Flask(__name__)).register_blueprint(orders)
""",
    "a limit of requests": """
from flask import Flask
from flask_limiter import Limiter
app = Flask(__name__)
limiter = Limiter(app=app)
@app.post("/b/a")
@limiter.limit("1/second")
def a(): ...
""",
    "a controller of Ninja": """
from ninja_extra import api_controller, http_post
@api_controller("/b")
class A:
    @http_post("/b/a")
    def a(self): ...
""",
}
GUARDED = {
    "authentication of APIFlask": """
from apiflask import APIFlask, HTTPTokenAuth
app = APIFlask(__name__)
@app.post("/b/a")
@app.auth_required(HTTPTokenAuth())
def a(): ...
""",
    "access of AppBuilder": """
from flask_appbuilder import BaseView, expose, has_access
class A(BaseView):
    @expose("/b/a", methods=["POST"])
    @has_access
    def a(self): ...
""",
    "a controller of Ninja": """
from ninja_extra import ControllerBase, api_controller, route
from ninja_jwt.authentication import JWTAuth
@api_controller("/b", auth=JWTAuth())
class A(ControllerBase):
    @route.post("/b/a")
    def a(self): ...
""",
    **{
        f"{check} of Security": f"""
from flask import Flask
from flask_security import {check}
app = Flask(__name__)
@app.post("/b/a")
@{check}("admin")
def a(): ...
"""
        for check in ("auth_required", "roles_accepted", "permissions_required")
    },
}


@pytest.mark.parametrize("source", OPEN.values(), ids=OPEN)
def test_what_extends_a_framework_has_endpoints(source: str) -> None:
    [found] = endpoints({"web.py": source})
    assert (found.path, found.methods) == ("/b/a", ("POST",))
    assert not guarded(found)


@pytest.mark.parametrize("source", GUARDED.values(), ids=GUARDED)
def test_what_extends_a_framework_turns_callers_away(source: str) -> None:
    [found] = endpoints({"web.py": source})
    assert (found.path, found.methods) == ("/b/a", ("POST",))
    assert guarded(found)
