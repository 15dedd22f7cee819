"""Features of the command line program `llm`. Its models are in a file; the key is an argument."""

import json
import os
import subprocess
import sys
import tempfile

from features import key, model, run, url

folder = tempfile.mkdtemp()
env = {**os.environ, "LLM_USER_PATH": folder}

with open(os.path.join(folder, "extra-openai-models.yaml"), "w") as file:
    base = {"model_name": model, "api_base": f"{url}/v1", "api_key_name": "ours", "supports_schema": True}
    missing = {**base, "model_id": "missing", "model_name": "nosuch"}
    file.write(json.dumps([{**base, "model_id": "own"}, {**base, "model_id": "own-responses", "responses": True}, missing]))


def llm(*arguments, name="own"):
    command = [sys.executable, "-m", "llm", "prompt", "-m", name, "--key", key, "--no-log", *arguments]
    return subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=100)


def structured():
    answer = llm("Choose a number.", "--schema", "a int", "--no-stream", "-o", "max_tokens", "100")
    return isinstance(json.loads(answer.stdout)["a"], int)


run(
    {
        "chat": lambda: llm("What is 2+2?", "--no-stream", "-o", "max_tokens", "16").stdout.strip(),
        "streamed chat": lambda: llm("What is 2+2?", "-o", "max_tokens", "16").stdout.strip(),
        "structured output": structured,
        "responses": lambda: llm("Hello", "--no-stream", "-o", "max_tokens", "16", name="own-responses").stdout.strip(),
        "errors": lambda: "is not installed" in llm("Hello", name="missing").stderr,
    }
)
