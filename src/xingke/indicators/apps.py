from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "xingke.indicators"
    label = "indicators"
    verbose_name = "指标"

    def ready(self) -> None:
        from xingke.base import definitions
        from xingke.indicators import rules

        definitions.register(rules.INDICATORS)
