from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "xingke.demo"
    label = "demo"
