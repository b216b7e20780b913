"""Masks a whole call: runs the detectors until none finds anything, so that masking a masked call changes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coach.domain.transcript import Transcript
from coach.transcripts.masking import emails, identifiers
from coach.transcripts.masking.addresses import find_addresses
from coach.transcripts.masking.dates import find_dates_of_birth
from coach.transcripts.masking.expiries import find_expiries
from coach.transcripts.masking.fragments import find_fragments, merge_parts
from coach.transcripts.masking.hits import Hit, Ledger, replace
from coach.transcripts.masking.keys import key_words, names_person, reads_as_name
from coach.transcripts.masking.names import find_names
from coach.transcripts.masking.numbers import find_numbers
from coach.transcripts.masking.numerals import read_runs
from coach.transcripts.masking.people import People
from coach.transcripts.masking.plates import find_plates
from coach.transcripts.masking.secrets import find_secrets
from coach.transcripts.masking.streams import Call, prepare
from coach.transcripts.masking.street_forms import find_foreign, find_towns

_TAKEN = re.compile(r"<([A-Z][A-Z0-9_]*)_(\d{1,9})>")
_REGIONS = ("US", "GB")
_REFERENCE_KINDS = ("EMAIL", "PHONE")


@dataclass(frozen=True, slots=True)
class Masked:
    """A transcript without personal data.

    Attributes:
        transcript: as given, with placeholders in turn texts, in strings of `metadata`, and in `agent_ref` where that
            is an e-mail address or a phone number.
        counts: how many different values were masked, by kind.
    """

    transcript: Transcript
    counts: dict[str, int]


def mask(transcript: Transcript) -> Masked:
    """Replaces personal data by placeholders that are stable within the call, such as `<CARD_1>`.

    Kinds: CARD, EMAIL, PHONE, IBAN, ID, ACCOUNT, SECURITY_CODE, EXPIRY, SECRET, DATE_OF_BIRTH, ADDRESS, NAME, and
    `<kind>_LAST4` for digits announced as the last four of a number. Order numbers, prices, times, sizes and the like
    stay. What a vendor has redacted stays as it is. Never raises on any text; time is linear in the length of the call.
    """
    masker = _Masker(transcript)
    texts = masker.texts([turn.text for turn in transcript.turns], [turn.speaker for turn in transcript.turns])
    turns = tuple(turn.model_copy(update={"text": text}) for turn, text in zip(transcript.turns, texts, strict=True))
    changed: dict[str, Any] = {"turns": turns, "metadata": masker.value(transcript.metadata, "")}
    if transcript.agent_ref is not None:
        changed["agent_ref"] = masker.reference(transcript.agent_ref)
    return Masked(transcript.model_copy(update=changed), masker.ledger.counts())


class _Masker:
    """The placeholders and persons of one call, and the ways to use them."""

    def __init__(self, transcript: Transcript) -> None:
        taken: dict[str, int] = {}
        for text in [*(turn.text for turn in transcript.turns), str(transcript.metadata), transcript.agent_ref or ""]:
            for kind, number in _TAKEN.findall(text):
                taken[kind] = max(taken.get(kind, 0), int(number))
        self.ledger = Ledger(taken)
        self._people = People()
        region = (transcript.language or "").replace("_", "-").rpartition("-")[2].upper()
        self._regions = _REGIONS if len(region) != 2 or region in _REGIONS else (region, *_REGIONS)

    def texts(self, texts: Sequence[str], speakers: Sequence[str]) -> list[str]:
        """Turn texts with everything masked; repeated, since what one pass masks can uncover what stands beside it."""
        call = prepare(list(texts), speakers)
        while hits := self._find(call):
            call = prepare(replace(call.texts, hits, self.ledger), speakers, call)
        return list(call.texts)

    def value(self, value: Any, key: str, parent: str = "") -> Any:
        """A value of `metadata` with its strings masked, whatever holds them; its keys tell what it is."""
        if isinstance(value, str):
            if names_person(key, parent) and reads_as_name(value):
                return self.ledger.placeholder("NAME", self._people.key(value.lower().split()))
            # the key reads as a question that the value answers: "customer phone", "+1 ..."
            return self.texts([" ".join(key_words(key)), value], ["unknown", "unknown"])[1]
        if isinstance(value, Mapping):
            return {name: self.value(item, str(name), key) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.value(item, key, parent) for item in value)
        return value

    def reference(self, text: str) -> str:
        """An opaque reference, masked only if it is an e-mail address or a phone number."""
        hits = [hit for hit in self._find(prepare([text], ["unknown"])) if hit.kind in _REFERENCE_KINDS]
        return replace([text], hits, self.ledger)[0]

    def _find(self, call: Call) -> list[Hit]:
        runs = [(stream, read_runs(stream)) for stream in call.streams]
        hits: list[Hit] = []
        for turn, text in enumerate(call.texts):
            hits += emails.find_written(text, turn)
            hits += identifiers.find_written(text, turn)
            hits += find_foreign(text, turn)
        for stream, stream_runs in runs:
            hits += emails.find_spoken(stream, call.texts)
            hits += find_numbers(call, stream, stream_runs, self._regions)
        hits = merge_parts(hits)
        hits += find_fragments(call, runs, hits)
        hits += find_dates_of_birth(call)
        hits += find_addresses(call)
        hits += find_towns(call)
        hits += find_expiries(call)
        hits += find_plates(call)
        hits += find_secrets(call)
        hits += find_names(call, runs, self._people)
        return hits
