from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "jiyue.onboarding"
    label = "onboarding"
    verbose_name = "旧站迁入"
