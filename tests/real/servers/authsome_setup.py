"""What a person does once with a new authsome 0.7: claim the agent in the browser, and register a provider.

    python authsome_setup.py DEFINITION

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
        """The person: opens an account on the page that the URL leads to, and confirms."""
        person = requests.Session()
        person.trust_env = False
        account = {"email": "ada@example.com", "password": "any-eight-letters", "next": "/"}
        token = claim_url.split("token=")[1]
        for path, form in (("auth/register", account), (f"claim/{token}/confirm", {})):
            answer = person.post(f"{self.base_url}/api/{path}", data=form, allow_redirects=False)
            answer.raise_for_status()


definition = json.loads(Path(sys.argv[1]).read_text())
asyncio.run(Client().register_provider(definition, force=True))
print(json.dumps({"registered": definition["name"]}))
