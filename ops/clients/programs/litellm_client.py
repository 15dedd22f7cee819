"""Features of LiteLLM, as a client of OpenAI's, Ollama's and Anthropic's APIs."""

import json
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # Otherwise it downloads prices.

import litellm

from features import key, model, run, url

litellm.suppress_debug_info = True
messages = [{"role": "user", "content": "What is 2+2?"}]
base = {"api_base": f"{url}/v1", "api_key": key, "num_retries": 0}
limit = {**base, "model": f"openai/{model}", "messages": messages, "max_tokens": 24, "temperature": 0}
ollama = {**limit, "model": f"ollama_chat/{model}", "api_base": url}
anthropic = {**limit, "model": f"anthropic/{model}", "api_base": url}
schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
tool = {"type": "function", "function": {"name": "add", "description": "Adds.", "parameters": schema}}


def text(answer):
    return answer.choices[0].message.content


def streamed(request):
    return "".join(chunk.choices[0].delta.content or "" for chunk in litellm.completion(**request, stream=True))


def structured():
    form = {"type": "json_schema", "json_schema": {"name": "sum", "schema": schema}}
    return isinstance(json.loads(text(litellm.completion(**limit, response_format=form)))["a"], int)


def called():
    request = {**limit, "max_tokens": 200}
    answer = litellm.completion(**request, tools=[tool], tool_choice="required")
    call = answer.choices[0].message.tool_calls[0]
    return call.function.name == "add" and isinstance(json.loads(call.function.arguments)["a"], int)


def failed():
    try:
        litellm.completion(**{**limit, "model": "openai/nosuch"})
    except litellm.NotFoundError:
        try:
            litellm.completion(**{**limit, "messages": [{"role": "user", "content": "word " * 200_000}]})
        except litellm.ContextWindowExceededError:
            return True
    return False


def responded():
    first = litellm.responses(**base, model=f"openai/{model}", input="Hello", max_output_tokens=16)
    return first.output[0].content[0].text


run(
    {
        "chat": lambda: all(text(litellm.completion(**each)) for each in (limit, ollama, anthropic)),
        "streamed chat": lambda: all(streamed(each) for each in (limit, ollama, anthropic)),
        "structured output": structured,
        "required tool call": called,
        "completions": lambda: litellm.text_completion(
            **base, model=f"text-completion-openai/{model}", prompt="Hello", max_tokens=8
        )
        .choices[0]
        .text,
        "embeddings": lambda: len(litellm.embedding(**base, model=f"openai/{model}", input=["one", "two"]).data) == 2,
        "responses": responded,
        "errors": failed,
    }
)
