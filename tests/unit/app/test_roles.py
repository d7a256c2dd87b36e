import pytest

from seatrial.app.roles import classifier, template_top, vendored_top
from seatrial.model.source import Role


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("shop/orders.py", Role.CODE),
        ("shop/contest.py", Role.CODE),
        ("shop/latest.py", Role.CODE),
        ("tests/helpers.py", Role.TEST),
        ("shop/tests/factories.py", Role.TEST),
        ("shop/tests.py", Role.TEST),
        ("integration_tests/api.py", Role.TEST),
        ("cypress/e2e/server.py", Role.TEST),
        ("shop/test_orders.py", Role.TEST),
        ("shop/orders_test.py", Role.TEST),
        ("conftest.py", Role.TEST),
        ("web/src/cart.test.ts", Role.TEST),
        ("shop/migrations/0001_initial.py", Role.MIGRATION),
        ("shop/db_migrations/0002_more.py", Role.MIGRATION),
        ("shop/db_migrations/orders/0003_fewer.py", Role.MIGRATION),
        ("shop/db_migrations/runner.py", Role.CODE),
        ("unittests/scans/report.json", Role.TEST),
        ("alembic/versions/3f2a_add_orders.py", Role.MIGRATION),
        ("django/db/migrations/executor.py", Role.CODE),
        ("examples/hello.py", Role.EXAMPLE),
        ("docs/conf.py", Role.EXAMPLE),
        ("demo/app.py", Role.EXAMPLE),
        ("shop/demo/app.py", Role.CODE),
        ("proto/orders_pb2.py", Role.GENERATED),
    ],
)
def test_the_path_tells_what_a_file_is_for(path: str, role: Role) -> None:
    assert classifier([path])(path) is role


def test_a_folder_called_test_is_test_code_only_if_it_holds_tests() -> None:
    library = ["framework/test/client.py", "framework/test/runner.py"]
    suite = ["test/helpers.py", "test/unit/test_client.py"]
    role = classifier(library + suite)
    assert [role(path) for path in library] == [Role.CODE, Role.CODE]
    assert [role(path) for path in suite] == [Role.TEST, Role.TEST]


@pytest.mark.parametrize(
    ("path", "top"),
    [
        ("shop/_vendor/six.py", "shop/_vendor"),
        ("node_modules/a/node_modules/b/c.py", "node_modules"),
        ("env/lib/python3.11/site-packages/x.py", "env"),
        ("vendor.py", ""),
        ("shop/vendoring/a.py", ""),
    ],
)
def test_the_outermost_vendored_folder_is_named(path: str, top: str) -> None:
    assert vendored_top(path, {"env"}) == top


@pytest.mark.parametrize(
    ("path", "top"),
    [
        ("new/{{cookiecutter.slug}}/app/main.py", "new/{{cookiecutter.slug}}"),
        ("new/{{ name }}_shop/main.py", "new/{{ name }}_shop"),
        ("{% if web %}web{% endif %}/a.py", "{% if web %}web{% endif %}"),
        ("shop/{{name}}.py", "shop/{{name}}.py"),
        ("shop/{name}/main.py", ""),
    ],
)
def test_what_is_filled_in_later_is_a_template(path: str, top: str) -> None:
    assert template_top(path) == top
