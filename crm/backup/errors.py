class BackupError(Exception):
    """What went wrong and what to do about it, in one plain sentence; nothing was changed."""
