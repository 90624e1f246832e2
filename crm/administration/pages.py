"""The pages of the settings that the kernel brings; everybody has the personal ones."""

from django.utils.translation import gettext_lazy as _

from crm.navigation import SettingsEntry

PERSONAL = (
    SettingsEntry(
        "profile",
        _("Profile and appearance"),
        "settings:profile",
        icon="circle-user-round",
        permission=None,
        group="personal",
        hint=_("Your name, time zone, theme and keyboard."),
    ),
    SettingsEntry(
        "password",
        _("Password"),
        "account_change_password",
        icon="key-round",
        permission=None,
        group="personal",
        hint=_("Change the password you sign in with."),
    ),
    SettingsEntry(
        "two-step",
        _("Two-step sign-in"),
        "mfa_index",
        icon="shield-check",
        permission=None,
        group="personal",
        hint=_("A code or a passkey beside the password."),
    ),
    SettingsEntry(
        "sessions",
        _("Sessions"),
        "usersessions_list",
        icon="monitor-smartphone",
        permission=None,
        group="personal",
        hint=_("Where you are signed in, and signing out elsewhere."),
    ),
)

COMPANY = (
    SettingsEntry(
        "company",
        _("Company"),
        "company:company",
        icon="building-2",
        permission="company.view_company",
        group="company",
        hint=_("Name, logo, currency, time zone, how numbers and days are written."),
    ),
    SettingsEntry(
        "rates",
        _("Exchange rates"),
        "money:rates",
        icon="arrow-left-right",
        permission="money.view_rate",
        group="company",
        hint=_("What other currencies are worth, day by day."),
    ),
)
PEOPLE = (
    SettingsEntry(
        "people",
        _("People"),
        "staff:people",
        icon="users",
        permission="staff.view_user",
        group="people",
        hint=_("Who works here; invite, edit and deactivate."),
    ),
    SettingsEntry(
        "teams",
        _("Teams"),
        "staff:teams",
        icon="network",
        permission="staff.view_team",
        group="people",
        hint=_("The tree of teams, by which access reaches down."),
    ),
    SettingsEntry(
        "roles",
        _("Roles"),
        "access:roles",
        icon="user-cog",
        permission="access.view_role",
        group="people",
        hint=_("What each role may see and do; see the program through its eyes."),
    ),
)
SYSTEM = (
    SettingsEntry(
        "health",
        _("System health"),
        "settings:health",
        icon="heart-pulse",
        permission="health.view_system",
        group="system",
        hint=_("Whether every part works, and what to do if one does not."),
    ),
    SettingsEntry(
        "audit",
        _("Audit trail"),
        "audit:list",
        icon="scroll-text",
        permission="audit.view_entry",
        group="system",
        hint=_("Who did what, when and from where."),
    ),
    SettingsEntry(
        "jobs",
        _("Jobs"),
        "jobs:list",
        icon="list-checks",
        permission=None,
        group="system",
        hint=_("Work in the background: how far it is, and what failed."),
    ),
)
