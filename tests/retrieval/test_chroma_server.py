from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.retrieval import load_corpus, open_index
from coach.retrieval.index import nearest
from tests.retrieval.counting_embedder import CountingEmbedder
from tests.retrieval.test_index import MOMENTS, grown, results_of_two_processes
from tests.retrieval.tiny_corpus import COMPANY, TinyCorpus

START_SECONDS = 30


@pytest.fixture(scope="module")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Chroma server on a free port of the loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("chroma")
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--host", "127.0.0.1"]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                urllib.request.urlopen(f"{url}/api/v2/heartbeat", timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, (folder / "server.log").read_text()
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def test_a_server_gives_what_a_folder_gives(tiny: TinyCorpus, server_url: str, tmp_path: Path) -> None:
    corpus = grown(load_corpus(tiny.write(), COMPANY), 50)
    embedder = CountingEmbedder()
    in_folder = open_index(corpus, embedder, folder=tmp_path / "index", server_url=None).search(MOMENTS)
    on_server = open_index(corpus, embedder, folder=None, server_url=server_url).search(MOMENTS)
    assert on_server == in_folder
    embedder.seen.clear()
    assert open_index(corpus, embedder, folder=None, server_url=f"{server_url}/").search(MOMENTS[:1]) == in_folder[:1]
    assert embedder.seen == [MOMENTS[0].need_text, MOMENTS[0].answer_text]


def test_two_processes_may_build_on_it_at_once(tiny: TinyCorpus, server_url: str) -> None:
    one, two = results_of_two_processes(tiny.write(), server_url)
    assert one == two
    assert len(one.splitlines()) == len(MOMENTS)


def test_a_graph_on_a_server_gives_what_a_folder_gives(
    tiny: TinyCorpus, server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = grown(load_corpus(tiny.write(), COMPANY), 70)
    in_folder = open_index(corpus, CountingEmbedder(), folder=tmp_path / "index", server_url=None).search(MOMENTS[:3])
    monkeypatch.setattr(nearest, "EXACT_ROWS", 0)
    with open_index(corpus, CountingEmbedder(), folder=None, server_url=server_url) as index:
        assert index.search(MOMENTS[:3]) == in_folder
