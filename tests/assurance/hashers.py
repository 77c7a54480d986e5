from django.contrib.auth.hashers import PBKDF2PasswordHasher


class ShortPBKDF2(PBKDF2PasswordHasher):
    """The hasher of production with a five-hundredth of its rounds: slow enough to show whether it ran at all."""

    algorithm = "pbkdf2_short"
    iterations = 2_000
