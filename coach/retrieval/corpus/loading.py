"""One company's folder as a validated corpus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coach.domain.corpus import Corpus, DocChunk, Exemplar, Purpose
from coach.errors import CorpusError
from coach.retrieval.corpus.chunking import chunk
from coach.retrieval.corpus.coherence import check_exemplars, check_purpose, warn_of_gaps
from coach.retrieval.corpus.digest import corpus_digest, purpose_digest
from coach.retrieval.corpus.documents import Document, read_document
from coach.retrieval.corpus.faults import Faults
from coach.retrieval.corpus.records import parse_record
from coach.retrieval.corpus.strict_yaml import read_mapping


@dataclass(frozen=True)
class CorpusCheck:
    """The outcome of reading one company's folder.

    Attributes:
        errors: everything that keeps the corpus from being used, in the order of reading.
        warnings: what is worth a look and keeps nothing from working.
        corpus: the corpus; None if there are errors.
    """

    errors: tuple[CorpusError, ...]
    warnings: tuple[CorpusError, ...]
    corpus: Corpus | None


def list_companies(root: Path) -> list[str]:
    """Ids of the companies in a corpus folder, sorted.

    Raises:
        CorpusError: the folder is missing or holds no company.
    """
    if not root.is_dir():
        raise CorpusError(str(root), "there is no such folder", remedy="point --corpus at the folder of companies")
    companies = sorted(path.parent.name for path in root.glob("*/purpose.yaml"))
    if not companies:
        raise CorpusError(str(root), "no company is here", remedy="add <company>/purpose.yaml")
    return companies


def load_corpus(root: Path, company: str, *, token_count: Callable[[str], int] | None = None) -> Corpus:
    """Reads one company's purpose, exemplars and prose.

    Args:
        root: the folder that holds the companies.
        company: a folder name in it, which is the company's id.
        token_count: how to measure passages; None measures with the tokenizer of the local embedder.

    Raises:
        CorpusError: the company is unknown or a file is broken; the first fault found.
    """
    outcome = check_corpus(root, company, token_count=token_count)
    if outcome.corpus is None:
        raise outcome.errors[0]
    return outcome.corpus


def check_corpus(root: Path, company: str, *, token_count: Callable[[str], int] | None = None) -> CorpusCheck:
    """Reads one company's folder and reports every fault instead of raising the first.

    Takes the arguments of `load_corpus`; an unknown company is an error in the outcome, too.
    """
    faults = Faults()
    corpus: Corpus | None = None
    try:
        companies = list_companies(root)
    except CorpusError as error:
        faults.errors.append(error)
    else:
        if company in companies:
            corpus = _read_company(root / company, token_count, faults)
        elif company in {path.name for path in root.iterdir()}:
            faults.error(root / company, "the company has no purpose.yaml", remedy="write one")
        else:
            faults.error(root, f"no company '{company}'", remedy=f"the ones here: {', '.join(companies)}")
    usable = None if faults.errors else corpus
    return CorpusCheck(errors=tuple(faults.errors), warnings=tuple(faults.warnings), corpus=usable)


def _read_company(folder: Path, token_count: Callable[[str], int] | None, faults: Faults) -> Corpus | None:
    purpose = _read_purpose(folder / "purpose.yaml", faults)
    exemplars = _read_exemplars(folder / "exemplars", purpose, faults)
    documents = _read_documents(folder / "docs", faults)
    if purpose is None or faults.errors:
        return None
    warn_of_gaps(folder, purpose, exemplars, faults)
    return Corpus(
        purpose=purpose,
        exemplars=exemplars,
        chunks=_chunks(documents, token_count),
        purpose_hash=purpose_digest(purpose),
        hash=corpus_digest(purpose, exemplars, documents),
    )


def _read_purpose(path: Path, faults: Faults) -> Purpose | None:
    raw = read_mapping(path, faults)
    purpose = parse_record(Purpose, raw, path, faults) if raw is not None else None
    if purpose is not None:
        check_purpose(purpose, path, faults)
    return purpose


def _read_exemplars(folder: Path, purpose: Purpose | None, faults: Faults) -> tuple[Exemplar, ...]:
    found: list[tuple[Path, Exemplar]] = []
    for path in _visible_files(folder):
        if path.suffix != ".yaml":
            faults.error(path, "an exemplar's file name must end in .yaml", remedy="rename it or move it away")
            continue
        raw = read_mapping(path, faults)
        exemplar = parse_record(Exemplar, raw, path, faults) if raw is not None else None
        if exemplar is not None:
            found.append((path, exemplar))
    check_exemplars(found, purpose, faults)
    return tuple(sorted((exemplar for _, exemplar in found), key=lambda exemplar: exemplar.id))


def _read_documents(folder: Path, faults: Faults) -> list[Document]:
    documents = (read_document(path, folder, faults) for path in _visible_files(folder))
    return [document for document in documents if document is not None]


def _chunks(documents: list[Document], token_count: Callable[[str], int] | None) -> tuple[DocChunk, ...]:
    if not documents:
        return ()
    if token_count is None:
        from coach.retrieval.embedders.minilm import minilm_token_count

        token_count = minilm_token_count()
    return tuple(passage for document in documents for passage in chunk(document, token_count))


def _visible_files(folder: Path) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(files, key=lambda path: path.relative_to(folder).as_posix())
