"""Features of gql, a GraphQL client for Python, over HTTP and over a socket."""

import asyncio

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from features import key, model, run, url

headers = {"Authorization": f"Bearer {key}"}
generate = gql("mutation ($input: GenerateInput!) { generate(input: $input) { generation { id } } }")
watch = gql("subscription ($id: ID!) { generation(id: $id) { delta } }")


def execute(document, **variables):
    document.variable_values = variables
    return Client(transport=AIOHTTPTransport(url=f"{url}/graphql", headers=headers)).execute(document)


def begin():
    given = {"prompt": "What is 2+2?", "model": model, "options": {"maxTokens": 8}}
    return execute(generate, input=given)["generate"]["generation"]["id"]


async def watched():
    watch.variable_values = {"id": await asyncio.to_thread(begin)}
    transport = WebsocketsTransport(
        url=f"{url.replace('http', 'ws')}/graphql", init_payload=headers, subprotocols=["graphql-transport-ws"]
    )
    async with Client(transport=transport) as session:
        return "".join([event["generation"]["delta"] async for event in session.subscribe(watch)])


def failed():
    try:
        execute(generate, input={"prompt": " "})
    except TransportQueryError as error:
        return error.errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
    return False


def validated():
    transport = AIOHTTPTransport(url=f"{url}/graphql", headers=headers)
    client = Client(transport=transport, fetch_schema_from_transport=True)
    return client.execute(gql("{ viewer { username } }"))["viewer"]["username"]


run(
    {
        "models": lambda: execute(gql("{ models(first: 5) { edges { node { name } } } }"))["models"]["edges"] and validated(),
        "chat": begin,
        "subscriptions by socket": lambda: asyncio.run(watched()),
        "errors": failed,
    }
)
