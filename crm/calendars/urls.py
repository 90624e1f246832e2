from django.urls import path

from crm.calendars.views import absences, hours

app_name = "calendars"
urlpatterns = [
    path("hours/", hours.CalendarListView.as_view(), name="calendar-list"),
    path("hours/new/", hours.CalendarCreateView.as_view(), name="calendar-create"),
    path("hours/<int:pk>/", hours.CalendarView.as_view(), name="calendar"),
    path("hours/<int:pk>/default/", hours.CalendarDefaultView.as_view(), name="calendar-make-default"),
    path("hours/<int:pk>/delete/", hours.CalendarDeleteView.as_view(), name="calendar-delete"),
    path("hours/<int:pk>/days/", hours.OwnDaySetView.as_view(), name="own-day-set"),
    path("hours/<int:pk>/days/<int:day_pk>/remove/", hours.OwnDayRemoveView.as_view(), name="own-day-remove"),
    path("out-of-office/", absences.AbsenceListView.as_view(), name="absence-list"),
    path("out-of-office/<int:pk>/delete/", absences.AbsenceDeleteView.as_view(), name="absence-delete"),
]
