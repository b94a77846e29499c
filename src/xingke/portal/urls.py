from django.urls import path

from xingke.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.workbench, name="workbench"),
    path("guide/", views.guide, name="guide"),
    path("gallery/", views.gallery, name="gallery"),
    path("health/", views.health, name="health"),
]
