class PdfProblem(Exception):
    """The document could not be made; the text says why."""
