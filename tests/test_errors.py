from __future__ import annotations

import pickle

import pytest

from coach.errors import CorpusError, SettingsError, TranscriptError, UserError


@pytest.mark.parametrize("kind", [SettingsError, TranscriptError, CorpusError])
def test_a_users_error_is_one_line_and_survives_a_process_boundary(kind: type[UserError]) -> None:
    error = kind("calls.jsonl", "not valid\nJSON", place="line 3", remedy="check the comma")
    assert str(error) == "calls.jsonl: line 3: not valid JSON — check the comma"
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), back.place) == (kind, str(error), "line 3")
