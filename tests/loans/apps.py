from django.apps import AppConfig


class LoansConfig(AppConfig):
    name = "tests.loans"
    label = "loans"
