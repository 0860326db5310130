"""What the service refuses or bounds, so that one caller cannot stop it for the others."""

import asyncio

import pytest

from tests.e2e.conftest import Service


@pytest.mark.parametrize("unit", ["1", " 1", "[", "*a ", "一亿", "("])
async def test_a_question_of_one_repeated_sign_ends(service: Service, unit: str) -> None:
    question = (unit * 2000)[:1998] + "个"

    async with asyncio.timeout(20):
        told = await service.client.post("/v1/answers", json={"question": question})

    assert told.status_code == 200
    assert "event: done" in told.text or "event: error" in told.text
