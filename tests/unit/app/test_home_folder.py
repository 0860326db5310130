"""What the disk refuses is told as what it is."""

import errno
import os
from pathlib import Path

import pytest

from app.home_folder import writing_in
from kg.errors import StorageFull, StoreUnavailable


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_only_a_full_disk_or_quota_is_a_full_disk(tmp_path: Path, number: int) -> None:
    with pytest.raises(StorageFull, match="no space left"), writing_in(tmp_path):
        raise OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENAMETOOLONG, errno.EIO])
def test_any_other_refusal_names_its_cause_and_the_cure(tmp_path: Path, number: int) -> None:
    told = rf"{tmp_path} cannot be written \({os.strerror(number)}\); see that"
    with pytest.raises(StoreUnavailable, match=told), writing_in(tmp_path):
        raise OSError(number, os.strerror(number))
