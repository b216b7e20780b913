"""A review as one self-contained HTML page.

The page loads nothing: its style and its script are inline, and its content policy allows those two texts, by their
hashes, and nothing else. All text from transcripts and corpora is escaped by Jinja2's autoescaping.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from coach.rendering import wording
from coach.rendering.view import ReviewView, withheld_words

_TEMPLATES = "templates"


def review_page(view: ReviewView) -> str:
    """One review as a whole HTML document."""
    environment = Environment(
        loader=PackageLoader("coach.rendering", _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _text("review.css"), _text("review.js")
    return environment.get_template("review.html.j2").render(
        view=view,
        withheld=withheld_words(view),
        wording=wording,
        style=style,
        script=script,
        policy=_policy(style, script),
    )


def _text(name: str) -> str:
    return (files("coach.rendering") / _TEMPLATES / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{source_hash(style)}'",
            f"script-src '{source_hash(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def source_hash(text: str) -> str:
    """What a content policy names an inline text by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
