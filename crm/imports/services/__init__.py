from crm.imports.services.check import check
from crm.imports.services.engine import advance, undo_advance
from crm.imports.services.run import (
    run_cancel,
    run_check,
    run_create,
    run_delete,
    run_mean,
    run_start,
    run_undo,
)

__all__ = [
    "advance",
    "check",
    "run_cancel",
    "run_check",
    "run_create",
    "run_delete",
    "run_mean",
    "run_start",
    "run_undo",
    "undo_advance",
]
