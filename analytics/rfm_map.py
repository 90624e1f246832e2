"""The 25 cells of the grid and the RFM groups they belong to: data that an administrator can edit."""

from collections.abc import Mapping, Sequence

#: RFM group -> its cells, "<R><FM>". Together they are all 25 cells, each once.
RFM_MAP: dict[str, tuple[str, ...]] = {
    "champions": ("55", "54", "45"),
    "loyal": ("53", "44", "35", "34"),
    "potential_loyalist": ("52", "42", "33", "43"),
    "new": ("51",),
    "promising": ("41", "31"),
    "needs_attention": ("32", "23", "22"),
    "about_to_sleep": ("21",),
    "at_risk": ("25", "24", "13"),
    "cant_lose": ("15", "14"),
    "hibernating": ("12",),
    "lost": ("11",),
}
GROUPS = tuple(RFM_MAP)
QUADRANTS = ("lapsed", "at_risk", "new", "best")
CELLS = tuple(f"{r}{fm}" for r in range(1, 6) for fm in range(1, 6))


def check_map(cells: Mapping[str, Sequence[str]]) -> None:
    """ValueError with a plain sentence unless every cell belongs to exactly one known group."""
    unknown = set(cells) - set(GROUPS)
    if unknown:
        raise ValueError(f"Unknown RFM group: {', '.join(sorted(unknown))}.")
    named = [cell for members in cells.values() for cell in members]
    strange = sorted(set(named) - set(CELLS))
    if strange:
        raise ValueError(f"Not a cell of the grid: {', '.join(strange)}.")
    doubled = sorted({cell for cell in named if named.count(cell) > 1})
    if doubled:
        raise ValueError(f"In more than one RFM group: {', '.join(doubled)}.")
    missing = sorted(set(CELLS) - set(named))
    if missing:
        raise ValueError(f"In no RFM group: {', '.join(missing)}.")
