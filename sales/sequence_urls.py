from django.urls import path

from sales.views import enrolment, sequence

sequence_paths = [
    path("sequences/", sequence.SequenceListView.as_view(), name="sequence-list"),
    path("sequences/new/", sequence.SequenceCreateView.as_view(), name="sequence-create"),
    path("sequences/enrolments/", enrolment.EnrolmentListView.as_view(), name="enrolment-list"),
    path("sequences/enrolments/<int:pk>/", enrolment.EnrolmentRecordView.as_view(), name="enrolment-record"),
    path(
        "sequences/enrolments/<int:pk>/pause/", enrolment.EnrolmentPauseView.as_view(), name="enrolment-pause"
    ),
    path(
        "sequences/enrolments/<int:pk>/resume/",
        enrolment.EnrolmentResumeView.as_view(),
        name="enrolment-resume",
    ),
    path("sequences/enrolments/<int:pk>/skip/", enrolment.EnrolmentSkipView.as_view(), name="enrolment-skip"),
    path("sequences/enrolments/<int:pk>/stop/", enrolment.EnrolmentStopView.as_view(), name="enrolment-stop"),
    path("sequences/<int:pk>/", sequence.SequenceRecordView.as_view(), name="sequence-record"),
    path("sequences/<int:pk>/edit/", sequence.SequenceEditView.as_view(), name="sequence-edit"),
    path("sequences/<int:pk>/delete/", sequence.SequenceDeleteView.as_view(), name="sequence-delete"),
    path("sequences/<int:pk>/restore/", sequence.SequenceRestoreView.as_view(), name="sequence-restore"),
    path("sequences/enrol/<int:pk>/", enrolment.EnrolView.as_view(), name="enrol"),
]
