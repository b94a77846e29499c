from django.urls import path

from xingke.archive.views import appraising, handing, volumes

app_name = "archive"
urlpatterns = [
    path("archive/", volumes.finding_list, name="finding-list"),
    path("archive/cases/", volumes.case_list, name="case-list"),
    path("archive/documents/", volumes.document_list, name="document-list"),
    path("archive/file/", volumes.file_into, name="file-into"),
    path("archive/volumes/new/", volumes.volume_new, name="volume-new"),
    path("archive/volumes/<uuid:key>/", volumes.volume, name="volume"),
    path("archive/volumes/<uuid:key>/close/", volumes.volume_close, name="volume-close"),
    path("archive/volumes/<uuid:key>/zip/", volumes.volume_zip, name="volume-zip"),
    path("archive/volumes/<uuid:key>/appraise/", appraising.volume_appraise, name="volume-appraise"),
    path("archive/appraisals/", appraising.appraisal_list, name="appraisal-list"),
    path("archive/appraisals/<uuid:key>/destroy/", appraising.volume_destroy, name="volume-destroy"),
    path("archive/appraisals/<uuid:key>/spare/", appraising.volume_spare, name="volume-spare"),
    path("archive/items/<uuid:key>/", volumes.item_edit, name="item-edit"),
    path("archive/items/<uuid:key>/out/", volumes.item_out, name="item-out"),
    path("archive/items/<uuid:key>/files/<int:pk>/<str:name>", volumes.item_file, name="item-file"),
    path("archive/hand-overs/", handing.hand_over_list, name="hand-over-list"),
    path("archive/hand-overs/new/", handing.hand_over_new, name="hand-over-new"),
    path("archive/hand-overs/<uuid:key>/", handing.hand_over, name="hand-over"),
    path("archive/hand-overs/<uuid:key>/receive/", handing.hand_over_receive, name="hand-over-receive"),
    path("archive/hand-overs/<uuid:key>/decline/", handing.hand_over_decline, name="hand-over-decline"),
]
