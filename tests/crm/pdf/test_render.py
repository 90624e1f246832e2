"""Documents say what the data says, whatever it looks like, and cannot run away."""

import re
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crm.pdf import rendering
from crm.pdf.errors import PdfProblem
from crm.pdf.rendering import render

DATA = {
    "company": "Halden & Ruiz",
    "company_address": "Beanstr. 1, Berlin",
    "receiver": "Ada Lindqvist\nStorgatan 2\nÖrebro",
    "title": "Offer 2026-17",
    "facts": [["Date", "26 Nov 2026"], ["Valid until", "10 Dec 2026"]],
    "paragraphs": ["Dear Ada,", "as agreed."],
    "columns": [{"label": "Item"}, {"label": "Amount", "number": True}],
    "rows": [["Beans", "40.00"], ["Grinder", "199.00"]],
    "totals": [["Total", "239.00"]],
    "footer": "Halden & Ruiz",
}


def test_a_document_is_a_pdf() -> None:
    made = render("document", DATA)
    assert made.startswith(b"%PDF")
    assert b"/Title" in made or b"Title" in inflated(made)


def inflated(pdf: bytes) -> bytes:
    """All compressed streams, unpacked."""
    found = b""
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found += zlib.decompress(stream)
        except zlib.error:
            continue
    return found


POISON = [
    '#read("/etc/passwd")',
    '"); #panic("got you"); ("',
    "#panic()",
    "*bold* _it_ $x^2$ `raw` @ref <label> // comment /* x */ \\ #{1 + 1}",
    "\x00\x01\x1f",
    "\ud800 half a character",
    "x" * 20_000,
    "\u202eright to left 😀 漢字",
]


@pytest.mark.parametrize("text", POISON)
def test_texts_are_set_as_they_are_and_never_read_as_a_program(text: str) -> None:
    everywhere = {
        **DATA,
        "title": text,
        "paragraphs": [text],
        "rows": [[text, text]],
        "facts": [[text, text]],
    }
    assert render("document", everywhere).startswith(b"%PDF")


def test_what_looks_like_a_command_stands_in_the_document_letter_by_letter(tmp_path: Path) -> None:
    """As an image both are the same: the text, and the text made harmless by hand."""
    import typst

    source = "#set page(width: 9cm, height: 2cm)\n#let data = json(bytes(sys.inputs.data))\n#text(data)"
    harmless = '#set page(width: 9cm, height: 2cm)\n#text("#panic() *x*")'
    (tmp_path / "a.typ").write_text(source)
    (tmp_path / "b.typ").write_text(harmless)
    one = typst.compile(str(tmp_path / "a.typ"), sys_inputs={"data": '"#panic() *x*"'}, format="svg")
    assert one == typst.compile(str(tmp_path / "b.typ"), format="svg")


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(rendering, "TEMPLATES", tmp_path)
    return (tmp_path / "test.typ").write_text


def test_a_document_that_does_not_end_is_ended(template: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "SECONDS", 2)
    template("#let n = 0\n#for i in range(999999) { for j in range(9999) { n += j } }\n#n")
    with pytest.raises(PdfProblem, match="longer than 2 seconds"):
        render("test", {})


def test_a_document_that_eats_memory_is_ended(template: Any) -> None:
    template('#let x = "xxxxxxxxxxxxxxxx" * 100000000\n#x.len()\n#(x + x + x).len()')
    with pytest.raises(PdfProblem, match="could not be made"):
        render("test", {})


def test_a_template_cannot_read_beyond_its_folder(template: Any) -> None:
    template('#read("/../../../../../etc/passwd")')
    with pytest.raises(PdfProblem, match="could not be made"):
        render("test", {})


def test_a_fault_in_a_template_is_told(template: Any) -> None:
    template("#nothing")
    with pytest.raises(PdfProblem, match="unknown variable: nothing"):
        render("test", {})


@pytest.mark.parametrize("name", ["../secret", "missing", "Document", "", "document.typ"])
def test_only_templates_of_ours(name: str) -> None:
    with pytest.raises(LookupError):
        render(name, DATA)


def test_too_much_data_is_refused_and_decimals_are_taken(template: Any) -> None:
    with pytest.raises(PdfProblem, match="too much"):
        render("test" if template("x") else "", {"x": "x" * 6_000_000})
    assert render("test", {"amount": Decimal("1.50")}).startswith(b"%PDF")
