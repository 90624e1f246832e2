import logging


class NotReadyFilter(logging.Filter):
    """A 503 of /readyz is an answer, not an error: whoever asks once a second would fill the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        return getattr(request, "path", "") != "/readyz"
