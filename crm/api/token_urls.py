from django.urls import path

from crm.api.views.tokens import TokenListView, TokenRevokeView

app_name = "tokens"
urlpatterns = [
    path("tokens/", TokenListView.as_view(), name="token-list"),
    path("tokens/<int:pk>/revoke/", TokenRevokeView.as_view(), name="token-revoke"),
]
