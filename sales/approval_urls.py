"""The addresses of discounts beyond a limit."""

from django.urls import path

from sales.views import approval

approval_paths = [
    path("sales/approvals/", approval.ApprovalListView.as_view(), name="approval-list"),
    path("sales/approvals/<int:pk>/", approval.ApprovalRecordView.as_view(), name="approval-record"),
    path(
        "sales/approvals/<int:pk>/approve/", approval.ApprovalApproveView.as_view(), name="approval-approve"
    ),
    path("sales/approvals/<int:pk>/reject/", approval.ApprovalRejectView.as_view(), name="approval-reject"),
    path(
        "sales/approvals/<int:pk>/withdraw/",
        approval.ApprovalWithdrawView.as_view(),
        name="approval-withdraw",
    ),
    path("deals/<int:pk>/approval/", approval.AskView.as_view(), name="deal-approval"),
    path("quotes/<int:pk>/approval/", approval.QuoteAskView.as_view(), name="quote-approval"),
]
