from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from coach.domain.corpus import Corpus
from coach.domain.moment import Moment
from coach.domain.transcript import Turn
from coach.errors import SettingsError
from coach.retrieval import CachedEmbedder, Embedder, EmbeddingCache, MiniLMEmbedder, load_corpus, open_index
from coach.retrieval.index import nearest
from tests.retrieval.counting_embedder import CountingEmbedder
from tests.retrieval.tiny_corpus import COMPANY, TinyCorpus, exemplar


def moment(need: str = "", answer: str = "", number: int = 1) -> Moment:
    return Moment(
        id=f"m{number}",
        need=(Turn(index=0, speaker="customer", text=need),) if need else (),
        answer=(Turn(index=1, speaker="agent", text=answer),) if answer else (),
        salience=0.5,
    )


NO_BED = moment("My son has nowhere to sleep tonight.", "I will have a spare bed brought to you this evening.")
NO_BED_RECITED = moment("My son has nowhere to sleep tonight.", "The delivery window is on Tuesday.", 2)
LEGALESE = moment("I can't make sense of this contract.", "Clause nine covers that.", 3)
ANSWER_ALONE = moment("", "I will have a spare bed brought to you this evening.", 4)
NEED_ALONE = moment("My son has nowhere to sleep tonight.", "", 5)
SILENT = moment(" ", "", 6)
MOMENTS = [NO_BED, NO_BED_RECITED, LEGALESE, ANSWER_ALONE, NEED_ALONE, SILENT]


@pytest.fixture
def corpus(tiny: TinyCorpus) -> Corpus:
    return load_corpus(tiny.write(), COMPANY)


def grown(corpus: Corpus, count: int) -> Corpus:
    """The corpus with as many more honored exemplars, all different."""
    model = corpus.exemplar_by_id["spare-bed"]
    more = [
        model.model_copy(update={"id": f"case-{n:05}", "situation": f"Case {n}: bed {n * 7919 % 1013} is late."})
        for n in range(count)
    ]
    return Corpus(
        purpose=corpus.purpose,
        exemplars=(*corpus.exemplars, *more),
        chunks=corpus.chunks,
        purpose_hash=corpus.purpose_hash,
        hash=corpus.hash,
    )


def test_what_is_near_is_found(corpus: Corpus, minilm: MiniLMEmbedder, tmp_path: Path) -> None:
    index = open_index(corpus, minilm, folder=tmp_path / "index", server_url=None)
    no_bed, recited, legalese, *_ = index.search(MOMENTS, exemplars=1, clauses=2, chunks=1)
    assert no_bed.honored[0].exemplar.id == "spare-bed"
    assert recited.missed[0].exemplar.id == "window-recited"
    assert legalese.missed[0].exemplar.id == "clause-quoted"
    assert no_bed.clauses[0].clause.id == "home-first/honored/1"
    assert no_bed.chunks[0].chunk.heading == "Delivery › Late beds"
    assert no_bed.honored[0].to_answer > recited.honored[0].to_answer


def test_every_number_is_the_cosine_it_says(corpus: Corpus, minilm: MiniLMEmbedder, tmp_path: Path) -> None:
    index = open_index(corpus, minilm, folder=tmp_path / "index", server_url=None)
    for asked, found in zip(MOMENTS[:3], index.search(MOMENTS[:3], clauses=99, exemplars=99, chunks=99), strict=True):
        need, answer = minilm.embed([asked.need_text, asked.answer_text])
        for hit in (*found.honored, *found.missed, *found.mixed):
            case = hit.exemplar
            situation, agent = minilm.embed([f"{case.situation} {case.spoken_by('customer')}", case.spoken_by("agent")])
            assert hit.to_need == pytest.approx(need @ situation, abs=1e-4)
            assert hit.to_answer == pytest.approx(answer @ agent, abs=1e-4)
            assert hit.similarity == pytest.approx((hit.to_need + hit.to_answer) / 2, abs=1e-4)
        for near in found.clauses:
            (clause,) = minilm.embed([near.clause.text])
            assert (near.to_need, near.to_answer) == pytest.approx((need @ clause, answer @ clause), abs=1e-4)
            assert near.similarity == pytest.approx((near.to_need + near.to_answer) / 2, abs=1e-4)
        for passage in found.chunks:
            (prose,) = minilm.embed([f"{passage.chunk.heading}\n{passage.chunk.text}"])
            assert passage.similarity == pytest.approx((need @ prose + answer @ prose) / 2, abs=1e-4)


def test_all_that_is_approved_is_there_once_and_in_order(corpus: Corpus, tmp_path: Path) -> None:
    index = open_index(corpus, CountingEmbedder(), folder=tmp_path / "index", server_url=None)
    (found,) = index.search([NO_BED], clauses=99, exemplars=99, chunks=99)
    assert {hit.clause.id for hit in found.clauses} == set(corpus.purpose.clause_by_id)
    assert {hit.exemplar.id for hit in found.honored} == {"spare-bed", "deposit-in-plain-words"}
    assert {hit.exemplar.id for hit in found.missed} == {"window-recited", "clause-quoted"}
    assert {hit.exemplar.id for hit in found.mixed} == {"bed-beyond-limit"}
    assert len(found.clauses) == len(corpus.purpose.clauses)
    for ranked in (found.clauses, found.honored, found.missed, found.chunks):
        similarities = [hit.similarity for hit in ranked]
        assert similarities == sorted(similarities, reverse=True)


def test_equal_similarity_is_ranked_by_id(tiny: TinyCorpus, tmp_path: Path) -> None:
    same = {"situation": "The same.", "customer": "The same.", "agent": "The same."}
    for name in ("twin-c", "twin-a", "twin-b", *(f"twin-d{n:02}" for n in range(20))):
        tiny.exemplars[name] = exemplar(name, "mixed", "home-first", **same)
    index = open_index(
        load_corpus(tiny.write(), COMPANY), CountingEmbedder(), folder=tmp_path / "index", server_url=None
    )
    (found,) = index.search([moment("The same. The same.", "The same.")], exemplars=3)
    assert [(hit.exemplar.id, hit.similarity) for hit in found.mixed] == [
        ("twin-a", 1.0), ("twin-b", 1.0), ("twin-c", 1.0),
    ]  # fmt: skip


def test_a_silent_side_does_not_count(corpus: Corpus, minilm: MiniLMEmbedder, tmp_path: Path) -> None:
    index = open_index(corpus, minilm, folder=tmp_path / "index", server_url=None)
    answer_alone, need_alone, silent = index.search([ANSWER_ALONE, NEED_ALONE, SILENT])
    assert all(hit.similarity == hit.to_answer and hit.to_need == 0 for hit in answer_alone.honored)
    assert all(hit.similarity == hit.to_need and hit.to_answer == 0 for hit in need_alone.clauses)
    assert answer_alone.honored[0].similarity > 0.5
    assert silent.model_dump() == {"clauses": (), "honored": (), "missed": (), "mixed": (), "chunks": ()}
    assert index.search([]) == []


def test_a_corpus_of_a_purpose_alone(corpus: Corpus, tmp_path: Path) -> None:
    bare = Corpus(purpose=corpus.purpose, purpose_hash=corpus.purpose_hash, hash=corpus.hash)
    index = open_index(bare, CountingEmbedder(), folder=tmp_path / "index", server_url=None)
    (found,) = index.search([NO_BED])
    assert len(found.clauses) == 8
    assert (found.honored, found.missed, found.mixed, found.chunks) == ((), (), (), ())


def test_two_builds_and_any_company_of_moments_give_equal_results(
    corpus: Corpus, minilm: MiniLMEmbedder, tmp_path: Path
) -> None:
    one = open_index(corpus, minilm, folder=tmp_path / "one", server_url=None)
    two = open_index(corpus, minilm, folder=tmp_path / "two", server_url=None)
    together = one.search(MOMENTS)
    assert two.search(MOMENTS) == together
    assert [two.search([asked])[0] for asked in MOMENTS] == together


def test_thousands_of_exemplars_are_found_alike_in_two_builds(corpus: Corpus, tmp_path: Path) -> None:
    large = grown(corpus, 3_000)
    embedder = CountingEmbedder(dimensions=64)
    results = []
    for name in ("one", "two"):
        index = open_index(large, embedder, folder=tmp_path / name, server_url=None)
        results.append(index.search(MOMENTS, exemplars=5))
    assert results[0] == results[1]
    situations = {e.id: f"{e.situation} {e.spoken_by('customer')}" for e in large.exemplars if e.verdict == "honored"}
    need, answer, agent = embedder.embed(
        [NO_BED.need_text, NO_BED.answer_text, corpus.exemplar_by_id["spare-bed"].spoken_by("agent")]
    )
    products = embedder.embed(list(situations.values())) @ need
    best = np.max([p for p, name in zip(products, situations, strict=True) if name.startswith("case-")])
    assert results[0][0].honored[0].similarity >= round(float(best + agent @ answer) / 2, 4) - 1e-4


class TestKeeping:
    def test_reopening_embeds_nothing(self, corpus: Corpus, tmp_path: Path) -> None:
        first = open_index(corpus, CountingEmbedder(), folder=tmp_path, server_url=None).search(MOMENTS)
        embedder = CountingEmbedder()
        again = open_index(corpus, embedder, folder=tmp_path, server_url=None)
        assert embedder.seen == []
        assert again.search(MOMENTS) == first

    def test_one_call_of_the_embedder_serves_all_moments(self, corpus: Corpus, tmp_path: Path) -> None:
        calls: list[int] = []

        class Watched(CountingEmbedder):
            def embed(self, texts):  # type: ignore[no-untyped-def]
                calls.append(len(texts))
                return super().embed(texts)

        index = open_index(corpus, Watched(), folder=tmp_path, server_url=None)
        calls.clear()
        index.search(MOMENTS)
        assert len(calls) == 1

    def test_a_changed_corpus_is_built_anew_and_only_where_it_changed(
        self, tiny: TinyCorpus, corpus: Corpus, tmp_path: Path
    ) -> None:
        open_index(corpus, CountingEmbedder(), folder=tmp_path / "index", server_url=None)
        tiny.exemplars["bed-beyond-limit"]["turns"][1]["text"] = "I have waived one month for you."
        changed = load_corpus(tiny.write(), COMPANY)
        embedder = CountingEmbedder()
        index = open_index(changed, embedder, folder=tmp_path / "index", server_url=None)
        assert len(embedder.seen) == 2
        (found,) = index.search([moment(answer="I have waived one month for you.")])
        assert found.mixed[0].similarity == 1.0

    def test_embedders_of_other_width_live_side_by_side(self, corpus: Corpus, tmp_path: Path) -> None:
        narrow, wide = CountingEmbedder("narrow", 8), CountingEmbedder("wide", 32)
        for embedder in (narrow, wide, narrow):
            index = open_index(corpus, embedder, folder=tmp_path, server_url=None)
            assert len(index.search([NO_BED])[0].clauses) == 8

    def test_a_build_that_was_cut_off_leaves_nothing_half_built(self, corpus: Corpus, tmp_path: Path) -> None:
        large = grown(corpus, 1_500)
        with pytest.raises(ConnectionError):
            open_index(large, CountingEmbedder(fails_after=2_500), folder=tmp_path, server_url=None)
        index = open_index(large, CountingEmbedder(), folder=tmp_path, server_url=None)
        (found,) = index.search([NO_BED], exemplars=5_000)
        assert len(found.honored) == 1_502


PROCESS = """
import sys
from pathlib import Path
from coach.retrieval import load_corpus, open_index
from tests.retrieval.counting_embedder import CountingEmbedder
from tests.retrieval.test_index import COMPANY, MOMENTS, grown

corpus = grown(load_corpus(Path(sys.argv[1]), COMPANY), 300)
target = {"folder": None, "server_url": sys.argv[2]} if "://" in sys.argv[2] else {"folder": Path(sys.argv[2]), "server_url": None}
for found in open_index(corpus, CountingEmbedder(), **target).search(MOMENTS):
    print(found.model_dump_json())
"""  # noqa: E501


def results_of_two_processes(root: Path, target: str) -> list[bytes]:
    command = [sys.executable, "-W", "error", "-c", PROCESS, str(root), target]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    return [process.communicate(timeout=120)[0] for process in processes]


def test_two_processes_may_build_at_once(corpus: Corpus, tiny: TinyCorpus, tmp_path: Path) -> None:
    one, two = results_of_two_processes(tiny.root, str(tmp_path / "index"))
    assert one == two
    assert len(one.splitlines()) == len(MOMENTS)


def test_an_open_graph_stays_searchable_while_another_process_builds(
    corpus: Corpus, tiny: TinyCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = open_index(grown(corpus, 40), CountingEmbedder(), folder=tmp_path / "exact", server_url=None)
    monkeypatch.setattr(nearest, "EXACT_ROWS", 0)
    with open_index(grown(corpus, 40), CountingEmbedder(), folder=tmp_path / "index", server_url=None) as index:
        assert index.search(MOMENTS[:3]) == exact.search(MOMENTS[:3])
        results_of_two_processes(tiny.root, str(tmp_path / "index"))
        assert index.search(MOMENTS[:3]) == exact.search(MOMENTS[:3])


class TestRefusals:
    def open(self, corpus: Corpus, embedder: Embedder, folder: Path | None, url: str | None) -> str:
        with pytest.raises(SettingsError) as caught:
            open_index(corpus, embedder, folder=folder, server_url=url)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    def test_a_folder_that_holds_something_else(self, corpus: Corpus, tmp_path: Path) -> None:
        (tmp_path / "chroma.sqlite3").write_text("no database " * 1_000)
        assert "delete the folder" in self.open(corpus, CountingEmbedder(), tmp_path, None)

    def test_a_folder_that_cannot_be_made(self, corpus: Corpus, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        assert "cannot be made" in self.open(corpus, CountingEmbedder(), tmp_path / "file" / "index", None)

    @pytest.mark.parametrize("url", ["localhost:8000", "ftp://localhost", "http://", "http://localhost:port"])
    def test_an_address_that_is_none(self, corpus: Corpus, url: str) -> None:
        assert "not an address" in self.open(corpus, CountingEmbedder(), None, url)

    def test_a_server_that_is_not_there(self, corpus: Corpus) -> None:
        message = self.open(corpus, CountingEmbedder(), None, "http://user:secret@127.0.0.1:9")
        assert "http://127.0.0.1:9: no Chroma server answers here" in message
        assert "secret" not in message

    def test_no_place_at_all(self, corpus: Corpus) -> None:
        assert "COACH_CHROMA_URL" in self.open(corpus, CountingEmbedder(), None, None)


def test_a_cache_behind_the_index_changes_nothing(corpus: Corpus, minilm: MiniLMEmbedder, tmp_path: Path) -> None:
    cached = CachedEmbedder(minilm, EmbeddingCache(tmp_path / "cache.sqlite"))
    plain = open_index(corpus, minilm, folder=tmp_path / "plain", server_url=None).search(MOMENTS)
    index = open_index(corpus, cached, folder=tmp_path / "cached", server_url=None)
    assert index.search(MOMENTS) == plain
    assert index.search(MOMENTS) == plain
