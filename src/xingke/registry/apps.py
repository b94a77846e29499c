from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "xingke.registry"
    label = "registry"
    verbose_name = "区划、单位与授权"

    def ready(self) -> None:
        from xingke.base import definitions
        from xingke.registry import rules

        definitions.register(rules.TERMS)
        definitions.register(rules.ROLES)
