"""A text as numerals are sought in it: one form for each sign, simplified, nothing that a reader does not see.

Every sign stays one sign, so that a place in the text made plain is a place in the given one.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

SIGN = "\ue000"  # a number that is no digit: 〣 🎲 💯 𝍣
ROMAN = "\ue001"  # Ⅲ as one sign
LISTED = "\ue002"  # ⑶ ⒊ ㈢: a number that brings its own bracket or full stop
_UNSEEN = "\ue003"

DIGITS = "0-9" + SIGN
PLAIN_CHINESE = "〇零一二两三四五六七八九十百千万亿"
_FORMAL = "壹贰叁柒捌玖仟佰"  # of these no other word is made; 伍陆拾肆参 are numerals only beside others
_RARE = "俩仨廿卅卌弌弍弎弐亖卄幺皕丗壱"
CHINESE = PLAIN_CHINESE + _FORMAL + _RARE

_TRADITIONAL = (
    "項项個个箇个萬万億亿餘余約约達达場场戶户臺台兩两幾几來来過过將将開开內内負负減减倆俩貳贰貮贰參参叄叁陸陆"
    "種种雙双隻只張张筆笔畝亩噸吨條条輛辆間间層层點点級级組组團团隊队門门處处單单幢幢屆届類类報报對对國国縣县區区鎮镇鄉乡"
    "業业產产學学醫医號号頁页價价資资圓元円元歲岁週周時时鐘钟倉仓強强齊齐躍跃進进佔占裡里補补術术貫贯實实斷断無无數数"
    "頭头後后為为間间與与審审監监電电話话傳传真真郵邮編编網网獲获護护眾众農农館馆園园廠厂會会書书題题課课標标證证獎奖"
    "職职僅仅約约觀观擊击擴扩倫伦贏赢僑侨總总長长發发東东車车機机關关創创連连續续第第幹干齡龄曆历歷历壹壹"
)
_ALSO = {
    **dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)),
    "（": "(", "﹙": "(", "⁽": "(", "）": ")", "﹚": ")", "⁾": ")", "％": "%", "﹪": "%", "．": ".", "﹒": ".",
    "［": "[", "【": "[", "〔": "[", "］": "]", "】": "]", "〕": "]", "︰": "：", ":": "：", "∶": "：", "－": "-", "–": "-",
    "‐": "-", "‑": "-", "﹣": "-", "˗": "-", "−": "-", "～": "~", "〜": "~", "∼": "~", "㇐": "一", "ㄧ": "一", "ｰ": "ー",
    "◯": "○", "⭕": "○", "⚪": "○", "ㆍ": "·", "・": "·", "･": "·", "⼀": "一", "＋": "+", "‱": "‰", "両": "两", "٪": "%", "︱": "|",
    "㐅": "五", "㒃": "二", "㠪": "五", "㭍": "七", "廾": "廿", "〹": "廿", "〺": "卅", "〸": "十", "\t": " ",
    **dict(zip("／＆＊＝＜＞＠＃＿｜＂＇＄￥", "/&*=<>@#_|\"'$¥", strict=True)),
}  # fmt: skip
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\x0b\x0c\x1c\x1d\x1e\x1f\x85")  # and all of category Z
_UNSEEN_KINDS = frozenset({"Cf", "Mn", "Me", "Cc", "Cs"})

# signs that show a number and say so nowhere in their properties
_PICTURED = (
    (0x2680, 0x2685), (0x268A, 0x268F), (0x2630, 0x2637), (0x4DC0, 0x4DFF),  # dice, lines of oracles: ☰ looks like 三
    (0x1F000, 0x1F02B), (0x1F030, 0x1F09F), (0x1F0A0, 0x1F0FF),  # mahjong, dominoes, cards
    (0x1D300, 0x1D356), (0x1D360, 0x1D37F),  # Tai Xuan, rods and tallies
    (0x2801, 0x28FF), (0x1F550, 0x1F567), (0x1F3B1, 0x1F3B2), (0x1F51D, 0x1F51D), (0x1F51F, 0x1F51F), (0x1F522, 0x1F522),
    (0x1F4AF, 0x1F4AF), (0x1F947, 0x1F949),  # 💯, medals
)  # fmt: skip


class _Plain(dict[int, str]):
    """Each sign as the rule knows it; found once, then kept."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _plain(chr(code))
        return found


def _plain(char: str) -> str:
    if char in _ALSO:
        return _ALSO[char]
    if char == "\n" or (char.isascii() and char.isprintable()):
        return char
    kind = unicodedata.category(char)
    if kind[0] == "Z" or char in _BLANK:
        return "\n" if char in "\u2028\u2029" else " "
    if char == "\r":
        return "\n"
    if kind in _UNSEEN_KINDS:
        return _UNSEEN
    if kind == "Co":  # its look depends on the font
        return SIGN
    if "\u3400" <= char <= "\u9fff" and not "\u4dc0" <= char <= "\u4dff":
        return char
    return _number(char, kind) or _letter(char, kind)


def _number(char: str, kind: str) -> str:
    """A sign for a number; empty where it is none."""
    if kind == "Nd":
        return str(unicodedata.digit(char))
    if any(low <= ord(char) <= high for low, high in _PICTURED):
        return SIGN
    meant = unicodedata.normalize("NFKC", char)
    if "\u2160" <= char <= "\u2188":
        return ROMAN
    if re.fullmatch(rf"[(][0-9{PLAIN_CHINESE}]+[)]|[0-9]+[.,]", meant):
        return LISTED
    if len(meant) == 1 and (meant in CHINESE or meant.isdecimal()):
        return meant
    return SIGN if kind[0] == "N" or char.isnumeric() or meant[0].isdigit() else ""


def _letter(char: str, kind: str) -> str:
    """A letter in its plain form; where that is several signs, the sign itself."""
    if kind[0] not in "LS":
        return char
    meant = unicodedata.normalize("NFKC", char)
    if len(meant) == 1 and meant.isprintable() and not meant.isspace():
        return _ALSO.get(meant, meant)
    return char


_PLAIN = _Plain()
_BLANKS = re.compile(" {2,}")


@dataclass(frozen=True)
class Plain:
    """A text made plain. places: where each sign stood in the given one; empty where nothing was left out."""

    text: str
    places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A stretch of the plain text as a stretch of the given one."""
        return (self.places[start], self.places[end - 1] + 1) if self.places else (start, end)


def made_plain(text: str) -> Plain:
    """Digits, letters, brackets and blanks in one form each; unseen signs and all but one of several blanks left out."""
    found = text.translate(_PLAIN)
    if "  " in found:
        found = _BLANKS.sub(lambda match: " " + _UNSEEN * (len(match[0]) - 1), found)
    if _UNSEEN not in found:
        return Plain(found, ())
    places = [at for at, char in enumerate(found) if char != _UNSEEN]
    joined = found.replace(_UNSEEN, "")
    if "  " in joined:  # blanks that only unseen signs parted
        places = [at for before, at in zip("x" + joined, places, strict=False) if before != " " or found[at] != " "]
        joined = _BLANKS.sub(" ", joined)
    return Plain(joined, places)


@lru_cache(maxsize=1)
def runs() -> re.Pattern[str]:
    """A numeral as it is written without a break: Arabic, Chinese, or in signs of its own."""
    beside = "拾佰仟" + _FORMAL
    formal = (
        f"(?:[伍陆肆参拾](?=[{beside}亿]|万[元余]|元整)|(?<=[{beside}])[伍陆肆参拾]|(?<=[一二三四五六七八九])拾(?=[项个家件名人元伍陆])"
        r"|(?<![队入退落行大登水海两收放])(?!陆家[嘴庄浜])[伍陆肆参拾](?= ?(?:项(?!目)|个|家|件|名|人次|户|万|亿|元|台|倍|成))"
        ")"
    )
    sign = f"(?:[{CHINESE}]|{formal})"
    return re.compile(
        rf"(?P<arabic>[{DIGITS}]++(?:[.,·][{DIGITS}]++)*+)|(?P<chinese>{sign}(?:{sign}|○|[Oo0](?=[{CHINESE}]))*+)"
        rf"|(?P<sign>[{ROMAN}]++|{LISTED})"
    )
