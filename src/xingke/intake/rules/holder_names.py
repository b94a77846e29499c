"""What people write where a table names an organisation: a name with marks, a former name, several names, or none.

Pure rules, without a database: what is known in the register is asked by whoever uses them.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

DITTO = frozenset({"同上", "同前", "同左", "同右", "同上行", "上同", "〃", "″", "''", '"', "“", "”", "々"})
NOBODY = frozenset({"个人", "自然人", "公民", "本人", "个人申请", "个人所有"})

_MARKS = r"[*＊※#＃★☆●○◆◇■□▲△√☑\u2022]"
_NUMBERED = r"(?:\d{1,4}[.、．)）]|[(（]\d{1,4}[)）]|[①-⑳]|[一二三四五六七八九十]{1,3}[、.．])"
_BEFORE = re.compile(rf"^(?:{_MARKS}|{_NUMBERED}|[\"'“”‘’《<\s])+(?=.)")
_AFTER = re.compile(rf"(?:{_MARKS}|[\"'“”‘’》>。.;；,，、\s])+$")
_REMARK = re.compile(r"^(.+?)[(（](?:牵头(?:单位)?|主承担|第一(?:完成|申请)?(?:单位|人)|盖章|公章|联合体?)[)）]$")
_OLD = r"(?:原名称?|曾用名|更名前|变更前|原)"
_NOW = r"(?:现名称?|现更名为|更名为|变更为|现为|现)"
_FORMER = re.compile(rf"^(.+?)[(（](?:{_OLD})[:：为]?(.+)[)）]$")
_RENAMED = re.compile(rf"^(.+?)[(（](?:{_NOW})[:：]?(.+)[)）]$")
_PARTED = re.compile(r"[;；|｜]+")
_LISTED = re.compile(r"[,，、/／]+")
_JOINED = re.compile(r"(?<=.)(?:以及|[和与及&＆\s])(?=.)")

# The ends an organisation's name has: what is none of these is not entered unseen.
_ENDS = (
    "公司|集团|厂|合伙企业|独资企业|福利企业|集体企业|联营企业|合资企业|外资企业|合作社|合作联社|联社|信用社|供销社|大学|学院|学校|中学|小学|幼儿园|党校|研究所|研究院|研究中心|"
    "设计院|科学院|研究总院|分院|医院|卫生院|卫生所|诊所|中心|局|委员会|人民政府|政府|办公室|管委会|村委会|居委会|协会|学会|"
    "商会|联合会|研究会|促进会|基金会|站|所|部|社|农场|林场|牧场|渔场|养殖场|种植场|猪场|鸡场|示范场|场|事务所|银行|支行|"
    "分行|商行|店|超市|酒店|宾馆|园|园区|基地|实验室|工作站|工作室|孵化器|众创空间|联盟|经营户|个体工商户|工商户|种植户|养殖户|"
    "大户|行|坊|馆|台|队|院|处|室|庄|庄园|酒庄|药房|矿|电站|水厂|加工点|服务部|经营部|门市部|总站|总队|支队|分局|"
    "街道办事处|办事处|镇|乡|街道|村|社区|校|[一二三四五六七八九十]中|科协|工商联|妇联|工会|常委会|组委会|县委|市委|省委|区委|工委|"
    "团委|党委|厅|段|农庄|庄园|开发区|高新区|工业区|示范区|保护区|学区|书院|剧团|协作组织|水库"
)
_TAIL = r"(?:[(（](?P<tail>[^()（）]{1,16})[)）])?"
_FORMS = frozenset({"有限合伙", "普通合伙", "特殊普通合伙", "个人独资", "个体工商户", "集团", "筹"})
_REMARKED = re.compile(r"^(.+)[(（]([^()（）]+)[)）]$")
# what else may stand in brackets at the end: (上海), (清源市); any other word (变更, 不通过) is about the firm
_PLACE = re.compile(
    r"[\u4e00-\u9fff]{1,6}[省市州县区旗盟镇乡]|中国|北京|天津|上海|重庆|河北|山西|内蒙古|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东"
    r"|河南|湖北|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|香港|澳门|台湾|深圳|广州|苏州|杭州|兰州|西安|成都|武汉|南京"
)
_NAME = re.compile(rf"^[\u4e00-\u9fffA-Za-z0-9()（）·.&\-—]+?(?:{_ENDS}){_TAIL}$")
_LATIN = re.compile(
    r"^[A-Za-z0-9][\w .,&'()\-]*(?:Co\.?,? ?Ltd\.?|Ltd\.?|Limited|Inc\.?|LLC|GmbH|Corp\.?|University|Institute)$", re.I
)
_POINTING = re.compile(
    r"^(?:本|该|我|我们|贵|各|某|其他|其它|有关|相关|所在|原|上述|以上|同一|第[一二三四五])(?:"
    + _ENDS
    + r"|单位|有限公司)"
)
_PLACEHOLDER = re.compile(
    r"某某|某(?=公司|单位|企业|厂)|^[xX×]{1,3}(?=[\u4e00-\u9fff])|^(?:测试|示例|样例|模板)(?:公司|单位|企业|有限公司|\d)"
    r"|^(?:同上|同前|同左|无此|无单位|未知|未定|待定|暂无|不详|不明|拟认定|拟设立?|拟成立|拟建)"
)
_MANY = re.compile(r"等\d*[家个户所]|等单位|[0-9一二三四五六七八九十几多]+家(?:企业|单位|公司)")
_BARE = re.compile(rf"^(?:{_ENDS}|有限公司|有限责任公司|股份有限公司|单位)$")

_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任"
    "袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴"
    "谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪"
    "干解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴陆荣翁荀甄曲封芮储靳段富巫焦巴弓牧隗山谷车侯全班仰秋仲伊宫宁仇栾甘厉祖武"
    "符刘景詹束龙叶司黎薄印白怀蒲邰鄂索赖卓蔺屠蒙池乔胥苍双闻莘党翟谭贡劳姬申扶冉宰雍桑桂濮牛寿通边燕冀浦尚农温别庄晏柴"
    "瞿阎充慕连茹习艾鱼容向古易慎戈廖庾终居衡步都耿满弘匡国文寇广禄东欧利蔚越师巩聂晁勾敖融冷辛那简饶曾关相查红游权岳帅"
    "闫肖代付候苟肉买"
)
_COMPOUND = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "夏侯",
    "东方",
    "独孤",
    "南宫",
    "宇文",
    "长孙",
)
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)+")


@dataclass(frozen=True)
class WrittenName:
    """What a cell says of its holder. name: the first or only one, bare; others: those named beside it; former: what it
    was called before, if that is said. is_ditto: it only points at another row; is_nobody: it says there is none."""

    name: str
    others: tuple[str, ...] = ()
    former: str = ""
    is_ditto: bool = False
    is_nobody: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every name in it, in order."""
        return tuple(filter(None, (self.name, *self.others)))


def close(name: str) -> str:
    """A name as names are compared: half width, without blanks."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def written_name(text: str) -> WrittenName:
    """Take apart what is written where an organisation should stand."""
    bare = text.strip()
    if close(bare) in DITTO or bare in DITTO:
        return WrittenName("", is_ditto=True)
    if close(bare) in NOBODY:
        return WrittenName("", is_nobody=True)
    first, *others = _parts(bare)
    name, former = _bare(first)
    return WrittenName(
        " ".join(name.split()) if name.isascii() else "".join(name.split()),
        tuple(_bare(each)[0] for each in others),
        former,
    )


def _parts(text: str) -> list[str]:
    """The names of a cell: several only where more than one of the parts is a name by itself."""
    for pattern in (_PARTED, _LISTED, _JOINED):
        parts = [part.strip() for part in pattern.split(_outside(text)) if part.strip()]
        parts = [_inside(part, text) for part in parts]
        if len(parts) > 1 and all(looks_like_one(_bare(part)[0]) or looks_like_a_person(part) for part in parts):
            return parts
        if pattern is _PARTED and len(parts) > 1:  # nothing else is ever parted so
            return parts
    return [text]


_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")


def _outside(text: str) -> str:
    """The text with what stands in brackets hidden from whoever looks for a separator."""
    found = iter(range(0xE000, 0xF8FF))
    return _BRACKETED.sub(lambda _match: chr(next(found)), text)


def _inside(part: str, text: str) -> str:
    """A part of the text with its brackets put back."""
    hidden = _BRACKETED.findall(text)
    return re.sub("[\ue000-\uf8fe]", lambda each: hidden[ord(each[0]) - 0xE000], part)


def _bare(text: str) -> tuple[str, str]:
    """A name without marks and numbering, and what it was called before."""
    name = _AFTER.sub("", _BEFORE.sub("", text.strip()))
    if remark := _REMARK.match(name):
        name = remark[1].strip()
    flat = "".join(name.split())
    if (found := _RENAMED.match(flat)) and looks_like_one(found[2]):
        return found[2], found[1]
    if found := _FORMER.match(flat):
        return found[1], found[2]
    return name, ""


def without_remark(name: str) -> str:
    """A name without what stands in brackets at its end, if that is no part of it: 甲公司（上海）; "" where there is none."""
    found = _REMARKED.match(close(name))
    return "" if found is None or found[2] in _FORMS else found[1]


def looks_like_one(name: str) -> bool:
    """Whether a text can be the name of one organisation; by its end, its signs, and what it does not begin with."""
    flat = close(name)
    if _LATIN.match(name.strip()):
        return True
    found = _NAME.match(flat)
    if found is None or _BARE.match(flat) or _POINTING.match(flat) or _MANY.search(flat):
        return False
    tail = found["tail"] or ""
    return tail in ("", *_FORMS) or (bool(_PLACE.fullmatch(tail)) and tail[0] not in _SURNAMES | set("原曾现已"))


def is_placeholder(name: str) -> bool:
    """Whether a text only holds the place of a name: 某某公司, XX有限公司, 同上公司, the example of a template."""
    return _PLACEHOLDER.search(close(name)) is not None


_LEGAL_FORM = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|公司)$")
_LEGAL_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "公司")


def alike(name: str, places: Iterable[str]) -> set[str]:
    """How the same organisation may be written: with or without the places it lies in, and the kind of company.

    places: the names of the region and of what holds it. Empty where too little is left to tell one firm by.
    """
    flat, heads = close(name), sorted(places, key=len, reverse=True)
    core = _LEGAL_FORM.sub("", flat)
    while head := next((each for each in heads if core.startswith(each)), ""):
        core = core.removeprefix(head)
    if len(core) < _SHORTEST_CORE:
        return set()
    forms = _LEGAL_FORMS if core != flat and _LEGAL_FORM.search(flat) else ("",)
    return {f"{head}{core}{form}" for head in ("", *heads) for form in forms} - {flat}


_SHORTEST_CORE = 3  # characters of a name without place and kind of company


def looks_like_a_person(name: str) -> bool:
    """Whether a text looks like somebody's name: two to four characters that begin with a family name."""
    flat = close(name)
    if looks_like_one(flat) or not _PERSON.fullmatch(flat):
        return False
    return "·" in flat or flat[0] in _SURNAMES or flat.startswith(_COMPOUND)


_SETTLEMENT = re.compile(r"[\u4e00-\u9fff]{1,12}(?:村|社区|镇|乡|街道|村民小组)")


def looks_like_a_place(name: str) -> bool:
    """Whether a text names a village or town, where somebody serves, and no organisation: 永丰镇甲村."""
    return _SETTLEMENT.fullmatch(name) is not None


_PUBLIC = re.compile(
    r"(?!.*(?:公司|集团|厂|合作社|农场|事务所))[\u4e00-\u9fff]{1,}?(?:局|委员会|人民政府|政府|办公室|科协|协会|学会|联合会|妇联|工会|团委|党委|县委|市委|区委|省委"
    r"|宣传部|组织部|办事处|街道|镇|乡|村|社区|小学|中学|大学|学院|党校|医院|卫生院|科技馆|图书馆|文化馆|中心|站)"
)


def is_public(text: str) -> bool:
    """Whether a text names public bodies only, as whoever calls for an event is named: 县科技局、县科协."""
    return all(_PUBLIC.fullmatch(close(each)) for each in _LISTED.split(text))
