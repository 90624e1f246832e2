"""Say in a plain sentence when HOST:PORT cannot be had, before anything is installed or started."""

import os
import socket
import sys


def main() -> int:
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not (port.isdecimal() and 0 < int(port) < 65536):
        print(f"PORT={port} is no port: give a number from 1 to 65535, for example `make demo PORT=8080`.")
        return 1
    try:
        family, _, _, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        print(f"HOST={host} is no address of this machine: leave it out, or give one such as 127.0.0.1.")
        return 1
    except PermissionError:
        print(
            f"Port {port} may only be opened by root: take one above 1023, for example `make demo PORT=8080`."
        )
        return 1
    except OSError:
        print(f"Port {port} on {host} is taken by another program: stop that, or choose another, "
              f"for example `make demo PORT={min(int(port) + 1, 65535)}`.")  # fmt: skip
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
