from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "xingke.portal"
    label = "portal"
