from django.urls import path

from xingke.search import views

app_name = "search"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/palette/", views.palette, name="palette"),
]
