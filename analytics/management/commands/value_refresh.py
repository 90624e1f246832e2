"""manage.py value_refresh [--as-of DATE] [--json]"""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from analytics.models import ValueRun
from analytics.services.refresh import value_refresh
from analytics.weekly import log_likelihood_in_weeks, parameters_in_weeks
from crm.commands import JsonCommand, read_day


class Command(JsonCommand):
    help = "Compute every customer's value: pull, RFM, fit, score, write."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="DATE", help="last known day; today by default")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = value_refresh(as_of=read_day(options["as_of"]) if options["as_of"] else None)
        except ValueError as fault:
            self.refuse(str(fault), as_json=options["json"])
        except Exception as fault:  # noqa: BLE001 - the run keeps it; whoever called wants one sentence
            self.refuse(f"{type(fault).__name__}: {fault}", as_json=options["json"])
        if options["json"]:
            self.print_document(document(run))
        elif options["verbosity"]:
            self.stdout.write(
                _("Run %(run)s as of %(day)s: %(payers)s payers, %(state)s.")
                % {"run": run.pk, "day": run.as_of, "payers": run.payers, "state": run.get_state_display()}
            )


def document(run: ValueRun) -> dict[str, Any]:
    return {
        "run": run.pk,
        "as_of": run.as_of.isoformat(),
        "state": run.state,
        "payers": run.payers,
        "orders": run.orders,
        "model": "mbg_nbd" if run.mbg else None,
        "champion": run.champion or None,
        "parameters": parameters_in_weeks(run.parameters),
        "log_likelihood": log_likelihood_in_weeks(run.parameters, run.repeats),
        "rfm_groups": run.rfm_groups,
        "customer_equity": run.customer_equity,
        "equity_at_risk": run.equity_at_risk,
        "seconds": run.seconds,
    }
