"""Labels of definitions: a text in Chinese, the source language, and in English."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """The same words in both languages of the software."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The Chinese text for any ``zh…`` language, else the English one."""
        return self.zh if language.startswith("zh") else self.en
