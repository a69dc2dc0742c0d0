"""The review app: a web server on this machine over one database, its pages rendered on the server."""

from __future__ import annotations

from collections.abc import Collection
from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from stance.records import InputError
from stance.review import exchange, pages, team
from stance.review.context import Context, Nobody, Settings
from stance.review.people import COOKIE, name_of_token
from stance.review.security import LOCAL, Guard
from stance.store import Store

LIMIT = 64 * 1024  # bytes of a request
_STATIC = {"report.css": "stance.report", "review.css": "stance.review", "review.js": "stance.review"}
_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}


def create_app(store: Store, settings: Settings, hosts: Collection[str] = LOCAL) -> FastAPI:
    """The app over an open store; `hosts` are the names by which browsers may call it."""
    app = FastAPI(title="stance review", docs_url=None, redoc_url=None, max_body_size=LIMIT)
    context = Context(store, settings)
    app.state.context = context
    for part in (pages, team, exchange):
        app.include_router(part.router)

    @app.get("/static/{name}", response_class=Response, include_in_schema=False)
    def static(name: str) -> Response:
        if name not in _STATIC:
            raise HTTPException(404)
        body = files(_STATIC[name]).joinpath("assets", name).read_bytes()
        return Response(body, media_type=_KINDS[name.rpartition(".")[2]])

    @app.middleware("http")
    async def take_token(request: Request, call_next: Any) -> Any:
        """A token in the address becomes a cookie, and leaves the address bar."""
        token = request.query_params.get("token")
        if not settings.tokens or token is None or request.method != "GET":
            return await call_next(request)
        with store.read() as connection:
            known = name_of_token(connection, token) is not None
        answer = RedirectResponse("/" if known else "/name", status_code=303)
        if known:
            answer.set_cookie(COOKIE, token, max_age=30 * 86400, httponly=True, samesite="strict")
        return answer

    app.add_middleware(Guard, hosts=hosts)

    @app.exception_handler(Nobody)
    async def ask(request: Request, _error: Nobody) -> Response:
        if request.method == "GET":
            return RedirectResponse("/name", status_code=303)
        return context.page("error.html.j2", None, {"message": "Say first who you are."}, 401)

    @app.exception_handler(InputError)
    async def refuse(_request: Request, error: InputError) -> Response:
        text = str(error)
        return context.page("error.html.j2", None, {"message": text[:1].upper() + text[1:]}, 400)

    @app.exception_handler(RequestValidationError)
    async def misread(_request: Request, error: RequestValidationError) -> Response:
        fields = ", ".join(sorted({str(e["loc"][-1]) for e in error.errors()}))
        message = f"The request cannot be read: look at {fields}."
        return context.page("error.html.j2", None, {"message": message}, 422)

    @app.exception_handler(HTTPException)
    async def missing(_request: Request, error: HTTPException) -> Response:
        message = "There is no such page." if error.status_code == 404 else str(error.detail)
        page = context.page("error.html.j2", None, {"message": message}, error.status_code)
        page.headers.update(error.headers or {})
        return page

    return app
