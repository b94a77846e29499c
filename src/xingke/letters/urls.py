from django.urls import path

from xingke.letters.views import letters, links

app_name = "letters"
urlpatterns = [
    path("cases/letters/", letters.letter_list, name="letter-list"),
    path("cases/letters/issue/<slug:flow>/<slug:step>/", letters.letter_issue, name="letter-issue"),
    path("letters/check/", letters.check, name="check"),
    path("cases/letters/<uuid:key>/", letters.letter, name="letter"),
    path("cases/letters/<uuid:key>/file/", letters.letter_file, name="letter-file"),
    path("cases/<uuid:key>/links/new/", links.link_new, name="link-new"),
    path("cases/links/<uuid:key>/revoke/", links.link_revoke, name="link-revoke"),
    path("outside/<str:token>/", links.outside, name="outside"),
]
