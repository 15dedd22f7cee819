"""Features of aider, which edits files. A small model can't, so only its talk with the model is tested."""

import os
import subprocess
import sys
import tempfile

from features import key, model, run, url

folder = tempfile.mkdtemp()
env = {**os.environ, "HOME": folder, "OPENAI_API_KEY": key, "OPENAI_API_BASE": f"{url}/v1", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
quiet = ["--no-git", "--no-check-update", "--analytics-disable", "--no-show-model-warnings", "--no-gitignore"]
rest = ["--yes-always", "--no-pretty", "--map-tokens", "0", "--no-show-release-notes", "--no-detect-urls"]


def aider(*arguments, name=f"openai/{model}"):
    command = [sys.executable, "-m", "aider", "--model", name, *quiet, *rest, "--edit-format", "ask", *arguments]
    done = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=200)
    return done.stdout + done.stderr


def answered(*arguments):
    output = aider("--message", "What is 2+2? Answer in one word.", *arguments)
    return "Tokens:" in output and "received" in output


def failed():
    output = aider("--message", "Hello", name="openai/nosuch")
    return "is not installed" in output


run({"chat": lambda: answered("--no-stream"), "streamed chat": answered, "errors": failed})
