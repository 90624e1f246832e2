"""Backup and proof of the company against pg_dump and pg_restore alone."""

import tempfile
from pathlib import Path

from crm.backup import server
from crm.backup.server import alone, database_name, scratch
from crm.backup.services import backup_create, backup_verify
from crm.backup.services.backup import DUMP_OPTIONS
from crm.backup.services.verify import RESTORE_OPTIONS
from tests.bench.ledger import Ledger, seconds


def run(ledger: Ledger) -> None:
    with tempfile.TemporaryDirectory() as place, alone() as session, scratch(session, "bench") as database:
        dump = Path(place) / "bare.dump"
        bare_dump = seconds(
            lambda: server.run("pg_dump", *DUMP_OPTIONS, f"--file={dump}", database=database_name())
        )
        bare_restore = seconds(
            lambda: server.run(
                "pg_restore", *RESTORE_OPTIONS, f"--dbname={database}", str(dump), database=database
            )
        )
    with tempfile.TemporaryDirectory() as place:
        taken = seconds(lambda: backup_create(to=Path(place)))
        folder = next(Path(place).iterdir())
        proved = seconds(lambda: backup_verify(folder=folder))
        size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"     backup {taken:.1f} s, proof {proved:.1f} s, {size / 1e6:,.0f} MB", flush=True)
    ledger.add("backup / bare pg_dump", taken, bare_dump, 2)
    ledger.add("proof / bare pg_restore", proved, bare_restore, 2)
