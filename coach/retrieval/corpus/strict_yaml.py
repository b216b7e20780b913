"""YAML as a data format and nothing more: no object tags, no duplicate keys, no aliases.

PyYAML keeps the last of two equal keys without a word, and aliases let a small file expand without bound; both are
refused here, on the node tree, where line numbers are still known.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.retrieval.corpus.faults import Faults

if TYPE_CHECKING:
    import yaml


def read_mapping(path: Path, faults: Faults) -> dict[str, Any] | None:
    """Reads a file that holds one mapping.

    Text values come back with runs of white space collapsed to single spaces, so that folded, literal and plain
    blocks of the same words are the same value.

    Args:
        path: a YAML file in UTF-8.
        faults: receives whatever is wrong with the file.

    Returns:
        The mapping, or None if `faults` received an error.
    """
    import yaml

    text = read_utf8(path, faults)
    if text is None:
        return None
    before = len(faults.errors)
    loader_class = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        loader = loader_class(text)
        try:
            node = loader.get_single_node()
            if node is not None:
                _check_node(node, "", path, faults, set())
            if len(faults.errors) > before:
                return None
            value = loader.construct_document(node) if node is not None else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}" if mark else ""
        faults.error(path, f"not valid YAML: {error.problem or error.context}", place=place)
        return None
    except yaml.YAMLError as error:
        faults.error(path, f"not valid YAML: {error}")
        return None
    except RecursionError:
        faults.error(path, "nested too deeply")
        return None
    except ValueError as error:
        # PyYAML lets the constructors of dates and numbers raise through.
        faults.error(path, f"holds a value that cannot be read: {error}", remedy="put it in quotation marks")
        return None
    if value is None:
        faults.error(path, "the file is empty")
        return None
    if not isinstance(value, dict):
        faults.error(path, "expected keys and values at the top level")
        return None
    return {str(key): _collapsed(item) for key, item in value.items()}


def read_utf8(path: Path, faults: Faults) -> str | None:
    """Reads a whole text file; None if `faults` received an error."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        faults.error(path, f"not UTF-8 (byte {error.start})", remedy="save the file as UTF-8")
    except OSError as error:
        faults.error(path, f"cannot be read: {error.strerror or error}")
    return None


def _check_node(node: yaml.Node, place: str, path: Path, faults: Faults, seen: set[int]) -> None:
    import yaml

    if id(node) in seen:
        faults.error(path, "YAML aliases (&name, *name) are not supported", place=place, remedy="write the value out")
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for n, item in enumerate(node.value):
            _check_node(item, f"{place}[{n}]", path, faults, seen)
    elif isinstance(node, yaml.MappingNode):
        first_line: dict[str, int] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                faults.error(path, "a key must be plain text", place=place or f"line {line}")
                continue
            here = f"{place}.{key.value}" if place else str(key.value)
            if key.value in first_line:
                faults.error(
                    path,
                    f"the key is there twice (lines {first_line[key.value]} and {line})",
                    place=here,
                    remedy="keep one",
                )
            first_line.setdefault(key.value, line)
            _check_node(item, here, path, faults, seen)


def _collapsed(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [_collapsed(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _collapsed(item) for key, item in value.items()}
    return value
