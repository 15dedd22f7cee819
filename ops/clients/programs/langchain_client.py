"""Features of LangChain for Python with its packages for OpenAI and Ollama."""

from langchain_core.exceptions import ContextOverflowError
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

from features import key, model, run, url

base = {"base_url": f"{url}/v1", "api_key": key, "max_retries": 0}
limit = {**base, "model": model, "max_tokens": 48, "temperature": 0}
chat = ChatOpenAI(**limit)
ollama = ChatOllama(
    base_url=url,
    model=model,
    num_predict=24,
    temperature=0,
    client_kwargs={"headers": {"Authorization": f"Bearer {key}"}},
)
schema = {"title": "sum", "type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
tool = {"type": "function", "function": {"name": "add", "description": "Adds.", "parameters": schema}}


def structured():
    answer = chat.with_structured_output(schema, method="json_schema").invoke("Choose a number.")
    return isinstance(answer["a"], int)


def called():
    forced = ChatOpenAI(**{**limit, "max_tokens": 200}).bind_tools([tool], tool_choice="required")
    question = HumanMessage("Add 2 and 2.")
    answer = forced.invoke([question])
    call = answer.tool_calls[0]
    following = chat.invoke([question, answer, ToolMessage("4", tool_call_id=call["id"])])
    return call["name"] == "add" and isinstance(call["args"]["a"], int) and following.content


def embedded():
    embeddings = OpenAIEmbeddings(**base, model=model, check_embedding_ctx_length=False)
    return len(embeddings.embed_documents(["one", "two"])[1]) > 10


def responded():
    responses = ChatOpenAI(**limit, use_responses_api=True, use_previous_response_id=True)
    first = responses.invoke("My name is Ada.")
    return responses.invoke([HumanMessage("My name is Ada."), first, HumanMessage("What is my name?")]).text


def failed():
    try:
        ChatOpenAI(**{**limit, "model": "nosuch"}).invoke("Hello")
    except Exception as error:
        return error.status_code == 404 and "is not installed" in str(error)
    return False


def too_long():
    try:
        chat.invoke("word " * 200_000)
    except ContextOverflowError:
        return True
    return False


run(
    {
        "chat": lambda: chat.invoke("What is 2+2?").content and ollama.invoke("What is 2+2?").content,
        "streamed chat": lambda: "".join(chunk.content for chunk in chat.stream("What is 2+2?"))
        and "".join(chunk.content for chunk in ollama.stream("What is 2+2?")),
        "structured output": structured,
        "required tool call": called,
        "embeddings": embedded,
        "responses": responded,
        "errors": lambda: failed() and too_long(),
    }
)
