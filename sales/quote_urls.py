"""The addresses of quotes; those below q/ are for people without an account."""

from django.urls import path

from sales.views import quote, quote_public, quote_record

quote_paths = [
    path("deals/<int:pk>/quotes/", quote.QuoteCreateView.as_view(), name="quote-create"),
    path("quotes/", quote.QuoteListView.as_view(), name="quote-list"),
    path("quotes/<int:pk>/", quote_record.QuoteRecordView.as_view(), name="quote-record"),
    path("quotes/<int:pk>/edit/", quote.QuoteEditView.as_view(), name="quote-edit"),
    path("quotes/<int:pk>/send/", quote.QuoteSendView.as_view(), name="quote-send"),
    path("quotes/<int:pk>/revise/", quote.QuoteReviseView.as_view(), name="quote-revise"),
    path("quotes/<int:pk>/withdraw/", quote.QuoteWithdrawView.as_view(), name="quote-withdraw"),
    path("quotes/<int:pk>/file/", quote_record.QuoteFileView.as_view(), name="quote-file"),
    path("quotes/<int:pk>/file/state/", quote_record.QuoteFileStateView.as_view(), name="quote-file-state"),
    path("quotes/<int:pk>/file/retry/", quote.QuoteFileRetryView.as_view(), name="quote-file-retry"),
    path("q/<str:token>/", quote_public.QuotePublicView.as_view(), name="quote-public"),
    path("q/<str:token>/accept/", quote_public.QuoteAcceptView.as_view(), name="quote-accept"),
    path("q/<str:token>/decline/", quote_public.QuoteDeclineView.as_view(), name="quote-decline"),
    path("q/<str:token>/opened/", quote_public.QuoteOpenedView.as_view(), name="quote-opened"),
    path("q/<str:token>/pdf/", quote_public.QuotePublicFileView.as_view(), name="quote-public-file"),
]
