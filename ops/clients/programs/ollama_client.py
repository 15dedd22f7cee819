"""Features of Ollama's client for Python, which reads OLLAMA_API_KEY."""

import json
import os

os.environ["OLLAMA_API_KEY"] = os.environ["CLIENT_KEY"]

from ollama import Client, ResponseError  # noqa: E402

from features import model, run, url  # noqa: E402

client = Client(host=url)
messages = [{"role": "user", "content": "What is 2+2?"}]
options = {"num_predict": 24, "temperature": 0}


def structured():
    schema = {"type": "object", "properties": {"sum": {"type": "integer"}}, "required": ["sum"]}
    answer = client.chat(model=model, messages=messages, options=options, format=schema)
    return isinstance(json.loads(answer.message.content)["sum"], int)


def streamed():
    chunks = client.chat(model=model, messages=messages, options=options, stream=True)
    return "".join(chunk.message.content or "" for chunk in chunks)


def failed():
    try:
        client.chat(model="nosuch", messages=messages)
    except ResponseError as error:
        return error.status_code == 404 and "nosuch" in error.error
    return False


run(
    {
        "models": lambda: len(client.list().models) > 0 and "completion" in client.show(model).capabilities,
        "chat": lambda: client.chat(model=model, messages=messages, options=options).message.content,
        "streamed chat": streamed,
        "structured output": structured,
        "completions": lambda: client.generate(model=model, prompt="Hello", options=options).response,
        "embeddings": lambda: len(client.embed(model=model, input=["one", "two"]).embeddings) == 2,
        "errors": failed,
    }
)
