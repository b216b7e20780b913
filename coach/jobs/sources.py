"""From sources to calls: files, folders, globs, zips and object stores through fsspec, streamed.

What is held at once is the names of one folder, and one file; of a file with a call a line, one line. Where a file may
be reached twice (several sources, or a glob), a digest of each name is held as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from typing import IO, TYPE_CHECKING, Any

from coach.domain.transcript import Transcript
from coach.errors import SettingsError, TranscriptError
from coach.transcripts import read_call_lines, read_calls

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem  # type: ignore[import-untyped]  # it ships no types

HEAD_BYTES = 1 << 16
CHUNK_BYTES = 1 << 18
WHOLE_FILE_BYTES = 256 << 20
"""A file that has to be read as a whole may be this large; one with a call a line, of any size."""

_MARK = b"\xef\xbb\xbf"
_ZIP = b"PK\x03\x04"
_GLOB = frozenset("*?[")
_PACKED = (".gz", ".bz2", ".xz")
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "az", "abfs", "abfss", "adl"})
"""Read by obstore, which finds credentials and endpoint in the usual variables, such as AWS_ACCESS_KEY_ID."""

_PACKAGES = {"sftp": "paramiko", "ssh": "paramiko", "smb": "smbprotocol", "hdfs": "pyarrow"}


@dataclass(frozen=True, slots=True)
class Found:
    """One call of a source, or the reason why it cannot be read.

    Attributes:
        source: the file it came from; for a file in an archive `archive.zip!/name`.
        position: counts the calls of that file from 0.
        last: whether it is the file's last.
    """

    source: str
    position: int
    last: bool
    call: Transcript | TranscriptError


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    open: Callable[[], IO[bytes]]


def check_sources(sources: Sequence[str]) -> None:
    """Look whether every source is there, before anything is begun.

    Raises:
        SettingsError: one is not, or its kind of address needs a package that is not installed.
    """
    for source in sources:
        fs, path = _file_system(source)
        _named_paths(fs, path, source)


def absolute(source: str) -> str:
    """The source as it is found from any working folder; an address is one already."""
    fs, path = _file_system(source)
    return path if _is_local(fs) else source


def read_sources(
    sources: Sequence[str],
    agent_speaker: str | None,
    known: Callable[[str], tuple[int, bool]] = lambda source: (0, False),
) -> Iterator[Found]:
    """Every call of every source, in order: sources as given, folders by name.

    Args:
        sources: paths, folders, globs, archives or addresses.
        agent_speaker: the agent's label in the source, where the user names it.
        known: for a file, how many of its calls are known already, and whether those are all; they are left out.

    Raises:
        SettingsError: a source is not there, or a folder cannot be listed.
    """
    files = chain.from_iterable(_files(source) for source in sources)
    for file in _each_once(files) if len(sources) > 1 or any(map(_is_glob, sources)) else files:
        count, complete = known(file.name)
        if complete:
            continue
        for position, (call, last) in enumerate(_with_last(_calls(file, agent_speaker))):
            if position >= count:
                yield Found(file.name, position, last, call)


def _each_once(files: Iterator[_File]) -> Iterator[_File]:
    seen: set[bytes] = set()
    for file in files:
        name = file.name if "://" in file.name else os.path.realpath(file.name)
        digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest not in seen:
            seen.add(digest)
            yield file


def _files(source: str) -> Iterator[_File]:
    fs, path = _file_system(source)
    for name, named in _named_paths(fs, path, source):
        yield from _under(fs, name, named=named)


def _named_paths(fs: AbstractFileSystem, path: str, source: str) -> list[tuple[str, bool]]:
    """The path itself, or what a glob matches; each with whether the user named it."""
    try:
        if fs.exists(path):
            return [(path, True)]
        matched = sorted(fs.glob(path)) if _is_glob(path) else []
    except Exception as error:  # every file system has errors of its own
        reason = f"cannot be read ({type(error).__name__})"
        raise SettingsError(source, reason, remedy="check address and access") from None
    if not matched:
        raise SettingsError(source, "no such file or folder", remedy="check the name")
    return [(name, False) for name in matched]


def _under(fs: AbstractFileSystem, path: str, *, named: bool = False) -> Iterator[_File]:
    """The files at a path: itself, what an archive holds, or what lies in a folder, Markdown and hidden ones left out.

    Args:
        fs: where it lies.
        path: file or folder.
        named: whether the user named it, so that nothing about its name keeps it out.
    """
    name = path.rstrip("/").rpartition("/")[2]
    if not named and name.startswith("."):
        return
    shown = path if _is_local(fs) else fs.unstrip_protocol(path)
    try:
        entries = sorted(fs.ls(path, detail=False)) if fs.isdir(path) else None
    except PermissionError as error:
        if named:
            raise SettingsError(shown, "the folder may not be read", remedy="check address and access") from None
        yield _File(shown, _failing(error))
        return
    except Exception as error:  # may pass, so that nothing is recorded: the batch can be resumed
        reason = f"the folder cannot be listed: {_cause(error)}"
        raise SettingsError(shown, reason, remedy="check address and access") from None
    if entries is not None:
        for entry in entries:
            if entry.rstrip("/") != path.rstrip("/"):
                yield from _under(fs, entry)
    elif named or not name.lower().endswith(".md"):
        yield from _unpacked(_File(shown, lambda: fs.open(path, "rb", compression=_compression(path))))


def _unpacked(file: _File) -> Iterator[_File]:
    try:
        with closing(file.open()) as opened:
            archive = opened.read(len(_ZIP)) == _ZIP
    except Exception:  # told when it is read
        archive = False
    if not archive:
        yield file
        return
    import fsspec

    with ExitStack() as held:
        try:
            opened = held.enter_context(closing(file.open()))
        except Exception as error:  # it was there a moment ago
            yield _File(file.name, _failing(error))
            return
        try:
            inside = fsspec.filesystem("zip", fo=opened)
            names = sorted(name for name in inside.find("") if not _hidden(name))
        except Exception:  # what can go wrong with an archive is open-ended; it is told as what it is
            yield _File(file.name, _failing(OSError(0, "the archive is damaged")))
            return
        for name in names:
            yield _File(f"{file.name}!/{name}", lambda name=name: inside.open(name, "rb"))  # type: ignore[misc]


def _hidden(name: str) -> bool:
    parts = name.split("/")
    return any(part.startswith((".", "__MACOSX")) for part in parts) or name.lower().endswith(".md")


def _failing(error: Exception) -> Callable[[], IO[bytes]]:
    """What opens a file that cannot be opened, for this reason."""

    def fail() -> IO[bytes]:
        raise error

    return fail


def _calls(file: _File, agent_speaker: str | None) -> Iterator[Transcript | TranscriptError]:
    try:
        with closing(file.open()) as opened:
            head = _head(opened)
            if _holds_lines(head):
                yield from read_call_lines(_lines(head, opened), file.name, agent_speaker=agent_speaker)
                return
            data = head + opened.read(max(0, WHOLE_FILE_BYTES - len(head) + 1)) if len(head) >= HEAD_BYTES else head
    except Exception as error:  # every file system, codec and archive has errors of its own
        yield TranscriptError(file.name, f"cannot be read: {_cause(error)}", remedy="check that the file is whole")
        return
    if len(data) > WHOLE_FILE_BYTES:
        yield TranscriptError(file.name, "is larger than 256 MiB", remedy="write one JSON object a line (JSONL)")
        return
    yield from read_calls(data, file.name, agent_speaker=agent_speaker)


def _head(opened: IO[bytes]) -> bytes:
    """A file's begin; if it begins with a long line of JSON, enough of it to see whether there is a second line."""
    chunks = [opened.read(HEAD_BYTES)]
    chunk = chunks[0].removeprefix(_MARK).lstrip()
    if len(chunks[0]) < HEAD_BYTES or not chunk.startswith(b"{"):
        return chunks[0]
    size, ended = HEAD_BYTES, False
    while chunk and size <= WHOLE_FILE_BYTES:
        if not ended:
            _, newline, chunk = chunk.partition(b"\n")
            ended = bool(newline)
        if ended and chunk.strip():
            break
        chunk = opened.read(CHUNK_BYTES)
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


def _holds_lines(head: bytes) -> bool:
    """Whether a file begins with a whole JSON object on a line, and another begins on the next."""
    from pydantic_core import from_json

    lines = [line for line in head.removeprefix(_MARK).split(b"\n") if line.strip()]
    if len(lines) < 2 or not lines[0].lstrip().startswith(b"{") or not lines[1].lstrip().startswith(b"{"):
        return False
    try:
        from_json(lines[0])
    except ValueError:
        return False
    return True


def _lines(head: bytes, rest: IO[bytes]) -> Iterator[bytes]:
    begun: list[bytes] = []
    chunk = head.removeprefix(_MARK)
    while chunk:
        *whole, tail = chunk.split(b"\n")
        for line in whole:
            yield b"".join((*begun, line))
            begun = []
        begun.append(tail)
        chunk = rest.read(CHUNK_BYTES)
    yield b"".join(begun)


def _with_last(calls: Iterator[Transcript | TranscriptError]) -> Iterator[tuple[Transcript | TranscriptError, bool]]:
    try:
        held = next(calls)
    except StopIteration:
        return
    for call in calls:
        yield held, False
        held = call
    yield held, True


def _file_system(source: str) -> tuple[AbstractFileSystem, str]:
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]  # it ships no types

    protocol, _, bucket_and_name = source.partition("://") if "://" in source else ("file", "", source)
    if protocol in _OBJECT_STORES:
        from obstore.fsspec import FsspecStore

        store: Any = FsspecStore  # its types want each protocol by itself
        return store(protocol), bucket_and_name
    try:
        fs, path = url_to_fs(source)
    except ImportError:
        package = _PACKAGES.get(protocol, "the fsspec package for it")
        raise SettingsError(source, f"{protocol}:// needs a package", remedy=f"pip install {package}") from None
    except ValueError:
        raise SettingsError(
            source, f"{protocol}:// is no known kind of address", remedy="see docs/batches.md"
        ) from None
    return fs, path


def _is_local(fs: AbstractFileSystem) -> bool:
    return "file" in (fs.protocol if isinstance(fs.protocol, (tuple, list)) else (fs.protocol,))


def _is_glob(path: str) -> bool:
    return bool(_GLOB & set(path))


def _compression(path: str) -> str | None:
    return "infer" if path.lower().endswith(_PACKED) else None


def _cause(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    told: Any = error.strerror if isinstance(error, OSError) else None
    return str(told).lower() if told else type(error).__name__
