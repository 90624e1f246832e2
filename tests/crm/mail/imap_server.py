"""A small IMAP server on this machine: INBOX and Sent, sign-in by password or XOAUTH2, bad manners on demand."""

import base64
import re
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PASSWORD = "open sesame"
FETCH = re.compile(r"UID FETCH (\d+) \((RFC822\.SIZE|BODY\.PEEK\[\])\)", re.IGNORECASE)
SEARCH = re.compile(r"UID SEARCH UID (\d+):\*", re.IGNORECASE)


class Mailbox(socketserver.ThreadingTCPServer):
    """`mails` by UID; `manners` is "good", "hang" (takes connections, says nothing) or "drip" (a byte now and then)."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.mails: dict[int, bytes] = {}
        self.sent: dict[int, bytes] = {}  # in the folder Sent
        self.sizes: dict[int, int] = {}
        self.validity = 1
        self.manners = "good"
        self.tokens = {"good-token"}
        self.dies_at_uid = 0
        self.logins = 0

    @property
    def port(self) -> int:
        port: int = self.server_address[1]
        return port

    def put(self, *mails: bytes) -> None:
        for mail in mails:
            self.mails[max(self.mails, default=0) + 1] = mail


class Conversation(socketserver.StreamRequestHandler):
    server: Mailbox
    is_sent = False

    @property
    def mails(self) -> dict[int, bytes]:
        return self.server.sent if self.is_sent else self.server.mails

    def say(self, text: str | bytes) -> None:
        self.wfile.write((text.encode() if isinstance(text, str) else text) + b"\r\n")

    def handle(self) -> None:
        if self.server.manners == "hang":
            time.sleep(30)
        if self.server.manners == "drip":
            return self.drip()
        self.say("* OK here")
        while line := self.rfile.readline().decode("latin-1").strip():
            tag, _space, command = line.partition(" ")
            if not self.answer(tag, command):
                return None
        return None

    def drip(self) -> None:
        for _ in range(300):
            try:
                self.wfile.write(b"*")
            except OSError:
                return
            time.sleep(0.1)

    def answer(self, tag: str, command: str) -> bool:
        word = command.split()[0].upper()
        if word == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 AUTH=PLAIN")
        elif word in {"LOGIN", "AUTHENTICATE"}:
            self.server.logins += 1
            if not self.knows(word, command):
                self.say(f"{tag} NO [AUTHENTICATIONFAILED] Authentication failed")
                return True
        elif word in {"SELECT", "EXAMINE"}:
            self.is_sent = "Sent" in command
            if "INBOX" not in command and not self.is_sent:
                self.say(f"{tag} NO no such folder")
                return True
            self.say(f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.server.validity}] valid")
        elif word == "LOGOUT":
            self.say(f"* BYE\r\n{tag} OK done")
            return False
        elif word == "UID" and not self.uid(command):
            return False
        self.say(f"{tag} OK done")
        return True

    def knows(self, word: str, command: str) -> bool:
        if word == "LOGIN":
            return f'"{PASSWORD}"' in command
        self.say("+ ")
        sent = base64.b64decode(self.rfile.readline().strip()).decode()
        if "XOAUTH2" in command:
            return any(f"auth=Bearer {token}\x01" in sent for token in self.server.tokens)
        return sent.endswith(f"\0{PASSWORD}")

    def uid(self, command: str) -> bool:
        if found := SEARCH.match(command):
            first, uids = int(found[1]), sorted(self.mails)
            self.say("* SEARCH " + " ".join(str(uid) for uid in uids if uid >= first or uid == uids[-1]))
        elif "SEARCH" in command.upper():
            self.say("* SEARCH " + " ".join(map(str, sorted(self.mails))))
        elif found := FETCH.match(command):
            return self.fetch(int(found[1]), found[2].upper())
        return True

    def fetch(self, uid: int, what: str) -> bool:
        mail = self.mails[uid]
        if what == "RFC822.SIZE":
            self.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {self.server.sizes.get(uid, len(mail))})")
            return True
        if uid == self.server.dies_at_uid:
            self.connection.shutdown(socket.SHUT_RDWR)
            return False
        self.say(f"* 1 FETCH (UID {uid} BODY[] {{{len(mail)}}}".encode() + b"\r\n" + mail + b")")
        return True


@contextmanager
def imap_server() -> Iterator[Mailbox]:
    with Mailbox() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
