from django.urls import path

from crm.mail.views import accounts, outgoing, quarantine

app_name = "mail"
urlpatterns = [
    path("mail-accounts/", accounts.AccountListView.as_view(), name="account-list"),
    path("mail-accounts/new/", accounts.AccountCreateView.as_view(), name="account-create"),
    path("mail-accounts/connected/", accounts.AccountConnectedView.as_view(), name="account-connected"),
    path("mail-accounts/<int:pk>/", accounts.AccountView.as_view(), name="account"),
    path("mail-accounts/<int:pk>/try/", accounts.AccountTryView.as_view(), name="account-try"),
    path("mail-accounts/<int:pk>/connect/", accounts.AccountConnectView.as_view(), name="account-connect"),
    path("mail-accounts/<int:pk>/delete/", accounts.AccountDeleteView.as_view(), name="account-delete"),
    path("quarantine/", quarantine.QuarantineView.as_view(), name="quarantine"),
    path("quarantine/<int:pk>/retry/", quarantine.HeldRetryView.as_view(), name="held-retry"),
    path("quarantine/<int:pk>/file/", quarantine.HeldFileView.as_view(), name="held-file"),
    path("mails/", outgoing.OutgoingListView.as_view(), name="outgoing-list"),
    path("mails/<int:pk>/", outgoing.OutgoingView.as_view(), name="outgoing"),
    path("mails/<int:pk>/retry/", outgoing.OutgoingRetryView.as_view(), name="outgoing-retry"),
    path("mails/<int:pk>/cancel/", outgoing.OutgoingCancelView.as_view(), name="outgoing-cancel"),
]
