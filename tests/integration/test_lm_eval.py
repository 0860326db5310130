"""lm-evaluation-harness measures the service through its OpenAI-compatible endpoint."""

import asyncio
import importlib.util
import json
import os
import sys
from pathlib import Path

import pytest

from tests.integration.serving import served, settings_of

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = [
    {
        "id": "q1",
        "question": "How much more slowly did mice lacking aquaporin-4 clear amyloid-beta?",
        "language": "en",
        "kind": "single_fact",
        "answer": "55 percent more slowly.",
        "answer_facts": ["Mice lacking aquaporin-4 cleared amyloid-beta 55 percent more slowly"],
    },
    {
        "id": "q2",
        "question": "What does semaglutide do to the thickness of the retina?",
        "language": "en",
        "kind": "unanswerable",
        "answer": "Not told.",
        "answer_facts": ["Not told"],
    },
]


@pytest.mark.integration
@pytest.mark.skipif(
    importlib.util.find_spec("lm_eval") is None, reason="lm_eval is not installed: pip install 'jianxi[lm-eval]'"
)
async def test_the_harness_asks_the_endpoint_and_counts_facts_and_refusals(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps(q) + "\n" for q in QUESTIONS), "utf-8")
    async with served(settings_of(tmp_path / "home", chat="extractive"), fill_from=tmp_path) as service:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "lm_eval", "run", "--model", "local-chat-completions"),
            *("--model_args", f"model=jianxi,base_url={service.url}/v1/chat/completions,max_retries=1"),
            *("--apply_chat_template", "--include_path", str(ROOT / "eval" / "lm_eval"), "--tasks", "jianxi_ecs"),
            *("--metadata", json.dumps({"questions": str(file)}), "--output_path", str(tmp_path / "out")),
            cwd=ROOT,
            env={**os.environ, "OPENAI_API_KEY": "none"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            told, _ = await asyncio.wait_for(process.communicate(), 900)
        finally:
            if process.returncode is None:
                process.kill()
    assert process.returncode == 0, told.decode()
    results = json.loads(next((tmp_path / "out").rglob("results_*.json")).read_text("utf-8"))
    figures = results["results"]["jianxi_ecs"]
    assert figures["facts_found,none"] == 1
    assert figures["answered,none"] == 1
    assert figures["refused_rightly,none"] == 1
