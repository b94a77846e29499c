"""What columns that are not read say against a row: that it lies elsewhere, never came true, or is several.

No column of a file is lost in silence that says something else than what is filed. Whoever hands it over names it, or
takes it out.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence

from django.utils.translation import gettext_noop

from xingke.base.sayings import NOTHING, Saying, say
from xingke.intake.rows.cells import Headers, said
from xingke.intake.rows.incoming import Problem, Row
from xingke.intake.rows.places import Places
from xingke.intake.rules.days import is_several
from xingke.intake.rules.headers import plain
from xingke.intake.sheets.columns import Understood
from xingke.ledger.kinds.record_kind import RecordKind
from xingke.registry.models import Region

ELSEWHERE = gettext_noop(
    "这一列没有读入，写的是“%(other)s”，而表中没有写明区划；请把写明所在地的一列叫做“区划”，与所在地无关的请删去这一列。"
)
NOT_SO = gettext_noop(
    "这一列没有读入，写的却是没有成、或已经失去；没有成的请删去这一行，已经失去的请用有日期的列写明，与这件事无关的请删去这一列。"
)
SEVERAL = gettext_noop("这一列没有读入，一行只登记一项；请每项各写一行，与项数无关的请删去这一列。")

# headers of columns that may well name another place than the row's: they are about somebody or something else
_OF_OTHERS = re.compile(
    r"买方|受让|吸纳|委托方|甲方|合作|协作|共建|联合|参与|参加|籍贯|户籍|出生|生源|毕业|工作|派出|来源|产地|投资方|股东|母公司"
    r"|总部|专家|讲师|授课|代理|开户|银行|机关|机构|经办|审核|审批|备注|说明|简介|内容|原|曾用"
)
_OF_PLACES = re.compile(
    r"(?=.*[省市州县区旗盟地])(?:企业|单位|项目|活动|承担单位|卖方|乙方)?(?:所[在属]|注册|登记)?(?:地所在)?地?[省市州县区旗盟、/()]{0,9}(?:名称|域)?"
)
_A_PLACE = re.compile(r"[\u4e00-\u9fff]{2,8}(?:[省市州县旗盟]|地区|(?<![园发新中范社城郊镇辖])区)")  # no 园区, 开发区

_HAPPENING = (
    r"通过|认定|立项|入库|批准|获批|核准|推荐|合格|受理|支持|同意|兑现|拨付|发放|到位|支付|到账|登记|备案|授权|举办|开展|召开|"
    r"签订|签约|获奖|入选|选派|聘任|到岗|在岗|上岗"
)
_DENIED = re.compile(
    rf"(?:不予|未予|拟不|暂不|暂未|尚未|均未|未能|未获得?|没有|未|不)(?:被|得到?|能|以)?(?:{_HAPPENING})(?:认定|立项|资格)?$"
)
_LOST = re.compile(
    r"(?<![未不无没])(?:取消|撤销|撤回|失效|终止|放弃|作废|注销|吊销|退回|驳回|落选|淘汰|停办|暂缓|无效|届满)"
    r"(?:资格|认定|立项|登记|备案|项目|合同|专利|专利权|权利|证书|称号)?$"
)
_LOST_HERE = re.compile(
    r"(?:资格|认定|立项|登记|备案|项目|合同|专利|专利权|证书|称号)(?:被|已|已被|予以)?(?:取消|撤销|终止)$"
)
_OF_BEFORE = re.compile(r"原|旧|上[一次年届]|此前|曾")
_CLAUSES = re.compile(r"[,;。、.!\s()\[\]/]+")
_WHETHER = re.compile(rf"(?:是否)?.{{0,4}}?(?:{_HAPPENING}|有效)(?:结果|情况|与否|状态|意见)?")
_OTHER_TIMES = re.compile(r"首次|重新|再次|连续|规上|初次|复审")
_NO = frozenset({"否", "不", "不是", "×", "✗", "x", "n", "no", "false", "未"})
_LONGEST = 40  # characters of what somebody notes of a row; longer texts describe something

_COUNTS = re.compile(r"(?:举办|培训|活动|开展)?(?:场次|期数|班次|场数|件数|项数|家数)(?:\([场期班次件项家]\))?")
_PEOPLE = re.compile(r"(?:选派|聘任|引进|到岗)?(?:人数|名额|人员数量)(?:\([人名]\))?")


_LEFT = re.compile(r"(?<![未不无没])(?:迁出|转出|转让)$")
_POSTPONED = re.compile(r"(?<![未不无没])(?:延期|推迟|改期|顺延)(?:到|至|举办|举行|召开|$)")
_RENEWED = re.compile(r"(?:到期)?重新认定|复审(?:通过)?|再次认定|重认|续认定?")

UNFINISHED = say(
    "标题写的是“%(text)s”，是还没有成、或不再成立的事，不能登记为“%(event)s”；确已成的请改正标题，已经失去的请用有日期的列写明。"
)
RENEWS = say("“%(header)s”写的是“%(text)s”，按重新认定登记")
_NOT_YET = re.compile(
    r"拟(?:认定|入库|立项|推荐|授予|授奖|奖励|支持|资助|补助|兑现|拨付|获批|登记|备案|表彰|入选|选派|聘任|引进)|进行公示|公示(?:名单|稿|表|公告)"
    r"|的公示$|征求意见|建议名单|候选|不予|未通过|未予|未获|计划表|(?:培训|活动|工作)计划$|预算(?:安排|表|方案|$)"
)
_RAISED = re.compile("培育|储备|后备")  # firms that may be recognised one day, with a 入库时间 of their own
_UNDONE = re.compile("取消|撤销|终止|撤回")


def unfinished(texts: Iterable[str], kind: RecordKind, events: Collection[str]) -> str:
    """The text around a table that says its rows did not come true, or are over: 拟认定…公示, 取消…资格; else "".

    events: those the table has days of. Of what ends them the day would stand in the table.
    """
    patterns = [_NOT_YET]
    if (kind.closing | kind.departures).isdisjoint(events):
        patterns.append(_UNDONE)
    if kind.certifying:
        patterns.append(_RAISED)
    return next((text for text in texts if any(pattern.search(text) for pattern in patterns)), "")


class Unread:
    """The columns of a file that are not read, and what their cells say of a row."""

    def __init__(self, headers: Headers, understood: Understood, kind: RecordKind) -> None:
        columns = [(place, name, plain(name)) for place, name in understood.unused]
        self._where = [each for each in columns if not _OF_OTHERS.search(each[2])]
        self._whether = columns
        counted = (_COUNTS, _PEOPLE) if kind.names_persons else (_COUNTS,)
        is_counted = any(measure.kind == "money" and not measure.is_further for measure in kind.measured)
        self._counts = [each for each in columns if not is_counted and any(one.fullmatch(each[2]) for one in counted)]
        main = headers.form.main
        self.coming_true = kind.opening | ({main.event} if main else set())
        self._further = ([_LEFT] if kind.departures else []) + ([] if kind.opening else [_POSTPONED])
        self._ending = kind.closing | kind.departures

    def speaks_against(self, row: Row, events: Sequence[str]) -> Iterator[Problem]:
        """What its cells say against what is filed for a row: that it never came true, is over, or is several."""
        for place, header, _name in self._counts:
            if (text := said(row.cells[place])) and is_several(text):
                yield Problem(header, text, SEVERAL)
        if self.coming_true.isdisjoint(events) or not self._ending.isdisjoint(events):
            return
        for place, header, name in self._whether:
            if (text := said(row.cells[place])) and _is_denied(text, name, self._further):
                yield Problem(header, text, NOT_SO)

    def renewal(self, row: Row) -> Saying:
        """That a column calls the certificate of a row a renewal; empty where none does."""
        for place, header, _name in self._whether:
            if (text := said(row.cells[place])) and _RENEWED.fullmatch(text):
                return RENEWS.filled(header=header, text=text)
        return NOTHING

    def elsewhere(self, row: Row, place: Region, places: Places) -> Iterator[Problem]:
        """What its cells say of another place than the one that is taken where nothing says it."""
        for at, header, name in self._where:
            text = said(row.cells[at])
            is_about_places = _OF_PLACES.fullmatch(name) is not None
            other = places.begins_with(text, place, is_short=is_about_places) if text else ""
            if not other and is_about_places and _A_PLACE.fullmatch(text) and not places.is_around(text, place):
                other = text
            if other:
                yield Problem(header, text, ELSEWHERE, {"other": other})


def _is_denied(text: str, header: str, further: Sequence[re.Pattern[str]]) -> bool:
    """Whether a cell says that something did not happen or is over. further: what else says so of its kind."""
    words = unicodedata.normalize("NFKC", text).lower()
    if words in _NO:
        return _WHETHER.fullmatch(header) is not None and not _OTHER_TIMES.search(header)
    if len(words) > _LONGEST:
        return False
    clauses = [each for each in _CLAUSES.split(words) if each and not _OF_BEFORE.search(each)]
    patterns = (_DENIED, _LOST, _LOST_HERE, *further)
    return any(pattern.search(each) for each in clauses for pattern in patterns)
