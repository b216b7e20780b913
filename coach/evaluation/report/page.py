"""A report as one self-contained HTML page, or as Markdown.

The page loads nothing: its style is inline, and its content policy allows that text, by its hash, and nothing else.
All text is escaped: by Jinja2 on the page, by the escaping of reviews in Markdown.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from coach.evaluation.report.view import ReportView
from coach.rendering.markdown import escaped

_TEMPLATES = "templates"


def report_page(view: ReportView) -> str:
    """The report as a whole HTML document."""
    style = (files("coach.evaluation.report") / _TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    template = _environment().get_template("report.html.j2")
    return template.render(view=view, style=Markup(style), policy=policy)  # noqa: S704  # our own file


def report_markdown(view: ReportView) -> str:
    """The report as Markdown; nothing in it is read as markup."""
    environment = _environment()
    environment.filters["md"] = lambda value: escaped(str(value))
    return environment.get_template("report.md.j2").render(view=view).strip() + "\n"


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("coach.evaluation.report", _TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
