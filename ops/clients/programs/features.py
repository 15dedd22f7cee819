"""Runs features in order, each of which returns whether it works, and prints one JSON line for each."""

import json
import os

url, key, model = (os.environ[name] for name in ("CLIENT_URL", "CLIENT_KEY", "CLIENT_MODEL"))


def run(features):
    for feature, check in features.items():
        try:
            works = bool(check())
            outcome = {"works": works, "reason": None if works else "unexpected answer"}
        except Exception as error:
            outcome = {"works": False, "reason": str(error)}
        print(json.dumps({"feature": feature, **outcome}), flush=True)
