class AutomationFault(Exception):
    """Why an automation cannot go on, in plain words: it is stopped, and its owner is told."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
