"""What the disk refuses is told as what it is."""

import errno
import os
from pathlib import Path

import pytest

from app.bootstrap import build
from app.errors import StateUnavailable
from app.home_folder import writing_in
from app.settings import Settings
from kg.errors import StorageFull, StoreUnavailable
from models.scripted import HashingEmbedder
from retrieval.domain import Query
from tests.contracts.parts import document
from tests.read_only import open_to_all, read_only


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_only_a_full_disk_or_quota_is_a_full_disk(tmp_path: Path, number: int) -> None:
    with pytest.raises(StorageFull, match="no space left"), writing_in(tmp_path):
        raise OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENAMETOOLONG, errno.EIO])
def test_any_other_refusal_names_its_cause_and_the_cure(tmp_path: Path, number: int) -> None:
    told = rf"{tmp_path} cannot be written \({os.strerror(number)}\); see that"
    with pytest.raises(StoreUnavailable, match=told), writing_in(tmp_path):
        raise OSError(number, os.strerror(number))


async def test_a_home_that_may_not_be_written_is_searched_and_what_writes_names_the_cure() -> None:
    with open_to_all() as folder:
        settings, query = Settings(home=folder / "home"), Query("AQP4 endfeet")
        async with build(settings, embedder=HashingEmbedder()) as app:
            await app.store.put([document("a", "AQP4 lies in astrocytic endfeet.")], author="a", reason="r")
            await app.indexes.rebuild()
            await app.retriever.retrieve(query)
            await app.state()
        with read_only(folder):
            async with build(settings, embedder=HashingEmbedder()) as app:
                found = await app.retriever.retrieve(query)
                with pytest.raises(StateUnavailable, match=r"state\.db in the home may not be written .*let this user"):
                    await app.state()
    assert [p.document.id for p in found.passages] == ["a"]
