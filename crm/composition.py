"""How lower floors reach upper ones: ordered lists of dotted paths, which crm/settings.py takes over as they are."""

from typing import Any

ACCESS_OBJECTS = [
    "crm.access.permissions.OBJECTS",
    "crm.mail.permissions.OBJECTS",
    "crm.fields.permissions.OBJECTS",
    "crm.layouts.permissions.OBJECTS",
    "crm.calendars.permissions.OBJECTS",
    "crm.assignment.permissions.OBJECTS",
    "crm.automation.permissions.OBJECTS",
    "contacts.permissions.OBJECTS",
    "sales.permissions.OBJECTS",
    "analytics.permissions.OBJECTS",
]
FIELD_GROUPS = ["crm.access.permissions.FIELD_GROUPS"]
NAVIGATION = [
    "crm.navigation.HOME",
    "contacts.navigation.ENTRIES",
    "sales.navigation.ENTRIES",
    "analytics.navigation.ENTRIES",
    "crm.navigation.ADMINISTRATION",
]
SETTINGS_PAGES = [
    "crm.administration.pages.PERSONAL",
    "crm.notifications.navigation.SETTINGS",
    "crm.calendars.navigation.PERSONAL",
    "contacts.navigation.PERSONAL",
    "crm.api.navigation.PERSONAL",
    "crm.administration.pages.COMPANY",
    "crm.calendars.navigation.COMPANY",
    "crm.administration.pages.PEOPLE",
    "crm.fields.navigation.SETTINGS",
    "crm.layouts.navigation.SETTINGS",
    "contacts.navigation.SETTINGS",
    "sales.navigation.SETTINGS",
    "crm.assignment.navigation.SETTINGS",
    "crm.mail.navigation.SETTINGS",
    "crm.administration.pages.SYSTEM",
]
CREATE_ACTIONS = ["contacts.navigation.CREATE", "sales.navigation.CREATE"]
CUSTOMER_PANELS = [
    "analytics.panels.ValuePanel",
    "sales.panels.LeadPanel",
    "sales.sequence_panel.SequencePanel",
    "sales.panels.DealsPanel",
    "sales.panels.RecommendationsPanel",
    "sales.panels.OrdersPanel",
    "contacts.panels.RelationshipsPanel",
    "contacts.panels.FilesPanel",
    "contacts.panels.ConsentPanel",
    "crm.automation.panels.RunsPanel",
]
PRODUCT_PANELS = [
    "sales.product_panels.UpSellPanel",
    "sales.product_panels.BundlePanel",
    "sales.product_panels.PricesPanel",
    "sales.product_panels.SoldPanel",
    "sales.product_panels.TogetherPanel",
]
PRICE_BOOK_PANELS = ["sales.book_panels.WhoPanel", "sales.product_panels.BookPanel"]
DEAL_PANELS = [
    "sales.win_panel.WinPanel",
    "sales.quote_panel.QuotesPanel",
    "analytics.panels.ValuePanel",
    "sales.panels.RecommendationsPanel",
    "contacts.panels.RelationshipsPanel",
]
# beside an RFM group: panels about = ("group",)
GROUP_PANELS: list[str] = []
# (model, field of the currency, field of the day) of rows reckoned into the company's currency
MONEY_ROWS = [
    ("sales.Order", "currency", "placed_on"),
    ("sales.Deal", "currency", "rated_on"),
    ("sales.Quote", "currency", "rated_on"),
]
HOME_CARDS = [
    "contacts.cards.MyTasks",
    "sales.cards.StaleDeals",
    "sales.cards.ApprovalsToDecide",
    "analytics.cards.CustomersThatNeedMe",
]
TIMELINE_SOURCES = [
    "contacts.timeline.interactions",
    "sales.timeline.orders",
    "sales.timeline.deal_steps",
    "sales.quote_timeline.quotes",
    "sales.approval_timeline.asked",
]
# what apps offer in the menu of a record's page
RECORD_VERBS = ["sales.sequence_panel.VERBS"]
TIMELINE_OBJECTS = ["sales.Order", "sales.Deal"]
HISTORY_LABELS = [
    "crm.staff.history.LABELS",
    "crm.notifications.history.LABELS",
    "crm.fields.history.LABELS",
    "crm.layouts.history.LABELS",
    "crm.calendars.history.LABELS",
    "crm.api.history.LABELS",
    "crm.assignment.history.LABELS",
    "crm.automation.history.LABELS",
    "crm.mail.history.LABELS",
    "contacts.history.LABELS",
    "sales.history.LABELS",
]
HISTORY_FIELDS = [
    "crm.access.history.FIELDS",
    "crm.layouts.history.FIELDS",
    "crm.staff.history.FIELDS",
    "crm.calendars.history.FIELDS",
    "crm.api.history.FIELDS",
    "crm.assignment.history.FIELDS",
    "crm.automation.history.FIELDS",
    "contacts.history.FIELDS",
]
# (field, model) whose keys histories tell by name
HISTORY_NAMES = {
    "stage": "sales.Stage",
    "pipeline": "sales.Pipeline",
    "loss_reason": "sales.LossReason",
    "decided_by": "staff.User",
    "asked_by": "staff.User",
    "sender": "staff.User",
}
READ_BESIDE_ROLES = ["crm.company.beside.COMPANY", "crm.automation.listeners.LISTENED"]
NOTIFICATION_KINDS = [
    "crm.notifications.kinds.KINDS",
    "crm.mail.notifications.KINDS",
    "crm.automation.notices.KINDS",
    "contacts.notifications.KINDS",
    "sales.notifications.KINDS",
]
TOLD_RECORDS = ["contacts.notifications.RECORDS", "sales.notifications.RECORDS"]
AUDIT_LISTENERS = [
    "crm.notifications.listeners.written",
    "contacts.listeners.written",
    "sales.listeners.written",
    "sales.sequence_listeners.written",
    "crm.automation.listeners.written",
]
IMPORT_LISTENERS = ["crm.automation.listeners.imported"]
JOB_LISTENERS = ["crm.notifications.listeners.job_ended"]
JOB_NOTICES = {
    "bulk.run": "crm.bulk.jobs.run_ended",
    "bulk.export_list": "crm.bulk.jobs.export_ended",
    "audit.export_trail": "crm.bulk.jobs.export_ended",
    "imports.check_import": "crm.imports.notices.check_ended",
    "imports.run_import": "crm.imports.notices.run_ended",
    "imports.undo_import": "crm.imports.notices.undo_ended",
}
AUDIT_LINKS = ["crm.audit.links.LINKS", "contacts.history.LINKS"]
SEARCH_SOURCES = [
    "contacts.search.CUSTOMERS",
    "sales.search.DEALS",
    "sales.search.ORDERS",
    "sales.search.PRODUCTS",
    "sales.search.QUOTES",
    "contacts.search.EMAILS",
]
RECORD_KINDS = [
    "contacts.kinds.CUSTOMERS",
    "contacts.kinds.TASKS",
    "contacts.kinds.INTERACTIONS",
    "contacts.api.kinds.POINTS",
    "contacts.api.kinds.RELATIONSHIPS",
    "contacts.api.kinds.CONSENTS",
    "sales.deal_kind.DEALS",
    "sales.lead_kind.LEADS",
    "sales.kinds.ORDERS",
    "sales.kinds.LINES",
    "sales.product_kind.PRODUCTS",
    "sales.kinds.PRODUCT_RULES",
    "sales.quote_kind.QUOTES",
    "sales.quote_kind.LINES",
    "sales.approval_kind.APPROVALS",
    "sales.price_kinds.PRICE_BOOKS",
    "sales.price_kinds.PRICES",
    "sales.price_kinds.BUNDLE_PARTS",
    "sales.price_kinds.DISCOUNT_LIMITS",
    "sales.sequence_kind.ENROLMENTS",
]
LIST_ACTIONS = [
    "crm.bulk.set_field.Assign",
    "contacts.bulk.CompleteTasks",
    "contacts.bulk.AddTag",
    "contacts.bulk.RemoveTag",
    "contacts.bulk.CreateTasks",
    "sales.sequence_bulk.Enrol",
    "crm.bulk.set_field.SetField",
    "crm.automation.bulk.RunAutomation",
    "crm.bulk.delete.Delete",
]
API_RESOURCES = [
    "contacts.api.resources.CUSTOMERS",
    "contacts.api.resources.POINTS",
    "contacts.api.resources.RELATIONSHIPS",
    "contacts.api.resources.INTERACTIONS",
    "contacts.api.resources.TASKS",
    "contacts.api.resources.CONSENTS",
    "sales.api.deals.LEADS",
    "sales.api.deals.DEALS",
    "sales.api.resources.ORDERS",
    "sales.api.resources.PRODUCTS",
    "sales.api.quotes.QUOTES",
    "sales.api.sequences.ENROLMENTS",
    "sales.api.price_books.PRICE_BOOKS",
    "sales.api.approvals.APPROVALS",
]
# by resource: what upper apps tell of its records
API_PARTS = {"customers": ["sales.api.price_books.CUSTOMER_PRICES"]}
RULE_FIELDS = [
    "sales.kinds.CUSTOMER_ORDERS",
    "sales.deal_kind.CUSTOMER_DEALS",
    "sales.quote_kind.DEAL_QUOTES",
    "sales.approval_kind.DEAL_APPROVALS",
    "sales.quote_kind.CUSTOMER_QUOTES",
    "sales.sequence_kind.CUSTOMER_ENROLMENTS",
    "contacts.api.kinds.INTERACTION_FIELDS",
    "sales.api.kinds.LINE_FIELDS",
]
AUTOMATION_ACTIONS = [
    "contacts.automation.CreateTask",
    "crm.automation.actions.fields.Assign",
    "crm.automation.actions.fields.SetField",
    "contacts.automation.AddTag",
    "contacts.automation.RemoveTag",
    "crm.automation.actions.telling.Notify",
    "crm.automation.actions.telling.MailColleague",
    "crm.automation.actions.webhook.Webhook",
]
AUTOMATION_STARTERS = ["contacts.starters.STARTERS"]
IMPORT_KINDS = [
    "sales.order_import.OrderImport",
    "sales.product_import.ProductImport",
    "sales.deal_import.DealImport",
    "sales.quota_import.QuotaImport",
]
REASSIGNERS = ["contacts.reassign.REASSIGNERS", "sales.reassign.REASSIGNERS"]
DEMO_LOADERS = [
    "crm.staff.demo.load",
    "crm.calendars.demo.load",
    "crm.assignment.demo.load",
    "contacts.demo.load",
    "contacts.demo.emails.load",
    "sales.demo.load",
    "sales.demo.price_books.load",
    "sales.demo.deals.load",
    "sales.demo.forecast.load",
    "sales.demo.learned.load",
    "sales.demo.leads.load",
    "sales.demo.sequences.load",
    "sales.demo.quotes.load",
    "analytics.demo.load",
    "sales.demo.approvals.load",
    "contacts.demo.colleagues.load",
    "contacts.demo.workplace.load",
]
MAIL_RECEIVERS = ["contacts.services.email_matching.mail_match"]
# hear of mails that came in and were put on records: listener(message, entries), in the same transaction
EMAIL_LISTENERS = ["sales.sequence_listeners.arrived"]
# hear of mails of ours that failed, came back or are in doubt: listener(mail), in the same transaction
OUTGOING_LISTENERS = ["contacts.email_notices.failure_tell"]
EMAIL_FIELDS = ["sales.email_fields.DEAL"]
ON_CHANGE = {"order": ["analytics.statistics_pull"]}
BEAT_JOBS: dict[str, dict[str, Any]] = {
    "analytics.value_refresh": {"hour": 2, "minute": 30},
    "analytics.statistics_pull": {"minute": "*/5"},
    "sales.recommendation_refresh": {"hour": 2, "minute": 50},
    "submissions.sweep": {"hour": 3, "minute": 10},
    "mail.sweep_outgoing": {"minute": "*"},
    "notifications.digest": {"minute": "*/15"},
    "notifications.sweep": {"hour": 3, "minute": 40},
    "contacts.remind_tasks": {"minute": "*/15"},
    "contacts.remind_soon": {"minute": "*"},
    "contacts.sync_calendars": {"minute": "*"},
    "jobs.tidy": {"minute": 40},
    "mail.fetch_due": {"minute": "*"},
    "mail.check_due": {"minute": 35},
    "automation.tick": {"minute": "*"},
    "publicforms.sweep": {"hour": 3, "minute": 20},
    "api.sweep": {"hour": 3, "minute": 50},
    "sales.expire_quotes": {"minute": 5},
    "sales.snapshot_deals": {"minute": 25},
    "sales.run_sequences": {"minute": "*"},
    "sales.win_model_refresh": {"hour": 3, "minute": 15},
    "sales.score_deals": {"minute": 35},
    "sales.count_groups": {"hour": 3, "minute": 25},
}
JOB_KINDS = [
    "crm.jobs.kinds.KINDS",
    "crm.bulk.jobs.KINDS",
    "crm.audit.jobs.KINDS",
    "crm.mail.jobs.KINDS",
    "crm.notifications.jobs.KINDS",
    "crm.automation.jobs.KINDS",
    "crm.api.jobs.KINDS",
    "contacts.jobs.KINDS",
    "sales.jobs.KINDS",
    "analytics.jobs.KINDS",
]
