"""Tests reach this machine only, and never the servers of a demo."""

import os
import socket
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from tests.network import NetworkBlockedError


@pytest.mark.parametrize("host", ["example.com", "192.0.2.1", "2001:db8::1"])
def test_other_machines_are_out_of_reach(host: str) -> None:
    with pytest.raises(NetworkBlockedError):
        socket.create_connection((host, 80), timeout=1)


def test_a_page_of_another_machine_is_out_of_reach() -> None:
    with pytest.raises(OSError, match="stay on this machine"):
        urllib.request.urlopen("http://example.com/", timeout=1)


def test_this_machine_is_within_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


@pytest.mark.django_db
def test_the_tests_have_a_folder_and_servers_of_their_own() -> None:
    assert Path(settings.VAR_DIR).name == "test"
    assert os.environ["EMBEDDED_DURABLE"] == "0"
    assert settings.DATABASES["default"]["NAME"].startswith("test_")
