"""Features of pydantic-ai with its models for OpenAI's chat completions and responses."""

from pydantic import BaseModel
from pydantic_ai import Agent, ModelHTTPError, NativeOutput, ToolOutput
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider

from features import key, model, run, url

provider = OpenAIProvider(base_url=f"{url}/v1", api_key=key)
chat = OpenAIChatModel(model, provider=provider)
responses = OpenAIResponsesModel(model, provider=provider)
settings = {"max_tokens": 200, "temperature": 0}


class Sum(BaseModel):
    a: int


def ask(output_type=str, using=chat, **more):
    return Agent(using, output_type=output_type, model_settings=settings).run_sync("Choose a number.", **more)


def streamed(using=chat):
    with Agent(using, model_settings=settings).run_stream_sync("What is 2+2?") as result:
        return "".join(result.stream_text(delta=True))


def responded():
    first = ask(using=responses)
    return ask(using=responses, message_history=first.all_messages()).output


def failed():
    try:
        ask(using=OpenAIChatModel("nosuch", provider=provider))
    except ModelHTTPError as error:
        return error.status_code == 404
    return False


run(
    {
        "chat": lambda: ask().output,
        "streamed chat": streamed,
        "structured output": lambda: isinstance(ask(NativeOutput(Sum)).output.a, int),
        "required tool call": lambda: isinstance(ask(ToolOutput(Sum)).output.a, int),
        "responses": responded,
        "streamed responses": lambda: streamed(responses),
        "errors": failed,
    }
)
