"""The retrieval corpus: loading and validation, embedders, the Chroma index, search.

Nothing heavy is imported before it is used.
"""

from __future__ import annotations

from coach.retrieval.corpus.loading import CorpusCheck, check_corpus, list_companies, load_corpus
from coach.retrieval.embedders.base import Embedder
from coach.retrieval.embedders.cache import EmbeddingCache
from coach.retrieval.embedders.cached import CachedEmbedder
from coach.retrieval.embedders.minilm import MiniLMEmbedder, minilm_token_count
from coach.retrieval.embedders.openai_compatible import OpenAIEmbedder
from coach.retrieval.index.company_index import CompanyIndex, open_index

__all__ = [
    "CachedEmbedder",
    "CompanyIndex",
    "CorpusCheck",
    "Embedder",
    "EmbeddingCache",
    "MiniLMEmbedder",
    "OpenAIEmbedder",
    "check_corpus",
    "list_companies",
    "load_corpus",
    "minilm_token_count",
    "open_index",
]
