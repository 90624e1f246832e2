"""manage.py value_backtest --as-of DATE --horizon-days N [--json]"""

from argparse import ArgumentParser
from typing import Any

from analytics.backtest import METRICS, Judgement
from analytics.services.backtest import as_document, value_backtest
from crm.commands import JsonCommand, read_day


class Command(JsonCommand):
    help = "Fit on what is known at DATE, judge every model on the N days after it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", required=True, metavar="DATE")
        parser.add_argument("--horizon-days", type=int, required=True, metavar="N")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            champion, judgement = value_backtest(
                as_of=read_day(options["as_of"]), horizon_days=options["horizon_days"]
            )
        except ValueError as fault:
            self.refuse(str(fault), as_json=options["json"])
        if options["json"]:
            self.print_document(as_document(champion, judgement))
        else:
            self.table(champion, judgement)

    def table(self, champion: str, judgement: Judgement) -> None:
        self.stdout.write(f"{'':14}" + "".join(f"{name:>18}" for name in METRICS))
        for name, judged in judgement.models.items():
            cells = ("" if judged.metrics[key] is None else f"{judged.metrics[key]:.3f}" for key in METRICS)
            mark = " *" if name == champion else ""
            self.stdout.write(f"{name + mark:14}" + "".join(f"{cell:>18}" for cell in cells))
