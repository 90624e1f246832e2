from crm.backup.models import BackupRun


def newest_run(kind: str) -> BackupRun | None:
    """The newest backup, proof or restore, good or failed."""
    return BackupRun.objects.filter(kind=kind).order_by("-id").first()
