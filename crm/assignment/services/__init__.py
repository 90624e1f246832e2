from crm.assignment.services.assigning import Assigned, assign_next
from crm.assignment.services.pool import member_remove, member_set, pool_create, pool_delete, pool_edit

__all__ = [
    "Assigned",
    "assign_next",
    "member_remove",
    "member_set",
    "pool_create",
    "pool_delete",
    "pool_edit",
]
