"""The CSP allows no inline style or script; a template that had one would break in silence."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
# mails have no CSP, and their readers understand inline styles only
TEMPLATES = sorted(path for path in (PROJECT / "templates").rglob("*.html") if path.parent.name != "mail")
INLINE = re.compile(
    r"""\sstyle\s*=|<style\b|\son[a-z]+\s*=|hx-on|javascript:|hx-vals\s*=\s*["']js:|"""
    r"""<script(?![^>]*(\bsrc=|type="application/json"))|hx-trigger="[^"]*\["""
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_template_has_inline_style_or_script(template: Path) -> None:
    assert not INLINE.search(template.read_text(encoding="utf-8"))


def test_no_script_of_ours_evaluates_text() -> None:
    sources = (PROJECT / "static" / "js").glob("*.js")
    assert not [
        path.name
        for path in sources
        if re.search(r"\beval\(|new Function\(|document\.write\(", path.read_text())
    ]
