from pathlib import Path

import pytest

from eval.bench.kills import Inputs, measure
from tests.integration.inputs import sample_tables, write_papers

pytestmark = pytest.mark.integration
QUERIES = (
    "aquaporin-4 and sleep in the extracellular space",
    "当归 脑细胞外间隙",
    "electroacupuncture of the hippocampus",
)


async def test_what_was_killed_at_random_moments_goes_on_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    tables = sample_tables()
    papers = write_papers(tmp_path / "papers", files=40, records=2)
    inputs = Inputs(papers, tables, str(tables / "mapping.yaml"), QUERIES)
    result = await measure(inputs, tmp_path, kills=8, seed=11, per_home=2)
    assert result.flaws == []
    assert result.kills == 8
    seen = result.services
    assert len(seen.ready_s) == seen.kills >= 4
    assert max(seen.ready_s) <= 30
    assert seen.acknowledged > 0
    assert sum(seen.exchanges.values()) == seen.kills // 2
    assert result.documents == 80
    assert result.relations > 400
