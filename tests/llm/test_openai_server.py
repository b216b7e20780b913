"""The fake server keeps the protocol where it is not told to break it."""

from __future__ import annotations

import asyncio

import openai
import pytest

from tests.support.openai_server import EMBEDDING_SIZE, OpenAIServer, Request, answer, hang


async def test_many_slow_requests_at_once() -> None:
    async def chat(client: openai.AsyncOpenAI, number: int) -> str | None:
        prompt = {"role": "user", "content": str(number)}
        reply = await client.chat.completions.create(model="fake", messages=[prompt])  # type: ignore[list-item]
        return reply.choices[0].message.content

    def when_all_are_here(request: Request) -> str:
        server.wait_for_chats(64)
        return request.prompt

    with OpenAIServer(answer(when_all_are_here)) as server:
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="any", max_retries=0) as client:
            replies = await asyncio.gather(*(chat(client, number) for number in range(64)))
        assert replies == [str(number) for number in range(64)]
        assert len(server.chats) == 64


async def test_embeddings_depend_on_the_text_alone() -> None:
    with OpenAIServer() as server:
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="any") as client:
            packed = await client.embeddings.create(model="fake", input=["one", "two"])
            plain = await client.embeddings.create(model="fake", input="one", encoding_format="float")
    one, two = (item.embedding for item in packed.data)
    assert len(one) == EMBEDDING_SIZE
    assert one != two
    assert all(abs(a - b) < 1e-6 for a, b in zip(one, plain.data[0].embedding, strict=True))


async def test_stops_while_requests_hang() -> None:
    with OpenAIServer(hang()) as server:
        client = openai.AsyncOpenAI(base_url=server.base_url, api_key="any", max_retries=0)
        asked = client.chat.completions.create(model="fake", messages=[{"role": "user", "content": "hello"}])
        waiting = asyncio.ensure_future(asked)
        await asyncio.to_thread(server.wait_for_chats, 1)
    with pytest.raises(openai.APIConnectionError):
        await waiting
    await client.close()
