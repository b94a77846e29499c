"""The addresses of substitutes, hand-overs, working groups and links."""

from django.urls import path

from xingke.casework.views import groups, handing, links, substitutes

urlpatterns = [
    path("cases/substitutes/", substitutes.substitute_list, name="substitute-list"),
    path("cases/substitutes/new/", substitutes.substitute_new, name="substitute-new"),
    path("cases/substitutes/<uuid:key>/end/", substitutes.substitute_end, name="substitute-end"),
    path("cases/hand-over/", handing.hand_over_page, name="hand-over"),
    path("cases/groups/", groups.group_list, name="group-list"),
    path("cases/groups/new/", groups.group_new, name="group-new"),
    path("cases/groups/<uuid:key>/", groups.group, name="group"),
    path("cases/groups/<uuid:key>/members/", groups.group_change, name="group-change"),
    path("cases/groups/<uuid:key>/duties/", groups.duty_new, name="duty-new"),
    path("cases/groups/<uuid:key>/duties/<int:pk>/done/", groups.duty_done, name="duty-done"),
    path("cases/<uuid:key>/links/", links.link_new, name="link-new"),
    path("cases/<uuid:key>/links/<int:pk>/end/", links.link_end, name="link-end"),
]
