from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from coach.retrieval import minilm_token_count
from coach.retrieval.corpus.chunking import CHUNK_TOKENS, chunk
from coach.retrieval.corpus.documents import Document, Section, read_document
from coach.retrieval.corpus.faults import Faults


@pytest.fixture(scope="module")
def tokens() -> Callable[[str], int]:
    return minilm_token_count()


def sections(path: Path) -> list[tuple[str, str]]:
    faults = Faults()
    document = read_document(path, path.parent, faults)
    assert faults.errors == []
    assert document is not None
    return [(section.heading, " ".join(section.text.split())) for section in document.sections]


def refusal(path: Path) -> str:
    faults = Faults()
    assert read_document(path, path.parent, faults) is None
    (error,) = faults.errors
    assert error.source == str(path)
    return error.reason


def write_pdf(path: Path, *pages: str) -> None:
    """The smallest PDF whose pages show a line of text each."""
    count = len(pages)
    kids = " ".join(f"{3 + n} 0 R" for n in range(count))
    font = 3 + 2 * count
    bodies = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {count} >>"]
    bodies += [
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {3 + count + n} 0 R"
        f" /Resources << /Font << /F1 {font} 0 R >> >> >>"
        for n in range(count)
    ]
    for text in pages:
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
        bodies.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    bodies.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n" + "".join(f"{at:010} 00000 n \n" for at in offsets)
    trailer = f"trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    path.write_bytes(out + table.encode() + trailer.encode())


def test_markdown_headings_form_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "Before.\n\n# One\n\nFirst.\n\n- item\n\n### Deep\n\nThird.\n\n```\n# no heading\n```\n\n# Two\n\nX.\n"
    )
    assert sections(path) == [
        ("", "Before."),
        ("One", "First. - item"),
        ("One › Deep", "Third. ``` # no heading ```"),
        ("Two", "X."),
    ]


def test_plain_text_is_one_section(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("# not a heading here\nText.", encoding="utf-8-sig")
    assert sections(path) == [("", "# not a heading here Text.")]


def test_word_headings_and_tables(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Handbook", level=0)
    document.add_heading("Late beds", level=1)
    document.add_paragraph("A spare bed waits.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "limit", "one month"
    document.add_heading("Deposits", level=1)
    document.add_paragraph("We explain them.")
    document.save(str(tmp_path / "a.docx"))
    assert sections(tmp_path / "a.docx") == [
        ("Handbook › Late beds", "A spare bed waits. limit | one month"),
        ("Handbook › Deposits", "We explain them."),
    ]


def test_pdf_pages_are_cited_by_number(tmp_path: Path) -> None:
    write_pdf(tmp_path / "a.pdf", "A spare bed waits.", "", "We explain deposits.")
    assert sections(tmp_path / "a.pdf") == [("page 1", "A spare bed waits."), ("page 3", "We explain deposits.")]


class TestRefusals:
    def test_scanned_pdf(self, tmp_path: Path) -> None:
        write_pdf(tmp_path / "a.pdf", "")
        assert refusal(tmp_path / "a.pdf") == "the document holds no text"

    def test_pdf_with_a_password(self, tmp_path: Path) -> None:
        write_pdf(tmp_path / "open.pdf", "Text.")
        writer = PdfWriter(clone_from=PdfReader(tmp_path / "open.pdf"))
        writer.encrypt("secret", algorithm="RC4-128")
        writer.write(tmp_path / "a.pdf")
        assert "password" in refusal(tmp_path / "a.pdf")

    @pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
    @pytest.mark.parametrize("content", [b"", b"neither the one nor the other", b"PK\x03\x04torn", b"%PDF-1.7\ntorn"])
    def test_damaged_file(self, tmp_path: Path, name: str, content: bytes) -> None:
        (tmp_path / name).write_bytes(content)
        assert refusal(tmp_path / name)

    @pytest.mark.parametrize("name", ["a.md", "a.txt"])
    def test_wrong_encoding(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).write_bytes("Käse".encode("latin-1"))
        assert refusal(tmp_path / name) == "not UTF-8 (byte 1)"

    def test_empty_text(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text("# A heading alone\n")
        assert refusal(tmp_path / "a.md") == "the document holds no text"

    def test_other_kinds(self, tmp_path: Path) -> None:
        (tmp_path / "a.html").write_text("<p>x</p>")
        assert refusal(tmp_path / "a.html") == "this kind of file is not supported"


WORDS = st.sampled_from(
    [
        "bed",
        "deposit.",
        "rent?",
        "agreement;",
        "forty-two",
        "window!",
        "Unverständlich",
        "日本語",
        "https://a.example/b",
    ]
)
PROSE = st.lists(WORDS, min_size=1, max_size=500).map(" ".join)


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(PROSE, min_size=1, max_size=3))
def test_chunks_fit_the_window_and_lose_no_word(tokens: Callable[[str], int], texts: list[str]) -> None:
    document = Document("a.md", tuple(Section(f"S{n}", text) for n, text in enumerate(texts)))
    chunks = list(chunk(document, tokens))
    assert [c.id for c in chunks] == [f"a.md#{n}" for n in range(1, len(chunks) + 1)]
    assert all(tokens(c.text) <= CHUNK_TOKENS for c in chunks)
    for n, text in enumerate(texts):
        joined = " ".join(c.text for c in chunks if c.heading == f"S{n}").split()
        position = -1
        for word in text.split():
            # Overlaps repeat words, so each is looked for behind the one before.
            position = joined.index(word, position + 1) if word in joined[position + 1 :] else -2
            assert position >= 0


def test_a_word_without_end_is_cut(tokens: Callable[[str], int]) -> None:
    chunks = list(chunk(Document("a.txt", (Section("", "長い" * 600),)), tokens))
    assert len(chunks) > 1
    assert all(tokens(c.text) <= CHUNK_TOKENS for c in chunks)
