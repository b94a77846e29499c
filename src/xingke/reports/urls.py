from django.urls import path

from xingke.reports.views import documents, figures, verifying

app_name = "reports"
urlpatterns = [
    path("documents/", documents.document_list, name="document-list"),
    path("documents/write/", documents.document_write, name="document-write"),
    path("documents/<uuid:key>/", documents.document, name="document"),
    path("documents/<uuid:key>/file.docx", documents.document_file, name="document-file"),
    path("documents/<uuid:key>/file.pdf", documents.document_pdf, name="document-pdf"),
    path("figures/<uuid:key>/", figures.figure, name="figure"),
    path("verify/", verifying.verify, name="verify"),
]
