"""Asks the daemon for its health as authsome's own command does, once with each set of variables.

    python authsome_reaches.py < SETS      SETS: a JSON list of objects, each the proxy variables of one shell

Run with authsome's own interpreter, beside its running daemon. Prints a JSON list: null where it was reached, else the
error's words.
"""

import asyncio
import json
import os
import sys

from authsome.cli.client import AuthsomeApiClient

NAMES = [f"{kind}_proxy" for kind in ("http", "https", "all", "no")]


def asked(variables):
    for name in NAMES:
        os.environ.pop(name, None)
        os.environ.pop(name.upper(), None)
    os.environ.update(variables)
    try:
        asyncio.run(AuthsomeApiClient().health())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


print(json.dumps([asked(variables) for variables in json.load(sys.stdin)]))
