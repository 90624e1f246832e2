"""Runs every bench against a database of its own below VAR_DIR/bench, then drops it."""

import os
import sys
import time
from pathlib import Path

os.environ["VAR_DIR"] = str(Path(os.environ.get("VAR_DIR", "var")).resolve() / "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

from crm import embedded

embedded.ensure_needed(Path(os.environ["VAR_DIR"]))

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402

from tests.bench import (  # noqa: E402
    api,
    automation,
    backup,
    company,
    deals,
    forecast,
    groups,
    imports,
    lists,
    pages,
    recommendations,
    report,
    value,
)
from tests.bench.ledger import Ledger  # noqa: E402

BENCHES = {
    "imports": imports.run,
    "value": value.run,
    "recommendations": recommendations.run,
    "pages": pages.run,
    "lists": lists.run,
    "deals": deals.run,
    "forecast": forecast.run,
    "report": report.run,
    "groups": groups.run,
    "api": api.run,
    "backup": backup.run,
    "automation": automation.run,
}


def main() -> int:
    """`python -m tests.bench [imports] [value] ...`; a figure that misses is reported, not hidden: exit 0."""
    wanted = sys.argv[1:] or list(BENCHES)
    call_command("migrate", verbosity=0)
    if not company.is_loaded():
        start = time.perf_counter()
        company.load()
        print(
            f"company of {company.CUSTOMERS:,} customers loaded in {time.perf_counter() - start:.0f} s",
            flush=True,
        )
    ledger = Ledger()
    for name in wanted:
        BENCHES[name](ledger)
    missed = [figure["name"] for figure in ledger.figures if not figure["met"]]
    print(f"{len(ledger.figures)} figures, {len(missed)} missed{': ' + ', '.join(missed) if missed else ''}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
