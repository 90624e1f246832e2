from typing import Any


class StaleRecord(Exception):
    """Somebody else changed the record first; nothing was written. `current` is the row as it stands now."""

    def __init__(self, current: Any) -> None:
        super().__init__("The record was changed by somebody else in the meantime.")
        self.current = current
