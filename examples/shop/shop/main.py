"""The application: routers, error handling and start-up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from shop.api import admin, orders, payments, products, reports, users
from shop.database import create_tables
from shop.errors import ShopError


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Create missing tables before the first request."""
    create_tables()
    yield


app = FastAPI(title="Shop", version="0.4.0", lifespan=lifespan)


@app.exception_handler(ShopError)
def handle_shop_error(_: Request, error: ShopError) -> JSONResponse:
    """Answer an expected error with its status code."""
    return JSONResponse(status_code=error.status_code, content={"detail": str(error)})


for module in (users, products, orders, payments, reports, admin):
    app.include_router(module.router)
for router in (users.auth_router, admin.coupon_router, admin.health_router):
    app.include_router(router)
