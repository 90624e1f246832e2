"""Where the records of the kernel are read that no search finds."""

from crm.audit.browsing import AuditLink

LINKS = (
    AuditLink("staff.user", "staff:person", "staff.view_user"),
    AuditLink("staff.team", "staff:team", "staff.view_team"),
    AuditLink("access.role", "access:role", "access.view_role"),
    AuditLink("money.exchangerate", "money:rate", "money.edit_rate"),
    AuditLink("imports.importrun", "imports:record", "imports.view_import"),
    AuditLink("automation.automation", "automation:record", "automation.view_automation"),
    AuditLink("jobs.job", "jobs:record", "jobs.view_job"),
)
