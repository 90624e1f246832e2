"""Writes static/css/calendar_places.css: what puts an entry at its minute and in its lane."""

from pathlib import Path

HEAD = """/* Places in a calendar by class, since the content policy forbids styles in a page.
   Written by scripts/calendar_places.py. */
"""
LANES = 12


def rules() -> list[str]:
    found = [f".h-{hour} {{ --h: {hour}; }}" for hour in range(24)]
    found += [f".m-{minute} {{ --m: {minute}; }}" for minute in range(60)]
    found += [f".lh-{hours} {{ --lh: {hours}; }}" for hours in range(25)]
    found += [f".lm-{minutes} {{ --lm: {minutes}; }}" for minutes in range(60)]
    found += [f".lane-{lane} {{ --lane: {lane}; }}" for lane in range(LANES)]
    return found + [f".of-{lanes} {{ --lanes: {lanes}; }}" for lanes in range(1, LANES + 1)]


if __name__ == "__main__":
    Path("static/css/calendar_places.css").write_text(HEAD + "\n".join(rules()) + "\n")
