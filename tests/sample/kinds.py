from crm.jobs.kinds import JobKind

KINDS = (
    JobKind("sample.steps", "Count to a hundred", can_cancel=True),
    JobKind("sample.guarded", "Write a list", permission="sales.export_order"),
)
