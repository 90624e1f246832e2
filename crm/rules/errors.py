from dataclasses import dataclass

Place = tuple[int, ...]


@dataclass
class RuleError(Exception):
    """A rule that cannot be read or does not fit the records; `place` leads to the part, counted from the root."""

    text: str
    place: Place = ()

    def __str__(self) -> str:
        return self.text
