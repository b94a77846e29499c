"""Official codes and their check digits.

Sources: GB 32100-2015 (统一社会信用代码), ZC 0006-2003 (patent numbers). A failing check is a warning and asks for
evidence, never a silent rejection: codes with a wrong check character have been issued.
"""

import re
import unicodedata

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_PATENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_KEPT = re.compile(r"(?:[0-9]{8}|[0-9]{12})\.[0-9X]")


def normalise_code(text: str) -> str:
    """Upper case, half width, without blanks: how codes are compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


def credit_code_check(first17: str) -> str:
    """The 18th character for 17 characters of a 统一社会信用代码. Raises ValueError outside its alphabet."""
    total = sum(_CREDIT_ALPHABET.index(char) * weight for char, weight in zip(first17, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def credit_code_body_check(first8: str) -> str:
    """The 9th character of the organisation code within a credit code (GB 11714)."""
    rest = 11 - sum(int(char, 36) * weight for char, weight in zip(first8, _BODY_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def has_credit_form(text: str) -> bool:
    """Whether ``text`` is written as a 统一社会信用代码: 18 characters of its alphabet, whatever the checks say."""
    code = normalise_code(text)
    return len(code) == 18 and all(char in _CREDIT_ALPHABET for char in code) and code[2:8].isdigit()


def is_credit_code(text: str) -> bool:
    """Whether ``text`` is a well-formed 统一社会信用代码 whose outer and inner checks hold."""
    code = normalise_code(text)
    if not has_credit_form(code):
        return False
    return credit_code_check(code[:17]) == code[17] and credit_code_body_check(code[8:16]) == code[16]


def credit_code_faults(text: str) -> tuple[int, ...]:
    """The places (17 of the organisation code, 18 of the whole) whose check character does not hold, of a code with the form of one."""
    code = normalise_code(text)
    whole, body = credit_code_check(code[:17]) == code[17], credit_code_body_check(code[8:16]) == code[16]
    return (*(() if body else (17,)), *(() if whole else (18,)))


def is_copied_right(text: str) -> bool:
    """Whether the last character of a credit code holds, as it does of every code that was not miscopied.

    That of the organisation code inside (place 17) alone proves nothing: codes have been given out without it.
    """
    return 18 not in credit_code_faults(text)


def patent_check(digits: str) -> str:
    """The check character of a patent application number of 8 (before 2003-10) or 12 digits."""
    if len(digits) not in (8, 12) or not digits.isdigit():
        raise ValueError(f"a patent number has 8 or 12 digits before its check, got {digits!r}")
    rest = sum(int(digit) * weight for digit, weight in zip(digits, _PATENT_WEIGHTS, strict=False)) % 11
    return "X" if rest == 10 else str(rest)


def normalise_patent_number(text: str) -> str:
    """``ZL 2017 1 0601862.3`` → ``201710601862.3``. Raises ValueError if it has not the form of a patent number."""
    if _KEPT.fullmatch(text):
        return text
    code = normalise_code(text).removeprefix("ZL").removeprefix("CN").replace(".", "")
    if not re.fullmatch(r"(\d{8}|\d{12})[\dX]", code):
        raise ValueError(f"{text!r} is no patent application number: 8 or 12 digits and a check character")
    return f"{code[:-1]}.{code[-1]}"


def is_patent_number(text: str) -> bool:
    """Whether the form and the check character hold."""
    try:
        code = normalise_patent_number(text)
    except ValueError:
        return False
    return patent_check(code[:-2]) == code[-1]
