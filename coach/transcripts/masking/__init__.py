"""Masking of personal data, before anything is embedded, stored or sent.

`mask` replaces what identifies a person by placeholders that stay the same throughout a call (`<CARD_1>`), whether the
value was written or spoken, in one turn or over several. Everyday numbers (prices, times, sizes, order numbers) stay:
a judge needs them.

Written here rather than with Presidio: its pattern recognisers read written forms only, one string at a time, and its
analyzer imports spaCy; what matters in call transcripts is spoken digits that span turns. pyap2 was tried for
addresses: it wants city and state, misses lower case and spoken numbers, and takes 10 to 17 ms per kilobyte.
"""

from __future__ import annotations

from coach.transcripts.masking.masker import Masked, mask

__all__ = ["Masked", "mask"]
