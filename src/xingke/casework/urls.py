from django.urls import path

from xingke.casework import urls_common, urls_posts
from xingke.casework.views import cases, opening, papers, sheets, steps, together

app_name = "casework"
urlpatterns = [
    path("cases/", cases.case_list, name="case-list"),
    path("cases/together/", together.cases_together, name="cases-together"),
    path("cases/new/<slug:flow>/", opening.case_new, name="case-new"),
    path("cases/new/<slug:flow>/sheet/", sheets.case_new_sheet, name="case-new-sheet"),
    path("cases/new/<slug:flow>/form.<str:kind>", papers.new_form_file, name="new-form-file"),
    path("cases/<uuid:key>/", cases.case, name="case"),
    path("cases/<uuid:key>/forms/<slug:form>.<str:kind>", papers.case_form_file, name="case-form-file"),
    path("cases/<uuid:key>/steps/<slug:step>/", steps.step_take, name="step-take"),
    path("cases/<uuid:key>/personal/", cases.case_personal, name="case-personal"),
    path("cases/<uuid:key>/personal/erase/", cases.case_personal_erase, name="case-personal-erase"),
    path("cases/<uuid:key>/files/<int:pk>/<str:name>", cases.case_file, name="case-file"),
    *urls_common.urlpatterns,
    *urls_posts.urlpatterns,
]
