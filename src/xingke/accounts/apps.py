from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "xingke.accounts"
    label = "accounts"
    verbose_name = "账户与审计"
