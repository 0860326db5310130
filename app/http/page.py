"""Routes of the page and of the API's reference: HTML, style sheets, mark, scripts and words."""

from importlib.resources import files
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from app.answering.messages import languages, messages_in
from app.http.access import Served
from kg.documents.language import language_of
from kg.ontology import Domain

router = APIRouter(include_in_schema=False)
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_PARTS = frozenset({"page.css", "page.js", "words.js", "wire.js", "evidence.js", "mark.svg", "docs.js", "docs.css"})
_RECOGNISED = ("en", "zh")
"""Languages of questions that are recognised; a page in another one sends the language to answer in."""


@router.get("/")
async def index() -> Response:
    """The page."""
    return _file("index.html")


@router.get("/docs")
async def docs() -> Response:
    """The API's reference, drawn from ``/openapi.json`` without any file from elsewhere."""
    return _file("docs.html")


@router.get("/page/{name}")
async def part(name: str, app: Served) -> Response:
    """A part of the page."""
    if name == "words.json":
        return JSONResponse(page_words(app.domain), headers={"Cache-Control": "no-cache"})
    if name not in _PARTS:
        raise HTTPException(404, f"no {name}")
    return _file(name)


def page_words(domain: Domain) -> dict[str, Any]:
    """The page's words in every language, with the subject's questions by language and its grades' labels."""
    codes = [*_RECOGNISED, *sorted(languages().difference(_RECOGNISED))]
    told = {code: messages_in(code) for code in codes}
    questions: dict[str, list[str]] = {}
    for question in domain.questions:
        questions.setdefault(language_of(question), []).append(question)
    return {
        "languages": {
            code: {
                "name": words.name,
                "page": {**words.page, **{f"kind_{kind}": name for kind, name in words.kinds.items()}},
                "causes": dict(words.causes),
                "recognised": code in _RECOGNISED,
            }
            for code, words in told.items()
        },
        "questions": questions,
        "grades": {
            id_: {code: grade.label.in_(code) for code in codes} for id_, grade in domain.ontology.grades.items()
        },
    }


def _file(name: str) -> Response:
    text = files("app.http").joinpath("page", name).read_text(encoding="utf-8")
    type_ = _TYPES[name.rsplit(".", 1)[1]]
    return Response(text, media_type=f"{type_}; charset=utf-8", headers={"Cache-Control": "no-cache"})
