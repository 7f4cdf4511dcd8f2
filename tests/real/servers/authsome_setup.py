"""What a person does once with a new authsome 0.5, 0.6 or 0.7: claim the agent in the browser, and register a provider.

    python authsome_setup.py DEFINITION...

Run with authsome's own interpreter, beside its running daemon. The released CLI refuses a provider on loopback; its
client and its daemon do not, so the client is used.
"""

import asyncio
import json
import sys
from pathlib import Path

import requests
from authsome.cli.client import AuthsomeApiClient


class Client(AuthsomeApiClient):
    def _open_claim_url(self, claim_url):
        """The person: opens an account on the page that the URL leads to, or logs in to the one that is there, and confirms."""
        person = requests.Session()
        person.trust_env = False
        account = {"email": "ada@example.com", "password": "any-eight-letters", "next": "/"}
        # 0.5 puts the token into the path and has no prefix; later versions put it into the query.
        old = "token=" not in claim_url
        token = claim_url.rsplit("/" if old else "token=", 1)[1]
        prefix = "" if old else "/api"

        def post(path, form):
            return person.post(f"{self.base_url}{prefix}/{path}", data=form, allow_redirects=False)

        post("auth/register", account)
        if not person.cookies:
            post("auth/login", account).raise_for_status()
        post(f"claim/{token}/confirm", {}).raise_for_status()


async def register(definitions):
    client = Client()
    for definition in definitions:
        await client.register_provider(definition, force=True)


definitions = [json.loads(Path(path).read_text()) for path in sys.argv[1:]]
asyncio.run(register(definitions))
print(json.dumps({"registered": [definition["name"] for definition in definitions]}))
