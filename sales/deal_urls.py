from django.urls import path

from sales.views import deal, deal_parts, deal_prices, deal_probability, deal_record, deal_step

deal_paths = [
    path("deals/", deal.DealListView.as_view(), name="deal-list"),
    path("deals/board/", deal.DealBoardView.as_view(), name="deal-board"),
    path("deals/new/", deal.DealCreateView.as_view(), name="deal-create"),
    path("deals/<int:pk>/", deal_record.DealRecordView.as_view(), name="deal-record"),
    path("deals/<int:pk>/peek/", deal_record.DealPeekView.as_view(), name="deal-peek"),
    path("deals/<int:pk>/timeline/", deal_record.DealTimelineView.as_view(), name="deal-timeline"),
    path("deals/<int:pk>/delete/", deal.DealDeleteView.as_view(), name="deal-delete"),
    path("deals/<int:pk>/restore/", deal.DealRestoreView.as_view(), name="deal-restore"),
    path("deals/<int:pk>/move/", deal_step.DealMoveView.as_view(), name="deal-move"),
    path("deals/<int:pk>/win/", deal_step.DealWinView.as_view(), name="deal-win"),
    path("deals/<int:pk>/lose/", deal_step.DealLoseView.as_view(), name="deal-lose"),
    path(
        "deals/<int:pk>/probability/",
        deal_probability.DealProbabilityView.as_view(),
        name="deal-probability",
    ),
    path("deals/<int:pk>/reopen/", deal_step.DealReopenView.as_view(), name="deal-reopen"),
    path("deals/<int:pk>/undo/", deal_step.StepUndoView.as_view(), name="deal-step-undo"),
    path("deals/<int:pk>/lines/", deal_parts.DealLinesView.as_view(), name="deal-lines"),
    path("deals/<int:pk>/reprice/", deal_prices.RepriceView.as_view(), name="deal-reprice"),
    path(
        "deals/<int:pk>/lines/<int:line_pk>/tier/", deal_prices.LineTierView.as_view(), name="deal-line-tier"
    ),
    path(
        "deals/<int:pk>/lines/<int:line_pk>/volume/",
        deal_prices.LineVolumeView.as_view(),
        name="deal-line-volume",
    ),
    path("deals/<int:pk>/participants/", deal_parts.PersonAddView.as_view(), name="deal-person-add"),
    path(
        "deals/<int:pk>/participants/<int:person_pk>/remove/",
        deal_parts.PersonRemoveView.as_view(),
        name="deal-person-remove",
    ),
    path("deals/<int:pk>/competitors/", deal_parts.CompetitorAddView.as_view(), name="deal-competitor-add"),
    path(
        "deals/<int:pk>/competitors/<int:competitor_pk>/remove/",
        deal_parts.CompetitorRemoveView.as_view(),
        name="deal-competitor-remove",
    ),
]
