"""Which lines of a table are no records: totals, footers, headers said again, lines that name a group."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import takewhile

EMPTY_MARKS = frozenset({"", "-", "--", "—", "——", "－", "/", "／", "\\", "无", "N/A", "n/a", "NA"})
"""What people write into a cell that has nothing to say."""
_TOTAL = re.compile(
    r"(?:本页|本表|本栏|以上|全部|各[\u4e00-\u9fff]{1,4}|全?[\u4e00-\u9fff]{0,6}[省市县区州旗镇乡盟])?"
    r"(?:合计|总计|小计|共计|累计|总合计|总数|total|subtotal|grandtotal)"
    r"(?:[(\[][^)\]]{0,12}[)\]])?[:：]?(?P<how>[\d.,;。、；零壹贰叁肆伍陆柒捌玖拾佰仟万亿元圆角分整家项件人个份次笔名户金额共计:%()人民币]*)"
)
_COUNT_LINE = re.compile(r"(?:总)?共计?\d+[家项件人个份次笔名户][。.]?")
_NAMES = re.compile(r"名称|单位|企业|公司|权人|申请人|姓名|方$|项目|合同|标题|name")
_NO_NAMES = re.compile(r"计量单位|金额|数量|编号|代码|日期|时间|类型|类别")
_FOOTERS = (
    *("注:", "注：", "备注:", "备注：", "填表", "制表", "审核", "填报", "联系人", "联系电话", "说明:", "说明："),
    *(
        "负责人",
        "单位负责人",
        "分管领导",
        "经办人",
        "复核",
        "打印",
        "导出",
        "数据来源",
        "统计时间",
        "以下空白",
        "（盖章）",
        "(盖章)",
    ),
)
_PAGE = re.compile(r"第\d+页.*|[-—－–]+\d+[-—－–]+|\d+/\d+页?")
_NUMBERED = ("甲", "乙", "丙", "丁", "戊")
EXAMPLE = "示例行，导入时跳过"


def is_no_record(cells: Sequence[str], header: Sequence[str]) -> str:
    """Why a row of a table is no record: ``total``, ``footer``, ``header`` or ``example``; empty for one that may be."""
    filled = [text for text in cells if text]
    if _is_total(cells, header):
        return "total"
    if EXAMPLE in filled:
        return "example"
    if _is_footer(filled):
        return "footer"
    if tuple(cells) == tuple(header) or _is_numbering(cells):
        return "header"
    repeats = [text == name for text, name in zip(cells, header, strict=False) if text]
    return "header" if len(repeats) > 1 and all(repeats) else ""


def _is_footer(filled: Sequence[str]) -> bool:
    """Whether what a row says is no more than who filled the table in, when, or on which page."""
    if not filled:
        return False
    signed = sum(text.startswith(_FOOTERS) and (text[-1] in ":：" or ":" in text or "：" in text) for text in filled)
    is_page = len(filled) == 1 and _PAGE.fullmatch("".join(filled[0].split())) is not None
    return is_page or (len(filled) <= 2 and filled[0].startswith(_FOOTERS)) or 2 * signed >= len(filled) > 0


def _is_numbering(cells: Sequence[str]) -> bool:
    """Whether a row counts the columns: 1 2 3 4, or 甲 乙 1 2."""
    filled = [text.strip("()（） ") for text in cells if text]
    words = len(list(takewhile(lambda text: text in _NUMBERED, filled)))
    numbers = [str(number) for number in range(1, len(filled) - words + 1)]
    return len(filled) > 2 and filled == [*_NUMBERED[:words], *numbers]


def _is_total(cells: Sequence[str], header: Sequence[str]) -> bool:
    """Whether a row adds others up: it says so in one of its first two cells, or anywhere if it names nothing else."""
    filled = [(at, text) for at, text in enumerate(cells) if text]
    totals = {at for at, text in filled[:_TOTAL_AMONG] if _says_total(text)}
    if not totals:
        return False
    if any(at in totals and "".join(text.split()).rstrip(":：") in _TOTALS for at, text in filled[:2]):
        return True
    if filled[0][0] in totals and not any(looks_like_firm(text) for _at, text in filled):
        return True
    return not any(
        at not in totals
        and at < len(header)
        and _NAMES.search(header[at])
        and not _NO_NAMES.search(header[at])
        and not text.replace(".", "").replace(",", "").isdigit()
        for at, text in filled
    )


_TOTALS = frozenset({"合计", "总计", "小计", "累计", "共计"})
_TOTAL_AMONG = 8  # filled cells, among which a row says that it is a total


def _says_total(text: str) -> bool:
    if len(text) > 40 or not _MAY_TOTAL.search(text):
        return False
    words = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    return bool(_TOTAL.fullmatch(words) or _COUNT_LINE.fullmatch(words))


_MAY_TOTAL = re.compile(r"计|共|总|total", re.IGNORECASE)
_NUMBERING = re.compile(
    r"^(?:[(（]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）、.．:：]+|[(（]?[一二三四五六七八九十]{1,3}[)）]?\s+)\s*"
)
_COUNTED_BEHIND = re.compile(
    r"\s*(?:[(（\[]\s*(?:共|计|合计)?\s*\d+\s*[家项件人个份次笔名户]?\s*[)）\]]|共?\s*\d+\s*[家项件人个份次笔名户])\s*$"
)
_COUNT = re.compile(r"(?:共|计)?\d+(?:\.\d+)?[家项件人个份次笔名户]?")
_SERIAL = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．]?")
_FIRM = re.compile(
    r"(?:公司|厂|合作社|大学|学院|学校|中学|小学|研究[所院]|设计院|医院|科学院|农场|集团|事务所|银行|店|合伙|合伙企业|商行|经营部|协会|学会|基金会)"
    r"(?:[(（][^)）]*[)）])?$"
)
_GROUP_LENGTH = 24


def group_line(cells: Sequence[str], header: Sequence[str]) -> str:
    """What a line between the rows says of those below it (云渡县, 省级): its one text, without number and count.

    Empty for what may be a record: with more than a text and a count, in a table of fewer than three columns, or the
    name of an organisation.
    """
    filled = [text.strip() for text in cells if text]
    if not 1 <= len(filled) <= 3 or sum(map(bool, header)) < _GROUP_COLUMNS:
        return ""
    if len(filled) > 1 and _SERIAL.fullmatch(filled[0]):
        filled = filled[1:]
    text, *rest = filled
    if len(rest) > 1 or not all(_COUNT.fullmatch(unicodedata.normalize("NFKC", each)) for each in rest):
        return ""
    text = _COUNTED_BEHIND.sub("", _NUMBERING.sub("", text)).strip().rstrip(":：")
    is_name = any("\u4e00" <= letter <= "\u9fff" for letter in text)
    return "" if not is_name or len(text) > _GROUP_LENGTH or looks_like_firm(text) or text in EMPTY_MARKS else text


_GROUP_COLUMNS = 3


def looks_like_firm(text: str) -> bool:
    """Whether a text ends as the name of an organisation does."""
    return bool(_FIRM.search(text))
