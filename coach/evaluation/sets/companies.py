"""Where the companies of the eval sets are: beside the sets, else in the corpus folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from coach.domain.corpus import Corpus
from coach.errors import CorpusError


class Companies:
    """Companies by id; each is read once.

    Args:
        beside: the folder of companies that lies beside the sets; it may be missing.
        corpus: the corpus folder of the settings.
    """

    def __init__(self, beside: Path, corpus: Path) -> None:
        self._roots = {company: root for root in (corpus, beside) for company in _companies_in(root)}
        self._loaded: dict[str, Corpus] = {}

    @property
    def known(self) -> list[str]:
        """All ids, sorted."""
        return sorted(self._roots)

    def load(self, wanted: Iterable[str]) -> dict[str, Corpus]:
        """The corpora of those companies that are known, by id.

        Raises:
            CorpusError: a company's files are broken.
        """
        from coach.retrieval import load_corpus, minilm_token_count

        missing = sorted({company for company in wanted if company in self._roots} - set(self._loaded))
        token_count = minilm_token_count() if missing else None
        for company in missing:
            self._loaded[company] = load_corpus(self._roots[company], company, token_count=token_count)
        return {company: self._loaded[company] for company in sorted(set(wanted) & set(self._loaded))}


def _companies_in(root: Path) -> list[str]:
    from coach.retrieval import list_companies

    try:
        return list_companies(root)
    except CorpusError:
        return []
