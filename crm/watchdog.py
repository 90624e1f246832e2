"""A limit to the time that a conversation with a foreign server may take, whatever the server does."""

import contextlib
import socket
import threading


class Watchdog:
    """Cuts the connection when the time is up: a server that sends a byte now and then never times out by itself."""

    def __init__(self, seconds: float) -> None:
        self.rang = False
        self.connection: socket.socket | None = None
        self.timer = threading.Timer(seconds, self.cut)
        self.timer.daemon = True

    def __enter__(self) -> "Watchdog":
        self.timer.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self.timer.cancel()

    def over(self, connection: socket.socket) -> socket.socket:
        self.connection = connection
        return connection

    def cut(self) -> None:
        self.rang = True
        if self.connection is not None:
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
