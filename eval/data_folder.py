"""Where the evaluation data lies."""

from pathlib import Path

from app.settings import Settings
from eval.errors import MissingData


def data_folder(given: Path | None = None) -> Path:
    """What an option gave, or the folder of evaluation data; raises MissingData."""
    folder = given or Settings().shared_data
    if folder is None:
        raise MissingData("set JIANXI_SHARED_DATA to the folder of evaluation data (eval/README.md)")
    return folder
