"""What verifying finds, in words: findings, the lines of the table of figures, and the verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class FindingKind(StrEnum):
    """What a finding is about."""

    TEXT_EDITED = "text edited"
    STORE_EDITED = "store edited"
    FIGURE_EDITED = "figure edited"
    FIGURE_MISSING = "figure missing"
    FIGURE_UNWRAPPED = "figure unwrapped"
    FIGURE_REPEATED = "figure repeated"
    FIGURE_ADDED = "figure added"
    SENTENCE_CHANGED = "sentence changed"
    NAME_CHANGED = "name changed"
    UNBOUND_NUMERAL = "unbound numeral"
    TITLE_CHANGED = "title changed"
    NOT_SIGNED = "not signed"
    SIGNATURE_BROKEN = "signature broken"
    UNKNOWN_KEY = "unknown key"
    PROOF_MISSING = "proof missing"
    PROOF_UNREADABLE = "proof unreadable"
    OTHER_DOCUMENT = "other document"
    FROZEN_DIFFERS = "frozen differs"
    NUMERAL_DIFFERS = "numeral differs"
    FIGURE_DRIFTED = "figure drifted"
    RECORD_CHANGED = "record changed"
    RETRACTED = "retracted"
    SUPERSEDED = "superseded"
    FOREIGN = "foreign"
    EVIDENCE_CORRECTED = "evidence corrected"
    WORDING_DIFFERS = "wording differs"
    PROSE_CHANGED = "prose changed"
    PROSE_MISSING = "prose missing"
    ORDER_CHANGED = "order changed"
    CLOSING_LINE = "closing line"
    RESAVED = "resaved"
    EARLIER_FORM = "earlier form"
    PARTS_DROPPED = "parts dropped"
    LIST_DROPPED = "list dropped"


NOTICES = frozenset(
    {
        FindingKind.SUPERSEDED,
        FindingKind.CLOSING_LINE,
        FindingKind.RESAVED,
        FindingKind.EARLIER_FORM,
        FindingKind.EVIDENCE_CORRECTED,
        FindingKind.WORDING_DIFFERS,
        FindingKind.PARTS_DROPPED,
        FindingKind.LIST_DROPPED,
    }
)

LEDGER = frozenset(
    {FindingKind.FIGURE_DRIFTED, FindingKind.RECORD_CHANGED}
)  # what speaks of the ledger, not of the file

_SENTENCES: Mapping[FindingKind, tuple[str, str]] = {
    FindingKind.TEXT_EDITED: (
        "正文里的“{label}”改成了“{found}”，证明里是“{expected}”。",
        "The text of “{label}” now reads “{found}”; the proof says “{expected}”.",
    ),
    FindingKind.STORE_EDITED: (
        "“{label}”在数字清单里改成了“{found}”，证明里是“{expected}”；重新打开时正文会跟着变。",
        "“{label}” is “{found}” in the list of figures; the proof says “{expected}”. Reopening changes the text.",
    ),
    FindingKind.FIGURE_EDITED: (
        "“{label}”在正文和数字清单里都改成了“{found}”，证明里是“{expected}”。",
        "“{label}” was changed to “{found}” in the text and in the list of figures; the proof says “{expected}”.",
    ),
    FindingKind.FIGURE_MISSING: (
        "“{label}”（{expected}）在文中找不到了，控件被删除。",
        "“{label}” ({expected}) is no longer in the document; its control was deleted.",
    ),
    FindingKind.FIGURE_UNWRAPPED: (
        "“{label}”（{expected}）的文字还在，但控件被去掉，数字不再受保护。",
        "The text of “{label}” ({expected}) is still there, but its control was removed.",
    ),
    FindingKind.FIGURE_REPEATED: (
        "“{label}”（{expected}）在文中出现了{count}次，只应出现一次。",
        "“{label}” ({expected}) appears {count} times; it may appear only once.",
    ),
    FindingKind.FIGURE_ADDED: (
        "文中有一个控件“{found}”不在证明里，它绑定的内容重新打开后可能变化。",
        "A bound control, “{found}”, is not in the proof; what it shows may change on reopening.",
    ),
    FindingKind.SENTENCE_CHANGED: (
        "“{label}”（{figure_text}）所在的句子变了：原为“{expected}”，现为“{found}”。",
        "The sentence of “{label}” ({figure_text}) changed: it was “{expected}”, now “{found}”.",
    ),
    FindingKind.NAME_CHANGED: (
        "写有“{label}”的句子变了或不见了，原为“{expected}”。",
        "The sentence that names “{label}” changed or is gone: it was “{expected}”.",
    ),
    FindingKind.UNBOUND_NUMERAL: (
        "“{found}”没有任何数据依据。",
        "“{found}” is bound to nothing.",
    ),
    FindingKind.TITLE_CHANGED: (
        "标题变了：证明里是“{expected}”，文中没有这个标题。",
        "The title changed: the proof says “{expected}”, which the document does not carry.",
    ),
    FindingKind.NOT_SIGNED: ("证明没有签名。", "The proof is not signed."),
    FindingKind.SIGNATURE_BROKEN: (
        "签名与证明内容不符，证明被改动过。",
        "The signature does not fit the proof: the proof was changed.",
    ),
    FindingKind.UNKNOWN_KEY: (
        "签名所用的公钥（{found}…）不在信任名单中，无法确认由谁签发。",
        "The proof is signed with a key ({found}…) that is not trusted here.",
    ),
    FindingKind.PROOF_MISSING: (
        "文件里没有证明，也没有找到固化的版本，{count}个数字无从核验。",
        "The file carries no proof and no frozen version was found: {count} numerals cannot be checked.",
    ),
    FindingKind.PROOF_UNREADABLE: ("证明部分无法读出：{found}。", "The proof cannot be read: {found}."),
    FindingKind.OTHER_DOCUMENT: (
        "证明属于另一份文件：应为“{expected}”，实为“{found}”。",
        "The proof belongs to another document: expected “{expected}”, found “{found}”.",
    ),
    FindingKind.FROZEN_DIFFERS: (
        "“{label}”在证明里是“{found}”，固化的版本是“{expected}”。",
        "“{label}” is “{found}” in the proof but “{expected}” in the frozen version.",
    ),
    FindingKind.NUMERAL_DIFFERS: (
        "与固化的版本相比，“{expected}”变成了“{found}”。",
        "Compared with the frozen version, “{expected}” became “{found}”.",
    ),
    FindingKind.FIGURE_DRIFTED: (
        "“{label}”发布时为“{expected}”，现在的台账算出“{found}”。",
        "“{label}” was published as “{expected}”; the ledger now gives “{found}”.",
    ),
    FindingKind.RECORD_CHANGED: (
        "文中写到的“{label}”，所依据的台账记录后来有更正或已作废，现为“{found}”。",
        "The record behind “{label}” in the text was corrected or voided since; it now reads “{found}”.",
    ),
    FindingKind.RETRACTED: (
        "这份文稿已于{found}撤回，不再有效。",
        "This document was retracted on {found} and is no longer valid.",
    ),
    FindingKind.SUPERSEDED: (
        "这是第{expected}版，另有新版：第{found}版。",
        "This is edition {expected}; there is a newer one, edition {found}.",
    ),
    FindingKind.FOREIGN: (
        "文件里有{what}，本系统不会这样写，已知的编辑软件重新保存时也不会；看到的可能与核验的不同。请从原文件重新另存后再核验。",
        "The file holds {what}, which neither this system nor a known editor would write; what is seen may differ.",
    ),
    FindingKind.EVIDENCE_CORRECTED: (
        "“{label}”（{expected}）依据有更正，数未变。",
        "The evidence of “{label}” ({expected}) was corrected since; the number is the same.",
    ),
    FindingKind.WORDING_DIFFERS: (
        "“{label}”依据未变，说法按新版规则不同：文中是“{expected}”，现在{found}。",
        "The evidence of “{label}” is unchanged; newer rules word it otherwise: “{expected}” here, now {found}.",
    ),
    FindingKind.PROSE_CHANGED: (
        "文字与签名时的不同：原为“{expected}”，现为“{found}”。",
        "Words differ from those that were signed: it was “{expected}”, now “{found}”.",
    ),
    FindingKind.PROSE_MISSING: (
        "签名时的{count}句话不见了或改成了别的话。",
        "{count} sentences that were signed are gone or say something else.",
    ),
    FindingKind.ORDER_CHANGED: (
        "文字没有变，次序变了：“{found}”不在原来的位置。",
        "The words are the same in another order: “{found}” stands elsewhere.",
    ),
    FindingKind.CLOSING_LINE: (
        "文末添了一行“{found}”，是联系方式、附件或抄送一类，不在签名之内。",
        "A closing line was added, “{found}”: contact, attachment or copies. It is not signed.",
    ),
    FindingKind.RESAVED: (
        "文件由编辑软件重新保存过：文字和次序未变，只有已知编辑软件的痕迹。",
        "An editor saved the file again: words and order are unchanged, only marks of known editors were added.",
    ),
    FindingKind.EARLIER_FORM: (
        "这份证明是较早的格式，只签了数字和它们所在的句子；其余文字{prose}。",
        "The proof is of the earlier form and signs the figures and their sentences only; the other words {prose}.",
    ),
    FindingKind.PARTS_DROPPED: (
        "编辑软件丢掉了证明部分，已改为与固化的版本逐个核对，{count}个数字全部一致。",
        "An editor dropped the proof; compared with the frozen version instead, all {count} numerals agree.",
    ),
    FindingKind.LIST_DROPPED: (
        "编辑软件丢掉了数字清单，已按签名的证明逐个核对，{count}个数字全部一致。",
        "An editor dropped the list of figures; compared with the signed proof, all {count} figures agree.",
    ),
}

_PROSE = {
    "compared": ("已与固化的版本逐句比过，一致", "were compared with the frozen version and agree"),
    "unknown": ("没有签名，未能核验", "are not signed and could not be checked"),
}

_MARKS: Mapping[str, tuple[str, str]] = {  # what people know by another name than its element's
    **dict.fromkeys(
        ("drawing", "pict", "object", "background", "AlternateContent"), ("图形或对象", "a drawing or object")
    ),
    **dict.fromkeys(
        ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange"),
        ("修订标记（请先接受或拒绝全部修订）", "tracked changes (accept or reject them first)"),
    ),
    **dict.fromkeys(("footnoteReference", "endnoteReference"), ("脚注或尾注", "a footnote or endnote")),
    **dict.fromkeys(
        ("commentReference", "commentRangeStart", "commentRangeEnd"),
        ("批注（请先删除）", "comments (delete them first)"),
    ),
    **dict.fromkeys(("fldSimple", "fldChar"), ("自动计算的域", "a computed field")),
    "framePr": ("图文框", "a text frame"),
    "shd": ("底纹", "shading"),
    "highlight": ("突出显示", "highlighting"),
    "color": ("文字颜色", "a colour of text"),
    "vanish": ("隐藏文字", "hidden text"),
    "strike": ("删除线", "strikethrough"),
    "vertAlign": ("上标或下标", "superscript or subscript"),
    "rFonts": ("字体", "a font"),
    "altName": ("字体", "a font"),
    **dict.fromkeys(("sz", "szCs"), ("字号", "a size of text")),
    "spacing": ("字距或行距", "spacing"),
    "ind": ("缩进", "an indent"),
    **dict.fromkeys(("lvlText", "numFmt"), ("自动编号", "an automatic number")),
    "lnNumType": ("行号", "line numbers"),
    "hyperlink": ("超链接", "a link"),
    **dict.fromkeys(("tab", "sym", "ptab"), ("特殊字符", "a special character")),
    "relationship": ("不认识的关系", "an unknown relationship"),
    "part": ("不认识的部件", "an unknown part"),
    "edge": ("页眉页脚里的文字", "words at the edge of the pages"),
    **dict.fromkeys(("header", "footer"), ("与原文件不同的页眉页脚", "other headers or footers")),
    **dict.fromkeys(("pStyle", "rStyle", "tblStyle", "style", "basedOn"), ("与原文件不同的样式", "another style")),
    "t": ("此处不应有的文字", "words where there are none"),
    "br": ("换行", "a line break"),
    "sdt": ("控件", "a control"),
}
_OTHER_MARK = ("不认识的内容", "unknown content")


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where in the text: paragraph (1-based), table and row when in a table, and the words around."""

    paragraph: int
    excerpt: str
    table: int | None = None
    row: int | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as proved. slot and figure name the figure it is about; params fill the sentence."""

    kind: FindingKind
    slot: int | None = None
    figure: str | None = None
    spot: Spot | None = None
    expected: str | None = None
    found: str | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def is_notice(self) -> bool:
        """Worth telling, no reason to reject."""
        return self.kind in NOTICES

    def sentence(self, language: str = "zh") -> str:
        """The finding in words, Chinese or English ("en…")."""
        is_english = language.startswith("en")
        values = {"expected": self.expected or "", "found": self.found or "", **self.params}
        if "what" in values:
            values["what"] = _mark(str(values["what"]), self.found or "", is_english=is_english)
        values["prose"] = _PROSE[str(values.get("prose", "unknown"))][is_english]
        return self._words()[is_english].format_map(values)

    def _words(self) -> tuple[str, str]:
        """The sentence of the kind in both languages; of other words, by what is known of them."""
        if self.kind is not FindingKind.PROSE_CHANGED:
            return _SENTENCES[self.kind]
        if self.expected == "—":
            return "签名时没有这些文字：“{found}”。", "Words that were not signed: “{found}”."
        if set(self.expected or "") == {"…"}:  # only their digest is signed, and the document is not for this reader
            return (
                "文字与签名时的不同，现为“{found}”。",
                "Words differ from those that were signed; they are now “{found}”.",
            )
        if self.found == "—":
            return "签名时的文字不见了：“{expected}”。", "Words that were signed are gone: “{expected}”."
        return _SENTENCES[self.kind]

    def where(self, language: str = "zh") -> str:
        """The place in words, or an empty text."""
        if self.spot is None:
            return ""
        english = language.startswith("en")
        if self.spot.table is not None:
            table, row = self.spot.table, self.spot.row
            place = f"table {table}, row {row}" if english else f"表{table}第{row}行"
        else:
            number = self.spot.paragraph
            place = f"text, paragraph {number}" if english else f"正文第{number}段"
        return f"{place}: “{self.spot.excerpt}”" if english else f"{place}：“{self.spot.excerpt}”"


def _mark(what: str, near: str, *, is_english: bool) -> str:
    """What is foreign, in words, with its name for those who know the format, and the words beside it."""
    name = what.partition("@")[0].partition("=")[0].removesuffix("×2").rpartition(":")[2]
    known = _MARKS.get(name, _OTHER_MARK)[is_english]
    if is_english:
        return f"{known} ({what})" + (f" near “{near}”" if near else "")
    return f"{known}（{what}）" + (f"，在“{near}”处" if near else "")


@dataclass(frozen=True, kw_only=True)
class FigureRow:
    """One line of the table of figures: what was proved, what the file shows (None: not there), whether all agrees."""

    slot: int
    figure: str
    label: str
    expected: str
    found: str | None
    holds: bool


class FigureState(StrEnum):
    """What became of a file since it was written."""

    WRITTEN = "written"  # every part as signed
    RESAVED = "resaved"  # words and order as signed or frozen; only marks of known editors are new
    EARLIER = "earlier"  # figures and their sentences as signed, by a proof of the earlier form
    OTHER = "other"  # anything else


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """All findings, and every figure with what became of it."""

    findings: tuple[Finding, ...]
    rows: tuple[FigureRow, ...]

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings that are more than notices."""
        return tuple(finding for finding in self.findings if not finding.is_notice)

    @property
    def notices(self) -> tuple[Finding, ...]:
        """The findings that are only worth telling."""
        return tuple(finding for finding in self.findings if finding.is_notice)

    @property
    def holds(self) -> bool:
        """Whether every figure is as proved, every word as signed, and nothing foreign in the file."""
        return not self.failures

    @property
    def state(self) -> FigureState:
        """What became of the file, whatever the ledger says now."""
        if any(finding.kind not in LEDGER for finding in self.failures):
            return FigureState.OTHER
        kinds = {finding.kind for finding in self.findings}
        if kinds & {FindingKind.RESAVED, FindingKind.PARTS_DROPPED, FindingKind.LIST_DROPPED, FindingKind.CLOSING_LINE}:
            return FigureState.RESAVED
        return FigureState.EARLIER if FindingKind.EARLIER_FORM in kinds else FigureState.WRITTEN

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Verdict":
        """The verdict that ``dataclasses.asdict`` and JSON made a mapping of."""
        findings = [
            Finding(
                **{**each, "kind": FindingKind(each["kind"]), "spot": Spot(**each["spot"]) if each["spot"] else None}
            )
            for each in stored["findings"]
        ]
        return cls(findings=tuple(findings), rows=tuple(FigureRow(**each) for each in stored["rows"]))

    def joined(self, findings: Iterable[Finding]) -> "Verdict":
        """The verdict with more findings, such as drift; figures they name no longer hold."""
        added = tuple(findings)
        failed = {finding.slot for finding in added if not finding.is_notice}
        rows = tuple(replace(row, holds=row.holds and row.slot not in failed) for row in self.rows)
        return Verdict(findings=self.findings + added, rows=rows)
