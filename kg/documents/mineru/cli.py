"""PDF by MinerU's command on this machine."""

import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from kg.documents.mineru.api import MineruUnavailable
from kg.documents.mineru.content_list import document_of
from kg.errors import DamagedDocument, OversizedDocument
from kg.protocols import ParseLimits, ParseResult


class MineruCli:
    """Runs ``mineru-kit parse`` (version 4), or ``mineru`` (version 3), and reads the content list it leaves."""

    identity = "mineru cli"

    def reads(self, path: Path, head: bytes) -> bool:
        """PDF, by the signature."""
        return b"%PDF-" in head[:1024]

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises MineruUnavailable where the command is missing, DamagedDocument where it fails."""
        with tempfile.TemporaryDirectory(prefix="mineru-") as folder:
            command = _command(path, Path(folder))
            try:
                done = subprocess.run(  # noqa: S603 - a fixed command; the path is one argument
                    command, capture_output=True, timeout=limits.timeout_s, check=False
                )
            except subprocess.TimeoutExpired as error:
                raise OversizedDocument(
                    str(path), f"MinerU took more than {limits.timeout_s:g} s", "raise JIANXI_LIMIT_TIMEOUT_S"
                ) from error
            lists = sorted(Path(folder).rglob("*content_list.json"))
            if done.returncode or not lists:
                told = done.stderr.decode("utf-8", errors="replace").strip().splitlines()[-1:] or ["no message"]
                how = signal.Signals(-done.returncode).name if done.returncode < 0 else f"exit {done.returncode}"
                raise DamagedDocument(str(path), f"MinerU failed on it ({how}: {told[0][:300]})")
            content = lists[0].read_text(encoding="utf-8")
        return ParseResult((document_of(path, path.read_bytes(), content, parser=self.identity),))


def command() -> str:
    """The command that is installed, of version 4 before version 3; raises MineruUnavailable."""
    found = shutil.which("mineru-kit") or shutil.which("mineru")
    if found is None:
        raise MineruUnavailable(
            "neither mineru-kit nor mineru is on the PATH; install MinerU (pip install mineru) or set "
            "JIANXI_PARSER=auto"
        )
    return found


def _command(path: Path, folder: Path) -> list[str]:
    found = command()
    if Path(found).name.startswith("mineru-kit"):
        return [found, "parse", str(path.resolve()), "-o", str(folder), "--format", "content_list"]
    return [found, "-p", str(path.resolve()), "-o", str(folder)]
