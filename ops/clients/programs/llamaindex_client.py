"""Features of LlamaIndex with its package for APIs like OpenAI's."""

from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel

from features import key, model, run, url

base = {"api_base": f"{url}/v1", "api_key": key, "max_retries": 0}
limit = {**base, "model": model, "max_tokens": 200, "temperature": 0, "is_chat_model": True}
llm = OpenAILike(**limit, is_function_calling_model=True)
question = [ChatMessage(role="user", content="What is 2+2?")]


class Sum(BaseModel):
    a: int


def add(a: int) -> str:
    """Adds 2 to a number."""
    return str(a + 2)


def called():
    answer = llm.chat_with_tools([FunctionTool.from_defaults(add)], user_msg="Add 2 to 2.", tool_required=True)
    call = llm.get_tool_calls_from_response(answer)[0]
    return call.tool_name == "add" and isinstance(call.tool_kwargs["a"], int)


def structured():
    strict = OpenAILike(**limit, should_use_structured_outputs=True)
    return isinstance(strict.as_structured_llm(Sum).complete("Choose a number.").raw.a, int)


def embedded():
    settings = {**base, "model_name": model}
    return len(OpenAILikeEmbedding(**settings).get_text_embedding_batch(["one", "two"])[1]) > 10


def failed():
    try:
        OpenAILike(**{**limit, "model": "nosuch"}).chat(question)
    except Exception as error:
        return error.status_code == 404
    return False


run(
    {
        "chat": lambda: llm.chat(question).message.content,
        "streamed chat": lambda: "".join(chunk.delta or "" for chunk in llm.stream_chat(question)),
        "structured output": structured,
        "required tool call": called,
        "completions": lambda: OpenAILike(**{**limit, "is_chat_model": False}).complete("Hello").text,
        "embeddings": embedded,
        "errors": failed,
    }
)
