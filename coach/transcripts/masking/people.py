"""Who is who: the names known in a call, so that "Jane", "Jane Doe" and "Ms Doe" share a placeholder."""

from __future__ import annotations

from collections.abc import Sequence


class People:
    """The persons named so far, each known by a set of lower-case name words."""

    def __init__(self) -> None:
        self._persons: list[set[str]] = []
        self._by_word: dict[str, list[int]] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._by_word

    def key(self, words: Sequence[str]) -> str:
        """The key of the person with this name; one of whom part of it, or more than it, is known is the same."""
        name = set(words)
        found = next(
            (
                person
                for word in words
                for person in self._by_word.get(word, ())
                if name <= self._persons[person] or self._persons[person] <= name
            ),
            None,
        )
        if found is None:
            found = len(self._persons)
            self._persons.append(set())
        for word in name - self._persons[found]:
            self._by_word.setdefault(word, []).append(found)
        self._persons[found] |= name
        return str(found)
