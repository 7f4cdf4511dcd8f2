"""Authlib's authorization server as an application would mount it, in Flask.

    python authlib_server.py PORT REDIRECT_URI...

Prints one JSON line when it listens, and ends when its standard input closes. The client is `confidential` with the
secret `correct-horse-battery`, sent in the body. Whoever names an account on the login page is that account.
"""

import json
import os
import sys
import threading

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, redirect, request, session
from werkzeug.serving import make_server

port, redirect_uris = int(sys.argv[1]), sys.argv[2:]


class Client(ClientMixin):
    client_id, secret = "confidential", "correct-horse-battery"

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return redirect_uris[0]

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri in redirect_uris

    def check_client_secret(self, client_secret):
        return client_secret == self.secret

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_post"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


class Code:
    """An issued code: what Authlib asks of one."""

    def __init__(self, code, asked, user):
        self.code, self.user = code, user
        self.redirect_uri, self.scope = asked.payload.redirect_uri, asked.payload.scope
        self.code_challenge = asked.payload.data.get("code_challenge")
        self.code_challenge_method = asked.payload.data.get("code_challenge_method")

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope


class AuthorizationCode(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_post"]

    def save_authorization_code(self, code, asked):
        codes[code] = Code(code, asked, asked.user)

    def query_authorization_code(self, code, client):
        return codes.get(code)

    def delete_authorization_code(self, authorization_code):
        codes.pop(authorization_code.code, None)

    def authenticate_user(self, authorization_code):
        return authorization_code.user


client, codes = Client(), {}
app = Flask(__name__)
app.secret_key = "for tests"
server = AuthorizationServer(
    app,
    query_client=lambda client_id: client if client_id == client.client_id else None,
    save_token=lambda token, asked: None,
)
server.register_grant(AuthorizationCode, [CodeChallenge(required=True)])


@app.route("/authorize", methods=["GET", "POST"])
def authorize():
    user = session.get("user")
    try:
        grant = server.get_consent_grant(end_user=user)
    except OAuth2Error as error:
        return server.handle_error_response(request, error)
    if not user:
        session["next"] = request.full_path
        return redirect("/login")
    if request.method == "GET":
        return "<form method=post><button name=consent value=yes>Authorize</button></form>"
    return server.create_authorization_response(grant_user=user, grant=grant)


@app.route("/login", methods=["GET", "POST"])
def login():
    if request.method == "GET":
        return "<form method=post><input name=login><button>Sign in</button></form>"
    session["user"] = request.form["login"]
    return redirect(session.pop("next"))


@app.post("/token")
def token():
    return server.create_token_response()


def end_with_stdin():
    sys.stdin.read()
    os._exit(0)


os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
listening = make_server("127.0.0.1", port, app, threaded=True)
threading.Thread(target=end_with_stdin, daemon=True).start()
print(json.dumps({"ready": True, "issuer": f"http://127.0.0.1:{port}"}), flush=True)
listening.serve_forever()
