"""Features of OpenAI's client for Python."""

import json
import time

from openai import NotFoundError, OpenAI

from features import key, model, run, url

client = OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
messages = [{"role": "user", "content": "What is 2+2?"}]
limit = {"model": model, "messages": messages, "max_tokens": 24, "temperature": 0}
tool = {
    "type": "function",
    "function": {
        "name": "add",
        "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
    },
}


def streamed():
    chunks = client.chat.completions.create(**limit, stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def structured():
    schema = {"type": "object", "properties": {"sum": {"type": "integer"}}, "required": ["sum"]}
    form = {"type": "json_schema", "json_schema": {"name": "sum", "schema": schema}}
    answer = client.chat.completions.create(**limit, response_format=form)
    return isinstance(json.loads(answer.choices[0].message.content)["sum"], int)


def called():
    request = {**limit, "max_tokens": 200}
    answer = client.chat.completions.create(**request, tools=[tool], tool_choice="required")
    call = answer.choices[0].message.tool_calls[0]
    return call.function.name == "add" and isinstance(json.loads(call.function.arguments)["a"], int)


def stored():
    limit = {"model": model, "max_output_tokens": 16}
    first = client.responses.create(**limit, input="My name is Ada.")
    second = client.responses.create(**limit, input="What is my name?", previous_response_id=first.id)
    items = client.responses.input_items.list(second.id).data
    same = client.responses.retrieve(second.id).output_text == second.output_text
    client.responses.delete(second.id)
    client.responses.delete(first.id)
    return same and len(items) == 3


def streamed_responses():
    with client.responses.stream(model=model, input="Hello", max_output_tokens=16) as stream:
        return "".join(event.delta for event in stream if event.type == "response.output_text.delta")


def batched():
    url = "/v1/chat/completions"
    lines = [json.dumps({"custom_id": id, "method": "POST", "url": url, "body": limit}) for id in ("one", "two")]
    file = client.files.create(file=("requests.jsonl", "\n".join(lines).encode()), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint=url, completion_window="24h")
    while batch.status in ("validating", "in_progress", "finalizing"):
        time.sleep(0.5)
        batch = client.batches.retrieve(batch.id)
    output = client.files.content(batch.output_file_id).text
    answers = [json.loads(line) for line in output.splitlines()]
    listed = client.batches.list().data[0].id == batch.id
    answered = all(answer["response"]["body"]["choices"][0]["message"]["content"] for answer in answers)
    ids = [answer["custom_id"] for answer in answers]
    return ids == ["one", "two"] and answered and listed and client.files.delete(file.id).deleted


def failed():
    try:
        client.chat.completions.create(**{**limit, "model": "nosuch"})
    except NotFoundError as error:
        return error.code == "model_not_found"
    return False


run(
    {
        "models": lambda: len(client.models.list().data) > 0,
        "chat": lambda: client.chat.completions.create(**limit).choices[0].message.content,
        "streamed chat": streamed,
        "structured output": structured,
        "required tool call": called,
        "several answers": lambda: len(client.chat.completions.create(**limit, n=2).choices) == 2,
        "completions": lambda: client.completions.create(model=model, prompt="Hello", max_tokens=8).choices[0].text,
        "embeddings": lambda: len(client.embeddings.create(model=model, input=["one", "two"]).data) == 2,
        "responses": lambda: client.responses.create(model=model, input="Hello", max_output_tokens=16).output_text,
        "stored responses": stored,
        "streamed responses": streamed_responses,
        "batches": batched,
        "errors": failed,
    }
)
