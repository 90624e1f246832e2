"""What people did with customers, as a list: the numbers of reports lead here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from contacts.kinds import INTERACTIONS
from contacts.models import Interaction
from crm.access.services import find
from crm.access.views import ProtectedView
from crm.lists.views import RecordListView


class InteractionListView(RecordListView):
    permission = "contacts.view_interaction"
    kind = INTERACTIONS


class InteractionRecordView(ProtectedView):
    """An entry leads to the timeline of its customer."""

    permission = "contacts.view_interaction"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = find(Interaction.objects.filter(deleted_at=None), self.user, pk)
        return redirect("contacts:customer-record", entry.customer_id)
