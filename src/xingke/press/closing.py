"""The lines that people add at the end of an official paper after it was written: contact, attachments, copies.

GB/T 9704-2012 gives them their places: 附件说明 below the text, 附注 below the date, 抄送 and 印发 at the foot. A closed list:
what is not wholly of one of these forms is no closing line.
"""

import re
from collections.abc import Collection

from xingke.press import numerals

_HAN = r"\u4e00-\u9fff"
_NAME = rf"(?:[{_HAN}]{{2,4}}|[{_HAN}]{{1,6}}·[{_HAN}]{{1,8}})(?:同志|先生|女士|老师|科长|主任|股长|局长)?"
_BODY = (
    rf"[{_HAN}（）()]{{2,20}}(?:局|委|办|办公室|厅|院|政府|中心|公司|部|会|处|科|股|所|校|大学|学院|馆|站|领导|单位)"
)
_CONTACT = re.compile(
    rf"(?:联系人|经办人|联络人)[:：]?\s*{_NAME}"
    rf"|(?:联系单位|联系部门|联系科室|联系股室)[:：]\s*{_BODY}"
    r"|(?:联系)?(?:电话|手机|方式|传真)(?:号码)?(?:[/／]传真)?[:：]?\s*(?:[0-9][0-9\-－—() （）转]{4,24}|12345热线)"
    r"|(?:邮编|邮政编码)[:：]?\s*[0-9]{6}"
    r"|(?:电子)?(?:邮箱|邮件)(?:地址)?[:：]\s*[A-Za-z0-9._+-]{1,40}@[A-Za-z0-9.-]{1,40}"
)
_LABEL = r"(?:联系|经办|联络|电话|手机|传真|邮编|邮政|电子|邮箱|邮件)"
_BETWEEN = re.compile(rf"[，,、；;。\s]+(?={_LABEL})|[。；\s]+$")
_ATTACHMENT = re.compile(r"(?:附件|附)\s*[:：]?\s*(?:[0-9]{1,2}[.．、]\s*)?(?P<title>[^。；！？]{2,60})")
_NUMBERED = re.compile(r"[0-9]{1,2}[.．、]\s*(?P<title>[^。；！？]{2,60})")
_PAPER = re.compile(  # what an attachment is
    r"[^：:，,]*(?:表|名单|清单|目录|方案|办法|细则|通知|公告|报告|汇总|说明|计划|总结|要点|意见|图|册|台账|材料|证明|合同|协议)"
    r"(?:（[^（）]{1,12}）)?"
)
_COPIES = re.compile(r"(?:抄送|主送|抄报)[:：]\s*(?P<bodies>.{2,400})")
_ISSUED = re.compile(rf"[{_HAN}]{{4,30}}\s*(?:19|20)[0-9]{{2}}年[0-9]{{1,2}}月[0-9]{{1,2}}日印发")
_OPENNESS = frozenset(
    {"此件公开发布", "此件主动公开", "此件依申请公开", "信息公开选项：主动公开", "公开方式：主动公开"}
)
_LONGEST = 400


def is_closing(text: str, *, follows: str = "", terms: Collection[str] = ()) -> bool:
    """Whether a paragraph is a closing line. follows: the paragraph before it, for the further items of a list."""
    said = text.strip()
    if not said or len(said) > _LONGEST:
        return False
    bare = re.sub(r"^[（(](.*)[）)]$", r"\1", said)
    if all(_CONTACT.fullmatch(each.strip()) for each in _BETWEEN.split(bare) if each):
        return True
    if _ISSUED.fullmatch(said) or bare in _OPENNESS or _is_copies(said):
        return True
    found = _ATTACHMENT.fullmatch(said)
    before = follows.strip()
    if found is None and (_ATTACHMENT.fullmatch(before) or _NUMBERED.fullmatch(before)):
        found = _NUMBERED.fullmatch(said)
    return found is not None and _names_a_paper(found["title"].strip(), terms)


def _is_copies(said: str) -> bool:
    found = _COPIES.fullmatch(said)
    bodies = re.split(r"[，,、；;。\s]+", found["bodies"]) if found else []
    return bool(found) and all(re.fullmatch(_BODY, each) for each in bodies if each)


def _names_a_paper(title: str, terms: Collection[str]) -> bool:
    """Whether a title is that of a paper, without any quantity: an attachment tells no number of its own."""
    return _PAPER.fullmatch(title) is not None and not numerals.find(title, terms=terms)
