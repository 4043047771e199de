"""How people spell formulas and numbers: LaTeX, grouped digits, logarithms, bytes; rewritten to what is parsed."""

from __future__ import annotations

import math
import re

from zoo.errors import UserError

_LATEX = (
    (re.compile(r"\\(?:cdot|times|ast)(?![A-Za-z])"), "*"),
    (re.compile(r"\\(?:left|right)(?![A-Za-z])"), ""),
    (re.compile(r"\\[,;:! ]|\\q?quad(?![A-Za-z])|~"), " "),
    (re.compile(r"\\(?:math\w+|text\w*|operatorname)\s*\{(\w+)\}"), r" \1 "),
    (re.compile(r"\\(ln|log)(?![A-Za-z])"), r"\1 "),
    (re.compile(r"^\s*\$+|\$+\s*$"), ""),
)
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_POWER = re.compile(r"\^\s*\{([^{}]*)\}")

_GROUPS = re.compile(r"(?<![\d.,])\d{1,3}(?:(?:,\d{3})+|(?:[ \u00a0\u2009\u202f]\d{3})+)(?![\d,])")
"""Thousands set apart by commas or by spaces: 8,000 and 8 000."""

_AMBIGUOUS = re.compile(r"(\d{1,3})((?:\.000)+)")
"""Eight with three decimals, or eight thousand as half of the world writes it."""

_LOGARITHM = re.compile(r"\b(?:ln|log)\s*(?:\(([^()]*)\)|(\d+(?:\.\d+)?))")
_BYTES = re.compile(r"\s*([kmg])(i?)b(?:ytes?)?$", re.IGNORECASE)


def plain_formula(answer: str) -> str:
    """A formula without LaTeX; unchanged if there is none."""
    if "\\" not in answer and "{" not in answer and "$" not in answer:
        return answer
    for pattern, plain in _LATEX:
        answer = pattern.sub(plain, answer)
    before = ""
    while before != answer:  # from the innermost braces outward
        before = answer
        answer = _FRACTION.sub(r"((\1)/(\2))", _POWER.sub(r"^(\1)", answer))
    return answer.replace("{", "(").replace("}", ")")


def plain_number(answer: str, unit: str) -> str:
    """A number without grouped digits, its unit and logarithms, which are replaced by their values.

    Args:
        answer: as typed.
        unit: the word that may stand behind it; ``bytes`` may also be KB, MB, GB (of 1000) or KiB, MiB, GiB (of 1024).

    Raises:
        UserError: if it could be one of two numbers.
    """
    text = plain_formula(answer.strip())
    factor = ""
    if unit == "bytes" and (prefix := _BYTES.search(text)):
        power = "kmg".index(prefix[1].lower()) + 1
        text, factor = text[: prefix.start()], f"*{(1024 if prefix[2] else 1000) ** power}"
    elif unit:
        word = unit.split()[0].removesuffix("s")
        text = re.sub(rf"(?<=[\d)\s]){re.escape(word)}s?( per \w+)?$", "", text, flags=re.IGNORECASE).rstrip()
    ambiguous = _AMBIGUOUS.fullmatch(text)
    if ambiguous:
        whole = ambiguous[1] + ambiguous[2].replace(".", "")
        raise UserError(f"the answer {text} can mean {ambiguous[1]} or {whole}: type one of these.")
    text = _GROUPS.sub(lambda group: re.sub(r"\D", "", group[0]), text)
    text = _LOGARITHM.sub(_logarithm, text)
    return f"({text}){factor}" if factor else text


def _logarithm(match: re.Match[str]) -> str:
    """The natural logarithm's value; the text as it is if there is none, to be refused where it stands."""
    number, _, divisor = (match[1] or match[2]).partition("/")
    try:
        return f"({math.log(float(number) / float(divisor or 1)):.15f})"
    except (ValueError, ZeroDivisionError):
        return match[0]
