"""Embeddings from OpenAI, or from any server that speaks its protocol."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from coach.errors import ModelAnswerInvalid, ModelError, ModelRejected, ModelUnavailable, SettingsError

if TYPE_CHECKING:
    import numpy as np
    from langchain_openai import OpenAIEmbeddings
    from numpy.typing import NDArray

KNOWN_DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "text-embedding-ada-002": 1536}
# The window is 8,191 tokens; this many characters stay below it in any script but the rarest, and no moment is longer.
MAX_CHARACTERS = 8_000
REQUEST_TEXTS = 256
TIMEOUT_S = 60.0
RETRIES = 5


class OpenAIEmbedder:
    """Embeddings over HTTP through LangChain's client, which retries with back-off what may pass.

    Texts beyond 8,000 characters are cut at the end. The endpoint's vectors vary in their last digits from request to
    request; behind the cache the first answer stays.

    Args:
        model: the endpoint's name for the model, such as "text-embedding-3-small".
        base_url: an OpenAI-compatible server; None is OpenAI.
        api_key: the key; None leaves it to the variable OPENAI_API_KEY.

    Raises:
        SettingsError: there is no key.
    """

    def __init__(self, model: str, *, base_url: str | None = None, api_key: str | None = None) -> None:
        self._model = model
        self._server = urlsplit(base_url).netloc.rpartition("@")[2] if base_url else ""
        self._client = _client(model, base_url, api_key)

    @property
    def id(self) -> str:
        """Provider and model, and the server where it is not OpenAI's: equal names need not be equal weights."""
        return f"openai:{self._model}" + (f"@{self._server}" if self._server else "")

    @cached_property
    def dimensions(self) -> int:
        """Length of a vector; one short request finds it out for models not known here."""
        known = KNOWN_DIMENSIONS.get(self._model)
        return known if known is not None else int(self.embed(["dimensions"]).shape[1])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts; see `Embedder.embed`."""
        import numpy as np

        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        try:
            answer = self._client.embed_documents([text[:MAX_CHARACTERS] for text in texts])
        except Exception as error:
            raise _mapped(error, self.id) from error
        try:
            vectors = np.array(answer, dtype=np.float32)
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        except (TypeError, ValueError) as error:
            raise ModelAnswerInvalid(f"{self.id}: the answer holds no vectors of one length") from error
        if vectors.shape[0] != len(texts) or not np.isfinite(lengths).all() or not lengths.all():
            raise ModelAnswerInvalid(f"{self.id}: the answer does not hold one vector for each text")
        unit: NDArray[np.float32] = vectors / lengths
        return unit


def _client(model: str, base_url: str | None, api_key: str | None) -> OpenAIEmbeddings:
    import openai
    from langchain_openai import OpenAIEmbeddings
    from pydantic import SecretStr

    try:
        return OpenAIEmbeddings(
            model=model,
            openai_api_base=base_url,
            openai_api_key=SecretStr(api_key) if api_key else None,
            # Its check counts with tiktoken, whose tables would be fetched, and sends token numbers, which
            # compatible servers don't take.
            check_embedding_ctx_length=False,
            chunk_size=REQUEST_TEXTS,
            request_timeout=TIMEOUT_S,
            max_retries=RETRIES,
        )
    except openai.OpenAIError as error:
        remedy = "set it, or COACH_EMBEDDINGS=local"
        raise SettingsError(f"embeddings openai:{model}", "OPENAI_API_KEY is not set", remedy=remedy) from error


def _mapped(error: Exception, name: str) -> ModelError:
    """The error tree's word for what the client raised, without the text that was sent."""
    import openai

    match error:
        case openai.APITimeoutError():
            return ModelUnavailable(f"{name}: no answer within {TIMEOUT_S:.0f} s")
        case openai.APIConnectionError():
            return ModelUnavailable(f"{name}: the server cannot be reached")
        case openai.RateLimitError() if error.code == "insufficient_quota":
            return ModelRejected(f"{name}: the account has no quota left")
        case openai.APIStatusError() if error.status_code in (408, 409, 429) or error.status_code >= 500:
            return ModelUnavailable(f"{name}: status {error.status_code} after {RETRIES} retries")
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return ModelRejected(f"{name}: the key is not accepted (status {error.status_code})")
        case openai.APIStatusError():
            return ModelRejected(f"{name}: the request is not accepted (status {error.status_code})")
        case _:
            return ModelAnswerInvalid(f"{name}: the answer cannot be read ({type(error).__name__})")
