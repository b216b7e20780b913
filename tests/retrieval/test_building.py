from __future__ import annotations

import time
from pathlib import Path

from coach.retrieval.index.building import ABANDONED_AFTER_S, UNFINISHED, ensure_collection
from coach.retrieval.index.client import close_client, folder_client
from coach.retrieval.index.rows import Row
from tests.retrieval.counting_embedder import CountingEmbedder


def test_builds_that_were_given_up_are_cleared_away_and_running_ones_are_not(tmp_path: Path) -> None:
    now = int(time.time())
    with folder_client(tmp_path) as client:
        for name, age in (("old", ABANDONED_AFTER_S + 60), ("young", 60)):
            client.create_collection(f"{name}{UNFINISHED}x", metadata={"started": now - age}, embedding_function=None)
        for name in ("first", "second"):
            ensure_collection(client, name, [Row("a", ("text",))], CountingEmbedder())
        names = {collection.name for collection in client.list_collections()}
        close_client(client)
    assert names == {"first", "second", f"young{UNFINISHED}x"}
