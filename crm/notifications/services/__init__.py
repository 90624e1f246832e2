from crm.notifications.services.following import follow, unfollow
from crm.notifications.services.notify import notify
from crm.notifications.services.reading import notifications_read, notifications_unread

__all__ = ["follow", "notifications_read", "notifications_unread", "notify", "unfollow"]
