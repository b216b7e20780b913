"""Prose cut into passages that fit the embedder's window."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from coach.domain.corpus import DocChunk
from coach.retrieval.corpus.documents import Document

CHUNK_TOKENS = 200
OVERLAP_TOKENS = 24
# From the largest unit of meaning to the smallest; the empty string is the last resort for a word without end.
SEPARATORS = ["\n\n", "\n", ". ", "? ", "! ", " ", ""]


def chunk(document: Document, token_count: Callable[[str], int]) -> Iterable[DocChunk]:
    """Cuts each section of a document on its own, so that a passage never straddles two headings.

    Args:
        document: the prose.
        token_count: tokens of a text, in the embedder's own tokens. The window of MiniLM is 256; passages hold at
            most 200, which leaves room for the heading that is embedded with them.

    Yields:
        Passages in the order of the file.
    """
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHUNK_TOKENS,
        chunk_overlap=OVERLAP_TOKENS,
        length_function=token_count,
        separators=SEPARATORS,
        keep_separator="end",
    )
    number = 0
    for section in document.sections:
        for text in splitter.split_text(section.text):
            number += 1
            yield DocChunk(id=f"{document.file}#{number}", file=document.file, heading=section.heading, text=text)
