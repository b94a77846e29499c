from django.urls import path

from xingke.reports.views import disclosing, documents, editing, figures, public, verifying

app_name = "reports"
urlpatterns = [
    path("documents/", documents.document_list, name="document-list"),
    path("documents/write/", documents.document_write, name="document-write"),
    path("documents/<uuid:key>/", documents.document, name="document"),
    path("documents/<uuid:key>/file.docx", documents.document_file, name="document-file"),
    path("documents/<uuid:key>/file.pdf", documents.document_pdf, name="document-pdf"),
    path("documents/<uuid:key>/edit/", editing.document_edit, name="document-edit"),
    path("documents/<uuid:key>/figures/", editing.document_figures, name="document-figures"),
    path("documents/<uuid:key>/compare/", editing.document_compare, name="document-compare"),
    path("documents/<uuid:key>/update/", editing.document_update, name="document-update"),
    path("documents/<uuid:key>/review/", disclosing.document_review, name="document-review"),
    path("documents/<uuid:key>/step/", disclosing.document_step, name="document-step"),
    path("documents/<uuid:key>/hand-up/", disclosing.document_hand_up, name="document-hand-up"),
    path("documents/<uuid:key>/recall/", disclosing.document_recall, name="document-recall"),
    path("public/documents/<uuid:work>/", public.document, name="public-document"),
    path("public/documents/<uuid:work>/file.docx", public.document_file, name="public-document-file"),
    path("public/documents/<uuid:work>/file.pdf", public.document_pdf, name="public-document-pdf"),
    path("public/figures/<uuid:key>/", public.figure, name="public-figure"),
    path("figures/<uuid:key>/", figures.figure, name="figure"),
    path("verify/", verifying.verify, name="verify"),
]
