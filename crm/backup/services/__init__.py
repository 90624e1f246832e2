from crm.backup.services.backup import backup_create, newest_backup
from crm.backup.services.restore import backup_restore
from crm.backup.services.verify import backup_verify

__all__ = ["backup_create", "backup_restore", "backup_verify", "newest_backup"]
