"""The page in a real browser, against the real service."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.bootstrap import build
from app.settings import Settings
from app.state.domain import Role
from kg.tables.mapping import load_mapping
from kg.tables.table_import import import_tables
from tests.browser import Browser, browser, chromium
from tests.e2e.conftest import Service, free_port, served, service
from tests.integration.inputs import sample_folder, sample_tables

__all__ = ["service"]

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(chromium() is None, reason="no Chromium on the path; on Debian: apt-get install chromium"),
]

ENGLISH = "How much more slowly did mice lacking aquaporin-4 clear amyloid-beta?"
CHINESE = "睡眠时脑细胞外间隙的容积分数怎样变化？"
DONE = "document.querySelector('.turn .badge, .turn .error') && document.getElementById('submit').disabled === false"
LATEST = "document.querySelector('.turn')"
PICTURE = Path(__file__).parents[2] / "docs" / "answer.png"
WRITES_PICTURES = os.environ.get("JIANXI_WRITE_PICTURES") == "1"


@pytest.fixture
async def page(service: Service) -> AsyncIterator[Browser]:
    async with browser(language="en") as opened:
        await opened.open(f"{service.url}/")
        await opened.until("document.getElementById('submit').innerText === 'Ask'")
        yield opened


@pytest.fixture
async def sample_page(tmp_path: Path) -> AsyncIterator[Browser]:
    """The page of a service that holds the sample, with the bundled embedder and the extractive model."""
    settings = Settings(home=tmp_path / "home", chat="extractive", port=free_port())
    async with build(settings) as app:
        mapping = load_mapping(sample_tables() / "mapping.yaml")
        await import_tables(app.store, sample_tables(), mapping, app.domain.ontology, author="a test")
        jobs = await app.open_jobs()
        await jobs.start("a test")
        job = await jobs.finished(await jobs.submit([sample_folder() / "documents"]))
        assert job.status == "succeeded", job
        async with served(settings, app) as url, browser(language="en") as opened:
            await opened.open(f"{url}/")
            await opened.until("document.getElementById('submit').innerText === 'Ask'")
            yield opened


async def ask(page: Browser, question: str) -> str:
    await page.evaluate("document.getElementById('question').focus()")
    await page.type(question)
    await page.press("Enter")
    await page.until(f"{LATEST}?.querySelector('h2').innerText === {question!r} && {DONE}")
    return await page.text(".turn")


async def test_questions_in_both_languages_are_answered_with_marks(page: Browser) -> None:
    shown = await ask(page, ENGLISH)
    assert "55 percent more slowly" in shown
    assert "[1]" in shown
    assert await page.text(".turn .made") == "quotes"
    assert "14%增加到23%" in await ask(page, CHINESE)
    marks = f"[...{LATEST}.querySelectorAll('.answer .mark')].map((m) => m.innerText)"
    assert await page.evaluate(marks)
    assert page.complaints == []


async def test_a_mark_opens_its_passage_with_source_and_quote_and_escape_closes_it(page: Browser) -> None:
    await ask(page, ENGLISH)
    await page.click(".turn .answer .mark")
    await page.until("document.querySelector('#passage .links').innerText.includes('PMID 1')")
    assert await page.text("#passage h2") == "Aquaporin-4 and clearance"
    assert "2012" in await page.text("#passage .source")
    quote = await page.text("#passage mark")
    assert quote in await page.text("#passage blockquote")
    assert quote.endswith(".")
    await page.press("Escape")
    assert await page.evaluate("document.getElementById('passage').hidden")
    assert await page.evaluate("document.activeElement.matches('.turn .answer .mark')")


async def test_facts_of_the_graph_open_with_their_source(page: Browser) -> None:
    shown = await ask(page, "丹参含有哪些化合物？")
    assert "丹参酮IIA" in shown
    assert await page.text(".turn .made") == "knowledge graph"
    await page.click(".turn .evidence .title")
    assert "药典" in await page.text("#passage .source")


async def test_markup_in_a_document_is_shown_as_text(service: Service, page: Browser, tmp_path: Path) -> None:
    told = (
        'Zorbitol <img src="x" onerror="window.ran = 1"><script>window.ran = 1</script> widens the perivascular space.'
    )
    file = tmp_path / "zorbitol.txt"
    file.write_text(f"Zorbitol and the perivascular space\n\n{told}\n")
    jobs = await service.app.open_jobs()
    assert (await jobs.finished(await jobs.submit([file]))).status == "succeeded"
    shown = await ask(page, "Which space does Zorbitol widen?")
    assert "Zorbitol" in shown
    await page.click(".turn .answer .mark, .turn .evidence .title")
    await page.until("document.querySelector('#passage blockquote').innerText.includes('<script>')")
    assert await page.evaluate(
        "window.ran === undefined && !document.querySelector('#turns img, #turns script, aside img')"
    )


async def test_the_language_of_the_page_is_switched_and_remembered(service: Service, page: Browser) -> None:
    await ask(page, ENGLISH)
    await page.click("#language")
    assert await page.text("#submit") == "提问"
    assert "有帮助" in await page.text(".turn .feedback")
    assert await page.evaluate("document.documentElement.lang") == "zh"
    await page.open(f"{service.url}/?again")
    await page.until("document.getElementById('submit').innerText === '提问'")


async def test_feedback_reaches_the_service(service: Service, page: Browser) -> None:
    await ask(page, ENGLISH)
    await page.click(".feedback button:nth-of-type(2)")
    await page.type("it was 35 percent")
    await page.press("Enter")
    await page.until("document.querySelector('.feedback').innerText.includes('Thank you')")
    (entry,) = await (await service.app.state()).feedback.recent(after=0, limit=10)
    assert (entry.kind.value, entry.comment) == ("wrong_fact", "it was 35 percent")


async def test_a_cut_stream_is_taken_up_where_it_ended(page: Browser) -> None:
    await page.evaluate(
        """{ const real = window.fetch;
        window.fetch = async (...given) => {
          const response = await real(...given);
          if (given[0] !== "/v1/answers") return response;
          const { value } = await response.body.getReader().read();
          return new Response(value.slice(0, -9), { headers: response.headers });
        }; }"""
    )
    assert "55 percent more slowly" in await ask(page, ENGLISH)
    sentences = await page.evaluate(f"[...{LATEST}.querySelectorAll('.sentence')].map((s) => s.innerText)")
    assert len(sentences) == len(set(sentences)) > 0


async def test_a_refused_question_says_why(page: Browser) -> None:
    await ask(page, ("why " * 600).strip())
    assert "2000" in await page.text(".turn .error")


async def test_a_service_with_keys_asks_for_one(service: Service, page: Browser) -> None:
    made = await (await service.app.state()).keys.create("a reader", Role.READER)
    await page.type(ENGLISH)
    await page.press("Enter")
    await page.until("document.getElementById('keys').open")
    await page.type(made.secret)
    await page.press("Enter")
    await page.until(DONE)
    assert "55 percent" in await page.text(".turn")


async def test_nothing_is_wider_than_a_phone(page: Browser) -> None:
    await page.look(360, 740)
    await ask(page, ENGLISH)
    await page.click(".turn .answer .mark")
    await page.until("document.querySelector('#passage mark') !== null")
    assert await page.evaluate("document.documentElement.scrollWidth <= 360")


async def test_the_sample_is_answered_as_the_picture_of_the_readme_shows(sample_page: Browser) -> None:
    """With JIANXI_WRITE_PICTURES=1 the picture is taken anew."""
    await sample_page.look(1280, 1000)
    await ask(
        sample_page, "How do the volume fraction and tortuosity of the brain extracellular space change during sleep?"
    )
    herbs = await ask(sample_page, "补阳还五汤由哪些中药组成？")
    marks = "[...document.querySelectorAll('.turn')].map((t) => t.querySelectorAll('.answer .mark').length)"
    graph, text = await sample_page.evaluate(marks)
    assert graph == 7
    assert "[7]" in herbs
    assert text >= 1
    await sample_page.click(".turn:nth-of-type(2) .answer .mark:not([title^='Knowledge graph'])")
    await sample_page.until("document.querySelector('#passage mark') !== null")
    assert await sample_page.text("#passage mark") in await sample_page.text("#passage blockquote")
    if WRITES_PICTURES:
        await sample_page.evaluate("window.scrollTo(0, 0)")
        await sample_page.picture(PICTURE)
