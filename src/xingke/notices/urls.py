from django.urls import path

from xingke.notices.views import calendars, notices, outgoing

app_name = "notices"
urlpatterns = [
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/<int:pk>/open/", notices.notice_open, name="notice-open"),
    path("notices/read/", notices.notices_read, name="notices-read"),
    path("notices/choices/", notices.choices, name="choices"),
    path("messages/", outgoing.message_list, name="message-list"),
    path("messages/<int:pk>/again/", outgoing.message_again, name="message-again"),
    path("messages/rules/", outgoing.message_rules, name="message-rules"),
    path("calendar/", calendars.calendar, name="calendar"),
    path("calendar/feed/open/", calendars.feed_open, name="feed-open"),
    path("calendar/feed/end/", calendars.feed_end, name="feed-end"),
    path("calendar/feed/<str:token>.ics", calendars.feed, name="feed"),
]
