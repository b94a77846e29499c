from django.urls import path

from xingke.indicators import views

app_name = "indicators"
urlpatterns = [
    path("indicators/", views.indicator_list, name="indicator-list"),
    path("indicators/identities/", views.identity_list, name="identity-list"),
    path("indicators/<str:code>/", views.indicator, name="indicator"),
    path("indicators/<str:code>/records/", views.evidence, name="evidence"),
]
