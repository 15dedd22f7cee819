"""Sends a prompt, prints the answer while it streams, and resumes after a dropped connection.

pip install "gql[httpx,websockets]"
ZIGGIE_USER=admin ZIGGIE_PASSWORD=… python ask.py "What is 2+2?"
"""

import asyncio
import os
import sys
import uuid

import httpx
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport

URL = os.environ.get("ZIGGIE_URL", "http://127.0.0.1:8000")
FINAL = {"COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED"}
TRIES = 30

GENERATE = """
mutation ($prompt: String!, $key: String!) {
  generate(input: { prompt: $prompt, idempotencyKey: $key }) { generation { id } }
}
"""
FOLLOW = """
subscription ($id: ID!, $after: Int!) {
  generation(id: $id, after: $after) { offset delta cursor status generation { error { code message } } }
}
"""


def sign_in() -> str:
    answer = httpx.post(
        f"{URL}/api/auth/login",
        json={"username": os.environ["ZIGGIE_USER"], "password": os.environ["ZIGGIE_PASSWORD"]},
    )
    answer.raise_for_status()
    return answer.json()["access_token"]


async def generate(token: str, prompt: str) -> str:
    transport = HTTPXAsyncTransport(url=f"{URL}/graphql", headers={"Authorization": f"Bearer {token}"})
    async with Client(transport=transport) as session:
        request = gql(GENERATE)
        # With the key, a retry does not start a second answer.
        request.variable_values = {"prompt": prompt, "key": str(uuid.uuid4())}
        return (await session.execute(request))["generate"]["generation"]["id"]


async def follow(token: str, generation_id: str) -> dict:
    """Prints the text to its end. The cursor tells the server how much text has arrived."""
    cursor, failures = 0, 0
    while True:
        transport = WebsocketsTransport(
            url=f"{URL.replace('http', 'ws', 1)}/graphql",
            init_payload={"authorization": f"Bearer {token}"},
            ping_interval=12,
        )
        try:
            async with Client(transport=transport) as session:
                request = gql(FOLLOW)
                request.variable_values = {"id": generation_id, "after": cursor}
                async for result in session.subscribe(request):
                    event = result["generation"]
                    if event["offset"] == 0 and cursor > 0:
                        print("\n(restarted)")
                    print(event["delta"], end="", flush=True)
                    cursor, failures = event["cursor"], 0
                    if event["status"] in FINAL:
                        return event
        except TransportQueryError:
            raise  # An error of the service, such as NOT_FOUND.
        except Exception:
            failures += 1
            if failures == TRIES:
                raise
            await asyncio.sleep(min(0.25 * 2**failures, 5))


async def main() -> None:
    token = sign_in()
    end = await follow(token, await generate(token, " ".join(sys.argv[1:]) or "What is 2+2?"))
    print()
    if end["status"] != "COMPLETED":
        sys.exit((end["generation"]["error"] or {}).get("message", end["status"]))


asyncio.run(main())
