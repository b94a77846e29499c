from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaseworkConfig(AppConfig):
    name = "xingke.casework"
    label = "casework"
    verbose_name = _("办件")

    def ready(self) -> None:
        from xingke.base import definitions
        from xingke.casework.rules.flow_checks import FLOWS
        from xingke.casework.rules.form_checks import FORMS

        definitions.KINDS.add(FORMS)
        definitions.KINDS.add(FLOWS)
