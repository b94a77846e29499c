from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "xingke.reports"
    label = "reports"
    verbose_name = "文稿"

    def ready(self) -> None:
        from xingke.base import definitions
        from xingke.reports import rules

        definitions.register(rules.OUTLINES)
