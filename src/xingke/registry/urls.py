from django.urls import path

from xingke.registry.views import accounts, audit, choosing, grants, organisations, people, saved_views

app_name = "registry"
urlpatterns = [
    path("organisations/", organisations.organisation_list, name="organisation-list"),
    path("organisations/new/", organisations.organisation_new, name="organisation-new"),
    path("organisations/matches/", choosing.organisation_matches, name="organisation-matches"),
    path("organisations/<uuid:key>/", organisations.organisation, name="organisation"),
    path("organisations/<uuid:key>/correct/", organisations.organisation_correct, name="organisation-correct"),
    path("people/", people.person_list, name="person-list"),
    path("people/new/", people.person_new, name="person-new"),
    path("regions/matches/", choosing.region_matches, name="region-matches"),
    path("people/matches/", choosing.person_matches, name="person-matches"),
    path("people/<uuid:key>/", people.person, name="person"),
    path("people/<uuid:key>/correct/", people.person_correct, name="person-correct"),
    path("people/<uuid:key>/employ/", people.person_employ, name="person-employ"),
    path("people/<uuid:key>/merge/", people.person_merge, name="person-merge"),
    path("people/<uuid:key>/erase/", people.person_erase, name="person-erase"),
    path("accounts/", accounts.account_list, name="account-list"),
    path("accounts/new/", accounts.account_new, name="account-new"),
    path("accounts/<str:username>/switch/", accounts.account_switch, name="account-switch"),
    path("accounts/<str:username>/reset/", accounts.account_reset, name="account-reset"),
    path("accounts/<str:username>/unlock/", grants.account_unlock, name="account-unlock"),
    path("grants/", grants.grant_list, name="grant-list"),
    path("grants/give/", grants.grant_give, name="grant-give"),
    path("grants/<int:pk>/revoke/", grants.grant_revoke, name="grant-revoke"),
    path("lists/<str:code>/columns/", saved_views.list_columns, name="list-columns"),
    path("lists/<str:code>/export/", saved_views.list_export, name="list-export"),
    path("lists/<str:code>/views/", saved_views.view_save, name="view-save"),
    path("lists/views/<int:pk>/rename/", saved_views.view_rename, name="view-rename"),
    path("lists/views/<int:pk>/delete/", saved_views.view_delete, name="view-delete"),
    path("audit/", audit.audit, name="audit"),
]
