from django.utils.translation import gettext_lazy as _

LABELS = {
    "api.token.create": _("API token made"),
    "api.token.revoke": _("API token revoked"),
}
FIELDS = {
    "scopes": _("Scopes"),
    "expires_at": _("Valid until"),
}
