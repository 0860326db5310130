"""Routes of the page: its HTML, style sheet, mark and scripts."""

from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_PARTS = frozenset({"page.css", "page.js", "words.js", "wire.js", "evidence.js", "mark.svg"})


@router.get("/")
async def index() -> Response:
    """The page."""
    return _file("index.html")


@router.get("/page/{name}")
async def part(name: str) -> Response:
    """A part of the page."""
    if name not in _PARTS:
        raise HTTPException(404, f"no {name}")
    return _file(name)


def _file(name: str) -> Response:
    text = files("app.http").joinpath("page", name).read_text(encoding="utf-8")
    type_ = _TYPES[name.rsplit(".", 1)[1]]
    return Response(text, media_type=f"{type_}; charset=utf-8", headers={"Cache-Control": "no-cache"})
