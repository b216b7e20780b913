from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from coach.errors import CorpusError
from coach.retrieval import check_corpus, list_companies, load_corpus
from tests.retrieval.tiny_corpus import COMPANY, TinyCorpus, exemplar


def test_a_valid_corpus_is_read_whole(tiny: TinyCorpus) -> None:
    corpus = load_corpus(tiny.write(), COMPANY)
    assert corpus.purpose.clause_by_id["home-first/honored/2"].text == "The agent asks who sleeps where."
    assert [e.id for e in corpus.exemplars] == sorted(tiny.exemplars)
    assert [(c.id, c.heading) for c in corpus.chunks] == [
        ("delivery.md#1", "Delivery"),
        ("delivery.md#2", "Delivery › Late beds"),
    ]
    assert "not part of the corpus" not in corpus.model_dump_json()
    assert re.fullmatch(r"[0-9a-f]{64}", corpus.hash)
    assert corpus.hash != corpus.purpose_hash


def test_companies_are_listed(tiny: TinyCorpus) -> None:
    root = tiny.write()
    (root / "no-purpose").mkdir()
    assert list_companies(root) == [COMPANY]


class TestHash:
    def test_white_space_and_order_of_keys_and_files_do_not_move_it(self, tiny: TinyCorpus) -> None:
        root = tiny.write()
        before = load_corpus(root, COMPANY)
        path = tiny.folder / "purpose.yaml"
        backwards = dict(reversed(tiny.purpose.items()))
        backwards["statement"] = "A home should\n   never wait  for a form. "
        path.write_text("# a comment\n\n" + yaml.safe_dump(backwards, sort_keys=False, indent=6, default_style='"'))
        document = tiny.folder / "docs" / "delivery.md"
        document.write_bytes(document.read_bytes().replace(b"\n", b"\r\n"))
        after = load_corpus(root, COMPANY)
        assert (after.hash, after.purpose_hash) == (before.hash, before.purpose_hash)

    def test_the_way_of_counting_tokens_does_not_move_it(self, tiny: TinyCorpus) -> None:
        root = tiny.write()
        tiny.docs["long.txt"] = "One sentence more. " * 200
        tiny.write()
        fine, coarse = load_corpus(root, COMPANY, token_count=len), load_corpus(root, COMPANY)
        assert len(fine.chunks) > len(coarse.chunks)
        assert fine.hash == coarse.hash

    @pytest.mark.parametrize("changed", ["purpose", "exemplar", "doc"])
    def test_content_moves_it(self, tiny: TinyCorpus, changed: str) -> None:
        before = load_corpus(tiny.write(), COMPANY)
        match changed:
            case "purpose":
                tiny.purpose["principles"][0]["honored_when"].reverse()
            case "exemplar":
                tiny.exemplars["spare-bed"]["why"] = "It kept a child off the floor."
            case _:
                tiny.docs["delivery.md"] = "# Delivery\n\nBeds come second.\n"
        after = load_corpus(tiny.write(), COMPANY)
        assert after.hash != before.hash
        assert (after.purpose_hash != before.purpose_hash) == (changed == "purpose")


def _set(where: str, value: Any) -> Any:
    """A change of the purpose: the value at a path such as "principles.0.id"; None removes the key."""

    def change(purpose: dict[str, Any]) -> None:
        *path, last = where.split(".")
        inner: Any = purpose
        for part in path:
            inner = inner[int(part)] if part.isdecimal() else inner[part]
        if value is None:
            del inner[last]
        else:
            inner[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "place", "reason", "remedy"),
    [
        (_set("statement", None), "statement", "the key is missing", "add it"),
        (_set("honoured", "x"), "honoured", "unknown key", "known keys: id, name"),
        (_set("principles.1.honoured_when", ["x"]), "principles[1].honoured_when", "unknown key", "honored_when"),
        (_set("principles.0.id", "Home First"), "principles[0].id", "'Home First' is not a valid id", "hyphens"),
        (_set("principles.1.id", "home-first"), "principles[1].id", "also the id of principles[0]", "its own"),
        (_set("principles.1.id", "guardrail"), "principles[1].id", "reserved", "another"),
        (_set("principles.0.missed_when", []), "principles[0].missed_when", "list is empty", "at least one"),
        (_set("principles.0.missed_when", "x"), "principles[0].missed_when", "expected a list, found 'x'", "- "),
        (_set("principles", {"id": "x"}), "principles", "expected a list, found keys and values", "- "),
        (_set("principles.0.title", True), "principles[0].title", "expected text, found true or false", "quotation"),
        (_set("kpis.0.name", 6), "kpis[0].name", "expected text, found a number", "quotation"),
        (_set("guardrails.0.text", " \n "), "guardrails[0].text", "the text is empty", "write it"),
        (_set("guardrails", ["no"]), "guardrails[0]", "expected keys and values, found 'no'", ""),
        (_set("id", "other"), "id", f"'other' is not the folder's name '{COMPANY}'", "equal"),
    ],
)
def test_a_broken_purpose_is_refused(tiny: TinyCorpus, change: Any, place: str, reason: str, remedy: str) -> None:
    change(tiny.purpose)
    with pytest.raises(CorpusError) as caught:
        load_corpus(tiny.write(), COMPANY)
    assert caught.value.source == str(tiny.folder / "purpose.yaml")
    assert caught.value.place == place
    assert reason in caught.value.reason
    assert remedy in caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "place", "reason"),
    [
        ({"id": "another-name"}, "id", "'another-name' is not the file's name"),
        ({"principles": ["home-first", "no-such"]}, "principles[1]", "unknown principle 'no-such'"),
        ({"verdict": "honoured"}, "verdict", "expected 'honored', 'missed' or 'mixed', found 'honoured'"),
        ({"turns": [{"speaker": "Agent", "text": "x"}]}, "turns[0].speaker", "expected 'agent' or 'customer'"),
        ({"turns": [{"speaker": "agent", "txt": "x"}]}, "turns[0].text", "the key is missing"),
        ({"status": "done"}, "status", "expected 'approved' or 'proposed'"),
    ],
)
def test_a_broken_exemplar_is_refused(tiny: TinyCorpus, changes: dict[str, Any], place: str, reason: str) -> None:
    tiny.exemplars["spare-bed"] |= changes
    with pytest.raises(CorpusError) as caught:
        load_corpus(tiny.write(), COMPANY)
    assert caught.value.source == str(tiny.folder / "exemplars" / "spare-bed.yaml")
    assert (caught.value.place, caught.value.reason[: len(reason)]) == (place, reason)


def test_two_exemplars_of_one_id_are_refused(tiny: TinyCorpus) -> None:
    tiny.exemplars["window-recited"]["id"] = "spare-bed"
    with pytest.raises(CorpusError, match=r"window-recited\.yaml: id: 'spare-bed' is also the id of spare-bed\.yaml"):
        load_corpus(tiny.write(), COMPANY)


def test_every_fault_is_reported_in_one_go(tiny: TinyCorpus) -> None:
    del tiny.purpose["name"]
    tiny.purpose["principles"][0]["id"] = "Bad Id"
    tiny.exemplars["spare-bed"]["verdict"] = "good"
    root = tiny.write()
    (tiny.folder / "exemplars" / "torn.yaml").write_text("id: [torn\n")
    (tiny.folder / "exemplars" / "notes.yml").write_text("id: notes\n")
    (tiny.folder / "docs" / "picture.png").write_bytes(b"\x89PNG")
    outcome = check_corpus(root, COMPANY)
    assert outcome.corpus is None
    found = [(Path(error.source).name, error.place) for error in outcome.errors]
    assert found == [
        ("purpose.yaml", "name"),
        ("purpose.yaml", "principles[0].id"),
        ("notes.yml", ""),
        ("spare-bed.yaml", "verdict"),
        ("torn.yaml", "line 2"),
        ("picture.png", ""),
    ]
    with pytest.raises(CorpusError) as caught:
        load_corpus(root, COMPANY)
    assert str(caught.value) == str(outcome.errors[0])


class TestWarnings:
    def texts(self, tiny: TinyCorpus) -> list[str]:
        outcome = check_corpus(tiny.write(), COMPANY)
        assert outcome.errors == ()
        assert outcome.corpus is not None
        return [warning.reason for warning in outcome.warnings]

    def test_a_balanced_corpus_has_none(self, tiny: TinyCorpus) -> None:
        assert self.texts(tiny) == []

    def test_imbalance_counts_approved_exemplars_only(self, tiny: TinyCorpus) -> None:
        tiny.exemplars["window-recited"]["status"] = "proposed"
        tiny.exemplars["clause-quoted"]["principles"] = ["home-first", "plain-words"]
        assert self.texts(tiny) == []
        tiny.exemplars["more"] = exemplar(
            "more", "honored", "home-first", situation="A sofa is late.", customer="Where is it?", agent="On its way."
        )
        assert self.texts(tiny) == ["3 honored exemplars stand against 1 missed ones"]

    def test_a_principle_that_nothing_shows(self, tiny: TinyCorpus) -> None:
        tiny.exemplars["clause-quoted"]["principles"] = ["home-first"]
        assert self.texts(tiny) == ["no missed exemplar shows the principle 'plain-words'"]
        tiny.exemplars["deposit-in-plain-words"]["principles"] = ["home-first"]
        assert self.texts(tiny) == ["no exemplar shows the principle 'plain-words'"]

    def test_an_exemplar_without_the_agent(self, tiny: TinyCorpus) -> None:
        tiny.exemplars["spare-bed"]["turns"] = [{"speaker": "customer", "text": "Hello?"}]
        assert self.texts(tiny) == ["no turn is the agent's"]


class TestFolders:
    def test_unknown_company_lists_the_known(self, tiny: TinyCorpus) -> None:
        with pytest.raises(CorpusError, match=f"no company 'elsewhere' — the ones here: {COMPANY}"):
            load_corpus(tiny.write(), "elsewhere")

    def test_a_company_cannot_be_a_path_out_of_the_folder(self, tiny: TinyCorpus) -> None:
        root = tiny.write()
        with pytest.raises(CorpusError, match="no company"):
            load_corpus(root / COMPANY, f"../{COMPANY}")

    def test_missing_folder(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match="no such folder"):
            load_corpus(tmp_path / "nowhere", COMPANY)

    def test_empty_folder(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match="no company is here"):
            list_companies(tmp_path)

    def test_company_without_a_purpose(self, tiny: TinyCorpus) -> None:
        (tiny.write() / "half-made").mkdir()
        with pytest.raises(CorpusError, match=r"half-made: the company has no purpose\.yaml"):
            load_corpus(tiny.root, "half-made")

    def test_a_purpose_alone_is_enough(self, tiny: TinyCorpus) -> None:
        tiny.folder.mkdir(parents=True)
        (tiny.folder / "purpose.yaml").write_text(yaml.safe_dump(tiny.purpose))
        corpus = load_corpus(tiny.root, COMPANY)
        assert (corpus.exemplars, corpus.chunks) == ((), ())
