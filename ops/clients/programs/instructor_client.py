"""Features of instructor: answers as objects of a class, in its modes for OpenAI's client."""

import instructor
from openai import NotFoundError, OpenAI
from pydantic import BaseModel

from features import key, model, run, url

openai = OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)
question = [{"role": "user", "content": "Choose a number."}]
limit = {"model": model, "messages": question, "max_tokens": 200, "temperature": 0, "max_retries": 0}


class Sum(BaseModel):
    a: int


def ask(mode, **more):
    client = instructor.from_openai(openai, mode=mode)
    return client.chat.completions.create(**{**limit, "response_model": Sum, **more})


def streamed():
    client = instructor.from_openai(openai, mode=instructor.Mode.JSON_SCHEMA)
    parts = list(client.chat.completions.create_partial(**limit, response_model=Sum))
    return isinstance(parts[-1].a, int)


def failed():
    try:
        ask(instructor.Mode.JSON_SCHEMA, model="nosuch")
    except Exception as error:
        return isinstance(error, NotFoundError) or "is not installed" in str(error)
    return False


run(
    {
        "structured output": lambda: isinstance(ask(instructor.Mode.JSON_SCHEMA).a, int),
        "streamed chat": streamed,
        "required tool call": lambda: isinstance(ask(instructor.Mode.TOOLS).a, int),
        "errors": failed,
    }
)
