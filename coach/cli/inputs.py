"""From names on the command line to calls: files, folders and standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from coach.domain.transcript import Transcript
from coach.errors import TranscriptError, UserError
from coach.transcripts import read_calls

STDIN = "<stdin>"


@dataclass(frozen=True, slots=True)
class Call:
    """One call and the name of the input it came from."""

    source: str
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class Failure:
    """What stands in the place of a call that failed; `call_id` is None where the input could not be read that far."""

    call_id: str | None
    source: str
    error: str

    @classmethod
    def of(cls, error: UserError) -> Failure:
        """The failure that a fault in the input makes."""
        place = f"{error.place}: " if error.place else ""
        remedy = f" — {error.remedy}" if error.remedy else ""
        return cls(None, error.source, f"{place}{error.reason}{remedy}")


def read_inputs(names: Iterable[str], agent_speaker: str | None) -> Iterator[Call | Failure]:
    """Read calls in the order of the names; a folder stands for its files by name, Markdown and hidden ones left out.

    Args:
        names: paths, or `-` for standard input.
        agent_speaker: the label that the agent has in the source, where the user knows better than the source.
    """
    for name in names:
        if name == "-":
            yield from _read(sys.stdin.buffer.read(), STDIN, agent_speaker)
        else:
            yield from _read_path(Path(name), agent_speaker)


def is_input(path: Path, names: Iterable[str]) -> bool:
    """Whether a file is among those that `read_inputs` would read, under whatever name."""
    if not path.is_file():
        return False
    named = [Path(name) for name in names if name != "-"]
    files = (file for name in named for file in (_call_files(name) if name.is_dir() else [name]))
    return any(file.exists() and file.samefile(path) for file in files)


def _read_path(path: Path, agent_speaker: str | None) -> Iterator[Call | Failure]:
    try:
        if path.is_dir():
            files = _call_files(path)
            if not files:
                raise TranscriptError(str(path), "the folder holds no files", remedy="name a file or another folder")
            for file in files:
                yield from _read_path(file, agent_speaker)
        else:
            yield from _read(path.read_bytes(), str(path), agent_speaker)
    except OSError as error:
        reason = "no such file" if isinstance(error, FileNotFoundError) else (error.strerror or "unreadable").lower()
        yield Failure(None, str(path), f"cannot be read: {reason}")
    except TranscriptError as error:
        yield Failure.of(error)


def _call_files(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.iterdir()) if _is_call_file(file)]


def _is_call_file(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and path.suffix.lower() != ".md"


def _read(data: bytes, source: str, agent_speaker: str | None) -> Iterator[Call | Failure]:
    for call in read_calls(data, source, agent_speaker=agent_speaker):
        yield Failure.of(call) if isinstance(call, TranscriptError) else Call(source, call)
