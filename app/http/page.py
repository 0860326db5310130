"""Routes of the page: one HTML file, one style sheet, one script."""

from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)
_TYPES = {"index.html": "text/html", "page.css": "text/css", "page.js": "text/javascript"}


@router.get("/")
async def index() -> Response:
    """The page."""
    return _file("index.html")


@router.get("/page/{name}")
async def part(name: str) -> Response:
    """A part of the page."""
    return _file(name)


def _file(name: str) -> Response:
    if name not in _TYPES:
        raise HTTPException(404, f"no {name}")
    text = files("app.http").joinpath("page", name).read_text(encoding="utf-8")
    return Response(text, media_type=f"{_TYPES[name]}; charset=utf-8", headers={"Cache-Control": "no-cache"})
