"""PDFs from Typst templates of ours and data. Called by jobs only: a document may take seconds."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from crm.pdf.errors import PdfProblem

TEMPLATES = settings.BASE_DIR / "templates" / "pdf"
NAME = re.compile(r"[a-z][a-z_]{0,40}")
SECONDS = 30
MAX_DATA = 5_000_000
MAX_PDF = 50_000_000


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of `templates/pdf/TEMPLATE.typ`, which reads the data with `json(bytes(sys.inputs.data))`.

    Raises PdfProblem for data that is too much or a document that takes too long; LookupError for an unknown template.
    """
    if not NAME.fullmatch(template) or not (TEMPLATES / f"{template}.typ").is_file():
        raise LookupError(f"There is no template {template}.")
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).replace("\\u0000", "")
    if len(text) > MAX_DATA:
        raise PdfProblem(_("There is too much in the document."))
    command = [sys.executable, "-m", "crm.pdf.compiler", str(TEMPLATES), f"{template}.typ"]
    try:
        done = subprocess.run(
            command,
            input=text.encode("utf-8", "replace"),
            capture_output=True,
            cwd=settings.BASE_DIR,
            env={"PATH": "/usr/bin:/bin"},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as fault:
        raise PdfProblem(_("The document took longer than %d seconds.") % SECONDS) from fault
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise PdfProblem(_("The document could not be made: %s") % reason(done.stderr))
    if len(done.stdout) > MAX_PDF:
        raise PdfProblem(_("The document became too large."))
    return done.stdout


def reason(told: bytes) -> str:
    lines = told.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else _("it ran out of memory or time")
