"""The reference of the API in a real browser."""

import pytest

from tests.browser import browser, chromium
from tests.e2e.conftest import Service, service

__all__ = ["service"]

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(chromium() is None, reason="no Chromium on the path; on Debian: apt-get install chromium"),
]


async def test_every_route_is_listed_with_a_command_to_copy(service: Service) -> None:
    async with browser(language="en") as page:
        await page.open(f"{service.url}/docs")
        await page.until("document.querySelectorAll('details').length > 20")
        shown = await page.evaluate("document.getElementById('routes').textContent")
        assert f"curl -X POST '{service.url}/v1/search'" in str(shown)
        assert page.complaints == []
