"""The words of a column's header: what it is called, what is written behind that, and which of it changes nothing.

Pure: knows neither forms nor files. A header is a known name with marks: ``合同成交额（单位：万元）``, ``金额/万元，必填``.
"""

import re
import unicodedata
from collections.abc import Collection, Container, Sequence

from xingke.base.quantities import unit_of

_BLANK = re.compile(r"\s+")
_FILLED_IN = re.compile(
    r"^[*※#★☆●·]+|[*※:★☆]+$|\((?:\*|必填|选填|可选)\)|^\(?\d{1,2}\)?[.、)](?=\D)|(?<=.)(?:必填|选填)$|^其中[:,、]?"
)
_OPENING, _CLOSING = "([【〔{<《〈「『", ")]】〕}>》〉」』"
_AS_ROUND = str.maketrans(_OPENING + _CLOSING, "(" * len(_OPENING) + ")" * len(_CLOSING))
_SEPARATORS = r"/:,、_\-|;·—–~\\"
_SEPARATED = re.compile(rf"(.+)[{_SEPARATORS}](.*)")
_PARTS = re.compile(rf"[(){_SEPARATORS}。]+")
_SAYS_UNIT = re.compile(
    r"^(?:计量|金额|货币|数量)?单位[:为是]?|^(?:人民币|rmb|cny|[¥￥])(?=.)|^[以按](?=[十百千万亿元人份])"
    r"|(?<=.)(?:人民币|rmb|整)$|(?<=[万亿元人次份])(?:为单位|计算?|填写|填报)$"
)
_UNIT_TAIL = re.compile(
    r"[十百千万亿]*(?:元|圆|人次|人|名|份|册|本|套|张|万|亿|[^\W\d_]{0,2}(?:元|币|镑|usd|eur|hkd|jpy|gbp))"
)

# What may stand behind a name without making it another column: how to fill the cells, never what they mean.
_HINTS = frozenset({
    "必填", "必填项", "选填", "选填项", "可选", "可不填", "非必填", "如有", "如无", "没有不填", "无则不填",
    "没有可不填", "全称", "全名", "单位全称", "企业全称", "规范全称", "中文", "中文全称", "盖章", "公章",
    "加盖公章", "签章", "签字", "印章", "下拉", "下拉选择", "下拉选项", "单选", "请选择", "选择", "文本",
    "文本格式", "日期格式", "数字", "数值", "数字格式", "只填数字", "小写", "阿拉伯数字", "含税", "人民币", "rmb",
    "cny", "¥", "年月日", "年-月-日", "年/月/日", "整份文件", "六位代码", "六位", "十八位", "18位统一代码",
    "单位", "计量单位", "金额单位", "是/否", "是或否", "是否", "√",
})  # fmt: skip
_HINT = re.compile(
    r"格式.*|(?:保留|精确到)[^\s]{1,8}|\d{1,2}位(?:数字|代码|数)?|y{2,4}[-/.年]?m{1,2}[-/.月]?d{1,2}日?"
    r"|(?!.*(?:预|拟|原(?!件)|曾|计划|优先|变更))(?:请填.{1,10}|[按照据].{1,10}(?:填写|填报|书写|录入)|[以与同和].{1,12}(?:为准|一致|相同))"
    r"|(?:具体|精确)?到[省市县区乡镇日月年]级?|(?:不含|无)空格"
    r"|(?:如|若)?(?:没有|无)[的则请]?(?:可?不填|填无|留空|写无)"
    r"|(?:如|例如|例|示例|形如)[:]?[\dymdx./\-年月日]+|\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?"
)
_AMOUNT = re.compile(
    r".*(?:额|经费|资金|价款|价格|总价|单价|款|补助|补贴|奖金|拨款|投资|费|费用|收入|产值|利润|人次|人数|份数)(?:合计|小计|总计|总数|数)?"
)


def plain(text: str) -> str:
    """A header as headers are compared: half width, small letters, round brackets, without blanks and marks of duty."""
    words = _BLANK.sub("", unicodedata.normalize("NFKC", text)).lower().translate(_AS_ROUND)
    while (stripped := _FILLED_IN.sub("", words)) != words:
        words = stripped
    return words


def named(header: str, known: Container[str], measured: Container[str]) -> tuple[str, tuple[str, ...]] | None:
    """The known name in a header, plain, and the marks that stand around it; None where it is none of the known.

    measured: the known names behind which a unit may stand with nothing between: ``金额万元``.
    """
    found = _peeled(plain(header), known, measured)
    above, _blank, below = unicodedata.normalize("NFKC", header).strip().rpartition(" ")
    if found is None and above:  # a name that spans the columns of others
        parent, child = _peeled(plain(above), known, measured), _peeled(plain(below), known, measured)
        if parent is not None and child is not None:
            return child[0], parent[1] + child[1]
    return found


def _peeled(words: str, known: Container[str], measured: Container[str]) -> tuple[str, tuple[str, ...]] | None:
    marks: list[str] = []
    while words not in known:
        if (joined := words.replace("(", "").replace(")", "")) in known:  # 申请日（期）
            words = joined
            break
        found = _bracketed(words) or _separated(words) or _suffixed(words, measured) or _trailed(words)
        if found is None:
            return None
        words, mark = found
        marks.append(mark)
    return words, tuple(marks)


def _bracketed(words: str) -> tuple[str, str] | None:
    """What stands outside and inside of the bracket a header ends or begins with."""
    depth = 0
    if words.endswith(")"):
        for place in range(len(words) - 1, 0, -1):
            depth += {")": 1, "(": -1}.get(words[place], 0)
            if not depth:
                return words[:place], words[place + 1 : -1]
    if words.startswith("("):
        inside, closing, rest = words[1:].partition(")")
        return (rest, inside) if closing and rest else None
    return None


def _separated(words: str) -> tuple[str, str] | None:
    found = _SEPARATED.fullmatch(words)
    return (found[1], found[2]) if found else None


def _trailed(words: str) -> tuple[str, str] | None:
    """A header and the hint that stands right behind its last bracket: ``成交额（万元）人民币``."""
    before, closing, tail = words.rpartition(")")
    return (before + closing, tail) if closing and tail and is_hint(tail) else None


def _suffixed(words: str, measured: Container[str]) -> tuple[str, str] | None:
    """A name and the unit that stands right behind it."""
    for place in range(len(words) - 1, 0, -1):
        tail = words[place:]
        if words[:place] in measured and (is_hint(tail) or is_unit_like(_unit_words(tail))):
            return words[:place], words[place:]
    return None


def parts(marks: Sequence[str]) -> list[str]:
    """The single words of marks, without those that only say how to fill in a cell."""
    whole = [mark.replace("人/次", "人次") for mark in marks if not is_hint(mark)]
    found = [_unit_words(part) for mark in whole for part in _PARTS.split(mark)]
    return [part for part in found if part and not is_hint(part)]


def is_hint(mark: str) -> bool:
    """Whether a mark only says how cells are filled in."""
    return not mark or mark in _HINTS or _HINT.fullmatch(mark) is not None


def _unit_words(text: str) -> str:
    """A text without what only announces a unit: ``单位:万元``, ``人民币万元`` → 万元."""
    while (stripped := _SAYS_UNIT.sub("", text)) != text:
        text = stripped
    return text.replace("圆", "元")


def is_unit_like(word: str) -> bool:
    """Whether a word would be a unit, known or not: 万美元, 担."""
    return _UNIT_TAIL.fullmatch(word) is not None


def is_amount_like(header: str, measured: Collection[str] = ()) -> bool:
    """Whether a column nobody reads seems to hold amounts: it is called like one, names a unit, or is one with more."""
    words, marks = plain(header), []
    if any(words.startswith(name) and not words[len(name) :].startswith(_NO_AMOUNT) for name in measured):
        return True
    while found := _bracketed(words):
        words, mark = found
        marks.append(mark)
    name, _slash, tail = words.rpartition("/")
    is_measured = any(is_unit_like(part) for part in parts([*marks, *([tail] if name else [])]))
    return is_measured or _AMOUNT.fullmatch(words) is not None


def may_count(header: str, bases: Sequence[str], quantity: str) -> bool:
    """Whether a column that seems to hold amounts may hold those of a unit: it names one of that kind, or none."""
    units = [
        part
        for part in parts([piece for piece in re.split(r"[()/]", plain(header))[1:] if piece])
        if is_unit_like(part)
    ]
    if units:
        return any(unit_of(unit, bases, quantity) is not None for unit in units)
    return (quantity == "money") != bool(re.search("人次|人数|份数|[册份本]", header)) and (
        quantity == "money" or any(base in header for base in bases)
    )


_NO_AMOUNT = ("来源", "名称", "类别", "类型", "性质", "用途", "说明", "备注", "文号", "日期", "时间", "管理", "单位")
_UNIT_LINE = re.compile(r"单位[:：为是]?([^\s:：]{1,16})$|单位[:：为是]([^\s:：]{1,16})(?=\s)")


def units_above(lines: Sequence[str]) -> list[str]:
    """What lines above a header call the unit: ``单位：万元``, ``（单位：万元、人次）``; also words that are none."""
    found: list[str] = []
    for line in lines:
        text = unicodedata.normalize("NFKC", line).translate(_AS_ROUND)
        for piece in re.split(r"[()]", text):
            for said in _UNIT_LINE.finditer(piece.strip()):
                found += [_unit_words(each) for each in re.split(r"[,、;/]", said[1] or said[2])]
    return found
