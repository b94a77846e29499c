from django.urls import path

from xingke.intake import views

app_name = "intake"
urlpatterns = [
    path("imports/", views.import_list, name="import-list"),
    path("imports/forms/<slug:code>/", views.import_form, name="import-form"),
    path("imports/<int:pk>/", views.import_batch, name="import"),
    path("imports/<int:pk>/recheck/", views.import_recheck, name="import-recheck"),
    path("imports/<int:pk>/file/", views.import_file, name="import-file"),
    path("imports/<int:pk>/undo/", views.import_undo, name="import-undo"),
    path("imports/<int:pk>/cancel/", views.import_cancel, name="import-cancel"),
]
