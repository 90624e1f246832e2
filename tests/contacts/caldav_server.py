"""A real CalDAV server (Radicale) on this machine, with bad manners on demand."""

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.utils import timezone
from radicale import config
from radicale.app import Application

from contacts.caldav.client import Client

USER, PASSWORD = "rep", "open sesame"
HOUR = timedelta(hours=1)


def begin(days: int = 1) -> datetime:
    return (timezone.now() + timedelta(days=days)).replace(hour=9, minute=0, second=0, microsecond=0)


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def event(
    uid: str = "dentist", starts: datetime | None = None, more: str = "", title: str = "Dentist"
) -> str:
    at = starts or begin()
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Phone//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:{stamp(timezone.now())}\r\nDTSTART:{stamp(at)}\r\nDTEND:{stamp(at + HOUR)}\r\n"
        f"SUMMARY:{title}\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_given: Any) -> None:
        pass


class CalendarServer:
    """`manners` is "good", "garbage" (HTML as an answer), "entities" (XML that defines them), "busy" or "hang"."""

    def __init__(self, folder: Path) -> None:
        (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        settings = config.load()
        settings.update(
            {
                "auth": {"type": "htpasswd", "htpasswd_filename": str(folder / "users"), "delay": "0"},
                "storage": {"filesystem_folder": str(folder / "data"), "_filesystem_fsync": "False"},
                "logging": {"level": "critical"},
            },
            "test",
            privileged=True,
        )
        self.settings = settings
        self.app = Application(settings)
        self.manners = "good"
        self.asked: list[str] = []
        self.refuses = "nothing"  # what stands in the address of an event that it does not take
        self.server = make_server("127.0.0.1", 0, self.answer, Server, Quiet)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.home = f"{self.url}{USER}/"

    def answer(self, environ: Any, start: Any) -> Any:
        self.asked.append(environ["REQUEST_METHOD"])
        if self.manners == "hang":
            time.sleep(3)
        if self.manners == "lost":
            start("302 Found", [("Location", "http://[")])
            return [b""]
        if self.manners == "busy":
            start("503 Service Unavailable", [])
            return [b""]
        if environ["REQUEST_METHOD"] == "PUT" and self.refuses in environ["PATH_INFO"]:
            start("422 Unprocessable Entity", [])
            return [b""]
        if self.manners == "no versions" and "HTTP_IF_MATCH" in environ:
            start("412 Precondition Failed", [])
            return [b""]
        if self.manners == "no counting" and b"sync-collection" in (body := read(environ)):
            start("501 Not Implemented", [])
            return [body[:0]]
        if self.manners in ("garbage", "entities"):
            start("207 Multi-Status", [("Content-Type", "application/xml")])
            bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><multistatus xmlns="DAV:">&a;</multistatus>'
            return [bomb if self.manners == "entities" else b"<html><p>Welcome"]
        return self.app(environ, start)

    def client(self) -> Client:
        """Somebody's phone, which writes into the same calendar."""
        return Client(self.url, USER, PASSWORD)

    def make(self, name: str) -> str:
        url = f"{self.home}{name}/"
        body = (
            '<?xml version="1.0"?><c:mkcalendar xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
            f"<d:set><d:prop><d:displayname>{name.title()}</d:displayname></d:prop></d:set></c:mkcalendar>"
        )
        assert self.client().ask("MKCALENDAR", url, body.encode()).status == 201
        return url

    def events(self, calendar: str) -> dict[str, str]:
        client = self.client()
        hrefs = list(client.listed(calendar).changed)
        return {found.href: found.content for found in client.fetch(calendar, hrefs)}

    def put(self, href: str, text: str, etag: str = "") -> str:
        return self.client().put(href, text.encode(), etag)

    def replace(self, href: str, old: str, new: str) -> None:
        """Somebody changes an event there."""
        client = self.client()
        (found,) = client.fetch(href.rpartition("/")[0] + "/", [href])
        assert old in found.content, found.content
        client.put(href, found.content.replace(old, new).encode(), found.etag)


def read(environ: Any) -> bytes:
    """The body, which can be read again."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


@contextmanager
def caldav_server(folder: Path) -> Iterator[CalendarServer]:
    server = CalendarServer(folder)
    thread = threading.Thread(target=server.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.server.shutdown()
        server.server.server_close()
        thread.join()
