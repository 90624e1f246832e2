"""What the jobs of sales are called."""

from django.utils.translation import gettext_lazy as _

from crm.jobs.kinds import JobKind

KINDS = (
    JobKind("sales.recommendation_refresh", _("Compute the recommendations")),
    JobKind("sales.make_quote_file", _("Make the PDF of a quote"), url="sales:quote-record"),
    JobKind("sales.expire_quotes", _("See which quotes expired")),
    JobKind("sales.flag_deals", _("See which discounts need approval")),
    JobKind("sales.run_sequences", _("Carry out the steps of sequences")),
    JobKind("sales.snapshot_deals", _("Note what the deals are today")),
    JobKind("sales.win_model_refresh", _("Learn how likely deals are to be won")),
    JobKind("sales.score_deals", _("Tell how likely the open deals are to be won")),
    JobKind("sales.count_groups", _("Count what RFM groups buy")),
)
