from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "xingke.search"
    label = "search"
    verbose_name = "搜索"
