from django.urls import path

from crm.staff.views import invites, people, teams

app_name = "staff"
urlpatterns = [
    path("people/", people.PeopleView.as_view(), name="people"),
    path("people/invite/", invites.InviteCreateView.as_view(), name="invite"),
    path("people/<int:pk>/", people.PersonView.as_view(), name="person"),
    path("people/<int:pk>/deactivate/", people.PersonDeactivateView.as_view(), name="deactivate"),
    path("people/<int:pk>/reactivate/", people.PersonReactivateView.as_view(), name="reactivate"),
    path("people/<int:pk>/hand-over/", people.HandOverView.as_view(), name="hand-over"),
    path("people/invites/", invites.InviteListView.as_view(), name="invites"),
    path("people/invites/<int:pk>/resend/", invites.InviteResendView.as_view(), name="invite-resend"),
    path("people/invites/<int:pk>/revoke/", invites.InviteRevokeView.as_view(), name="invite-revoke"),
    path("teams/", teams.TeamListView.as_view(), name="teams"),
    path("teams/new/", teams.TeamCreateView.as_view(), name="team-create"),
    path("teams/<int:pk>/", teams.TeamView.as_view(), name="team"),
    path("teams/<int:pk>/empty/", teams.TeamEmptyView.as_view(), name="team-empty"),
    path("teams/<int:pk>/delete/", teams.TeamDeleteView.as_view(), name="team-delete"),
]
