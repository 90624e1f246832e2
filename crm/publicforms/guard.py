"""Keeping programs out of forms that anybody may send, without asking people for anything.

Three quiet checks: a field that people do not see stays empty (honeypot), the form was shown by us a few seconds to a
day ago (a signed stamp, good for this form only), and one address does not send without end. Whoever looks like a
program is told the same as everybody else; only the caller knows.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.audit.middleware import client_ip
from crm.publicforms.rate import Limit, count_visit
from crm.publicforms.tokens import salt

#: a name that programs like to fill in
HONEYPOT = "website_url"
STAMP = "shown_at"
FASTEST = timedelta(seconds=2)
SLOWEST = timedelta(days=1)
USUAL = Limit(most=20, seconds=3600)


class Suspicion(StrEnum):
    NONE = ""
    HONEYPOT = "honeypot"
    TOO_FAST = "too_fast"
    OLD_STAMP = "old_stamp"
    BAD_STAMP = "bad_stamp"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Guard:
    """One form's protection: `what` names the form, for its stamp and its counter."""

    what: str
    limit: Limit = USUAL

    def new_stamp(self) -> str:
        return signing.TimestampSigner(salt=salt(f"form {self.what}")).sign("")

    def judge(self, request: HttpRequest) -> Suspicion:
        """What speaks against the sender of this POST; everything is counted, also what is refused."""
        within = count_visit(self.what, client_ip(request) or "", self.limit)
        if request.POST.get(HONEYPOT):
            return Suspicion.HONEYPOT
        if (found := self.judge_stamp(request.POST.get(STAMP, ""))) is not Suspicion.NONE:
            return found
        return Suspicion.NONE if within else Suspicion.TOO_MANY

    def judge_stamp(self, stamp: str) -> Suspicion:
        signer = signing.TimestampSigner(salt=salt(f"form {self.what}"))
        try:
            signer.unsign(stamp[:200], max_age=SLOWEST)
        except signing.SignatureExpired:
            return Suspicion.OLD_STAMP
        except signing.BadSignature:
            return Suspicion.BAD_STAMP
        try:
            signer.unsign(stamp[:200], max_age=FASTEST)
        except signing.SignatureExpired:
            return Suspicion.NONE
        return Suspicion.TOO_FAST


class GuardedForm(forms.Form):
    """A public form with the two fields of its guard; the template draws `guard_fields` inside the form."""

    def __init__(self, *args: Any, guard: Guard, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[HONEYPOT] = forms.CharField(label=_("Leave this empty"), required=False, max_length=200)
        self.fields[HONEYPOT].widget.attrs = {"autocomplete": "off", "tabindex": "-1"}
        self.fields[STAMP] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
        self.initial[STAMP] = guard.new_stamp()

    def asked_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name != HONEYPOT]
