from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "xingke.registry"
    label = "registry"
    verbose_name = "区划、单位与授权"

    def ready(self) -> None:
        from xingke.base import definitions, menu
        from xingke.registry import queries, rules

        menu.use_permission_check(queries.has_code)
        definitions.register(rules.TERMS)
        definitions.register(rules.ROLES)
