"""Takes the access token of a connection out of authsome's vault and shows it to the provider.

    python authsome_vault.py PROVIDER USERINFO_URL|''

Run with authsome's own interpreter, beside its running daemon. Prints what the provider answered, never the token.
"""

import asyncio
import json
import sys

import requests
from authsome.cli.client import AuthsomeApiClient

provider, userinfo = sys.argv[1:]
connection = asyncio.run(AuthsomeApiClient().get_connection(provider))
token = connection.get("access_token") or connection.get("credential", {}).get("access_token")
if not token:
    sys.exit(f"no access token; the connection has {sorted(connection)}")
status = None
if userinfo:
    person = requests.Session()
    person.trust_env = False
    status = person.get(userinfo, headers={"Authorization": f"Bearer {token}"}, timeout=10).status_code
print(json.dumps({"status": status, "scopes": connection.get("scopes")}))
