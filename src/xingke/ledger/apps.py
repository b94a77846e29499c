from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "xingke.ledger"
    label = "ledger"
    verbose_name = "台账"

    def ready(self) -> None:
        from xingke.base import definitions
        from xingke.ledger import rules

        definitions.register(rules.NAMES)
