"""A provider of OAuth on this machine: gives codes and tokens, checks PKCE, refreshes, and takes permissions back."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "tenure", "client-secret"


class OAuthProvider(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self.refresh_tokens: set[str] = set()
        self.lifetime = 3600
        self.refreshed = 0

    @property
    def place(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def settings(self) -> dict[str, Any]:
        return {
            "authorize_url": f"{self.place}/authorize",
            "token_url": f"{self.place}/token",
            "scope": "mail",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "imap_host": "127.0.0.1",
            "smtp_host": "127.0.0.1",
        }

    def new_tokens(self) -> dict[str, Any]:
        access, refresh = secrets.token_hex(8), secrets.token_hex(8)
        self.tokens.add(access)
        self.refresh_tokens.add(refresh)
        return {"access_token": access, "refresh_token": refresh, "expires_in": self.lifetime}


class Answers(BaseHTTPRequestHandler):
    server: OAuthProvider

    def do_GET(self) -> None:
        """The person says yes at once."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        code = secrets.token_hex(8)
        self.server.codes[code] = asked
        self.send_response(302)
        self.send_header(
            "Location", asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})
        )
        self.end_headers()

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        sent = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        found = self.tokens_for(sent)
        self.send_response(200 if found else 400)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(found or {"error": "invalid_grant"}).encode())

    def tokens_for(self, sent: dict[str, str]) -> dict[str, Any] | None:
        if (sent["client_id"], sent["client_secret"]) != (CLIENT, SECRET):
            return None
        if sent["grant_type"] == "refresh_token":
            self.server.refreshed += 1
            if sent["refresh_token"] not in self.server.refresh_tokens:
                return None
            found = self.server.new_tokens()
            del found["refresh_token"]  # as Google does: the old one stays
            return found
        asked = self.server.codes.pop(sent["code"], None)
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or (asked["code_challenge"], asked["redirect_uri"]) != (
            challenge,
            sent["redirect_uri"],
        ):
            return None
        return self.server.new_tokens()

    def log_message(self, *_words: object) -> None: ...


@contextmanager
def oauth_provider() -> Iterator[OAuthProvider]:
    with OAuthProvider() as provider:
        thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            provider.shutdown()
