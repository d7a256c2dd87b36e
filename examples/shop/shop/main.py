"""The application: routers, error handling and start-up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from shop.api import admin, auth, coupons, orders, payments, products, reports, users
from shop.core.database import create_tables
from shop.core.errors import ShopError


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


for module in (auth, users, products, orders, coupons, payments, reports, admin):
    app.include_router(module.router)
app.include_router(admin.health_router)
