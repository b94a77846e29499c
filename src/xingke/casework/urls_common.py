"""The addresses of what several cases share."""

from django.urls import path

from xingke.casework.views import calls, meetings, notices, publicity

urlpatterns = [
    path("cases/calls/", calls.call_list, name="call-list"),
    path("cases/calls/new/", calls.call_flows, name="call-flows"),
    path("cases/calls/new/<slug:flow>/", calls.call_new, name="call-new"),
    path("cases/calls/<uuid:key>/", calls.call, name="call"),
    path("cases/meetings/", meetings.meeting_list, name="meeting-list"),
    path("cases/meetings/new/", meetings.meeting_new, name="meeting-new"),
    path("cases/meetings/<uuid:key>/", meetings.meeting, name="meeting"),
    path("cases/meetings/<uuid:key>/agenda/", meetings.agenda_put, name="agenda-put"),
    path("cases/meetings/<uuid:key>/agenda/<int:pk>/off/", meetings.agenda_off, name="agenda-off"),
    path("cases/meetings/<uuid:key>/papers/<int:pk>/<str:name>", meetings.agenda_paper, name="agenda-paper"),
    path("cases/meetings/<uuid:key>/hold/", meetings.meeting_hold, name="meeting-hold"),
    path("cases/meetings/<uuid:key>/decide/", meetings.meeting_decide, name="meeting-decide"),
    path("cases/meetings/<uuid:key>/close/", meetings.meeting_close, name="meeting-close"),
    path("cases/notices/", notices.notice_list, name="notice-list"),
    path("cases/notices/new/", notices.notice_new, name="notice-new"),
    path("cases/notices/<uuid:key>/", notices.notice, name="notice"),
    path("cases/notices/<uuid:key>/receipts/<int:pk>/", notices.notice_sign, name="notice-sign"),
    path("cases/publicity/", publicity.publicity_list, name="publicity-list"),
    path("cases/publicity/new/<str:region>/<slug:flow>/<slug:step>/", publicity.publicity_new, name="publicity-new"),
    path("cases/publicity/<uuid:key>/", publicity.publicity, name="publicity"),
    path("cases/publicity/<uuid:key>/objections/new/", publicity.objection_new, name="objection-new"),
    path("cases/publicity/<uuid:key>/objections/<int:pk>/", publicity.objection_answer, name="objection-answer"),
    path("publicity/", publicity.public_publicity_list, name="public-publicity-list"),
    path("publicity/<uuid:key>/", publicity.public_publicity, name="public-publicity"),
]
