"""Transcripts of any known format to the domain's own: reading, detection, roles, masking of personal data."""

from __future__ import annotations

from coach.transcripts.reading import read_call_lines, read_calls

__all__ = ["read_call_lines", "read_calls"]
