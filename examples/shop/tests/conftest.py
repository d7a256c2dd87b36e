"""Fixtures: an application on a fresh SQLite file and a gateway on loopback."""

import os
import socket
import tempfile
import threading
import time

import pytest

_folder = tempfile.TemporaryDirectory(prefix="shop-tests-")
_socket = socket.socket()
_socket.bind(("127.0.0.1", 0))
_gateway = f"http://127.0.0.1:{_socket.getsockname()[1]}"
os.environ.update(
    DATABASE_URL=f"sqlite:///{_folder.name}/test.db",
    VAR_DIR=_folder.name,
    PAYMENTS_URL=_gateway,
    SUPPLIER_URL=_gateway,
)


@pytest.fixture(scope="session", autouse=True)
def gateway():
    """Run the fake gateway in a thread."""
    import uvicorn

    from tools.fake_gateway import app

    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [_socket]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield _gateway
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def client(gateway):
    """A client of the running application, with an administrator in the database."""
    from fastapi.testclient import TestClient

    from shop.database import SessionLocal
    from shop.main import app
    from shop.seed import seed_admin

    with TestClient(app) as test_client:
        with SessionLocal() as db:
            seed_admin(db)
        yield test_client


@pytest.fixture(scope="session")
def admin(client):
    """Headers of the administrator."""
    from shop.config import ADMIN_EMAIL, ADMIN_PASSWORD

    answer = client.post("/auth/login", json={"email": ADMIN_EMAIL, "password": ADMIN_PASSWORD})
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@pytest.fixture
def register(client):
    """A function that registers a customer and returns the headers."""
    counter = iter(range(1_000))

    def _register(prefix: str) -> dict[str, str]:
        email = f"{prefix}{next(counter)}@shop.example"
        client.post("/auth/register", json={"email": email, "name": prefix, "password": "long enough"})
        answer = client.post("/auth/login", json={"email": email, "password": "long enough"})
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return _register


@pytest.fixture
def product(client, admin):
    """A function that creates a product."""

    def _product(sku: str, stock: int = 10, price_cents: int = 1_000) -> dict:
        body = {"sku": sku, "name": f"Thing {sku}", "price_cents": price_cents, "stock": stock}
        return client.post("/products", json=body, headers=admin).json()

    return _product
