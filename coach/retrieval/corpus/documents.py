"""Prose files as sections under headings: Markdown, plain text, PDF and Word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coach.retrieval.corpus.faults import Faults

SUFFIXES = (".md", ".txt", ".pdf", ".docx")
HEADING_SEPARATOR = " › "


@dataclass(frozen=True)
class Section:
    """Text under one heading; `heading` is the path of headings joined by " › ", empty above the first."""

    heading: str
    text: str


@dataclass(frozen=True)
class Document:
    """One prose file; `file` is its path below the docs folder, with forward slashes."""

    file: str
    sections: tuple[Section, ...]


def read_document(path: Path, folder: Path, faults: Faults) -> Document | None:
    """Reads one prose file.

    Args:
        path: the file.
        folder: the docs folder, which citations are relative to.
        faults: receives whatever is wrong with the file.

    Returns:
        The document, or None if `faults` received an error.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        faults.error(path, "this kind of file is not supported", remedy=f"use {', '.join(SUFFIXES)} or move it away")
        return None
    # Parsers of PDF and Word raise whatever a damaged file makes them run into.
    try:
        sections = tuple(section for section in _sections(path, suffix) if section.text.strip())
    except UnicodeDecodeError as error:
        faults.error(path, f"not UTF-8 (byte {error.start})", remedy="save the file as UTF-8")
        return None
    except Exception as error:
        faults.error(path, f"cannot be read ({type(error).__name__}: {error})", remedy="save it again or remove it")
        return None
    if not sections:
        remedy = "scanned pages need text recognition first" if suffix == ".pdf" else "fill it or remove it"
        faults.error(path, "the document holds no text", remedy=remedy)
        return None
    return Document(file=path.relative_to(folder).as_posix(), sections=sections)


def _sections(path: Path, suffix: str) -> Iterator[Section]:
    match suffix:
        case ".md":
            yield from _markdown_sections(path.read_text(encoding="utf-8-sig"))
        case ".txt":
            yield Section(heading="", text=path.read_text(encoding="utf-8-sig"))
        case ".pdf":
            yield from _pdf_sections(path)
        case _:
            yield from _docx_sections(path)


def _markdown_sections(text: str) -> Iterator[Section]:
    from langchain_text_splitters import MarkdownHeaderTextSplitter

    levels = [f"{level}" for level in range(1, 7)]
    splitter = MarkdownHeaderTextSplitter([("#" * int(level), level) for level in levels], strip_headers=True)
    for part in splitter.split_text(text):
        heading = HEADING_SEPARATOR.join(part.metadata[level] for level in levels if level in part.metadata)
        # The splitter joins paragraphs with a Markdown hard break instead of the blank line it read.
        yield Section(heading=heading, text=part.page_content.replace("  \n", "\n\n"))


def _pdf_sections(path: Path) -> Iterator[Section]:
    from pypdf import PdfReader

    reader = PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        raise ValueError("it is protected by a password")
    for number, page in enumerate(reader.pages, 1):
        yield Section(heading=f"page {number}", text=page.extract_text())


def _docx_sections(path: Path) -> Iterator[Section]:
    import docx
    from docx.table import Table

    headings: list[tuple[int, str]] = []
    lines: list[str] = []
    for block in docx.Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            lines.extend(" | ".join(cell.text.strip() for cell in row.cells) for row in block.rows)
            continue
        level = _heading_level(block.style.name if block.style else None)
        if level is None:
            lines.append(block.text)
            continue
        yield Section(heading=_path(headings), text="\n\n".join(lines))
        lines = []
        headings = [(outer, title) for outer, title in headings if outer < level]
        headings.append((level, block.text.strip()))
    yield Section(heading=_path(headings), text="\n\n".join(lines))


def _heading_level(style: str | None) -> int | None:
    if style == "Title":
        return 0
    word, _, number = (style or "").partition(" ")
    return int(number) if word == "Heading" and number.isdecimal() else None


def _path(headings: list[tuple[int, str]]) -> str:
    return HEADING_SEPARATOR.join(title for _, title in headings)
