"""What verifying finds, in words: findings, the lines of the table of figures, and the verdict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from xingke.base.press.docx_reader import Story


class Kind(StrEnum):
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
    DISGUISED = "disguised"
    COMPUTED_FIELD = "computed field"
    TRACKED_CHANGE = "tracked change"
    TITLE_CHANGED = "title changed"
    NOT_SIGNED = "not signed"
    SIGNATURE_BROKEN = "signature broken"
    UNKNOWN_KEY = "unknown key"
    PROOF_MISSING = "proof missing"
    PROOF_UNREADABLE = "proof unreadable"
    OTHER_DOCUMENT = "other document"
    FROZEN_DIFFERS = "frozen differs"
    NUMERAL_DIFFERS = "numeral differs"
    EMBEDDED_DOCUMENT = "embedded document"
    FIGURE_DRIFTED = "figure drifted"
    RECORD_CHANGED = "record changed"
    RETRACTED = "retracted"
    SUPERSEDED = "superseded"
    EVIDENCE_CORRECTED = "evidence corrected"
    WORDING_DIFFERS = "wording differs"
    PROSE_CHANGED = "prose changed"
    PARTS_DROPPED = "parts dropped"
    LIST_DROPPED = "list dropped"
    TRACKED_CHANGES_EXIST = "tracked changes exist"
    PICTURES_UNREAD = "pictures unread"


NOTICES = frozenset(
    {
        Kind.SUPERSEDED,
        Kind.EVIDENCE_CORRECTED,
        Kind.WORDING_DIFFERS,
        Kind.PROSE_CHANGED,
        Kind.PARTS_DROPPED,
        Kind.LIST_DROPPED,
        Kind.TRACKED_CHANGES_EXIST,
        Kind.PICTURES_UNREAD,
    }
)

_SENTENCES: Mapping[Kind, tuple[str, str]] = {
    Kind.TEXT_EDITED: (
        "正文里的“{label}”改成了“{found}”，证明里是“{expected}”。",
        "The text of “{label}” now reads “{found}”; the proof says “{expected}”.",
    ),
    Kind.STORE_EDITED: (
        "“{label}”在数字清单里改成了“{found}”，证明里是“{expected}”；重新打开时正文会跟着变。",
        "“{label}” is “{found}” in the list of figures; the proof says “{expected}”. Reopening changes the text.",
    ),
    Kind.FIGURE_EDITED: (
        "“{label}”在正文和数字清单里都改成了“{found}”，证明里是“{expected}”。",
        "“{label}” was changed to “{found}” in the text and in the list of figures; the proof says “{expected}”.",
    ),
    Kind.FIGURE_MISSING: (
        "“{label}”（{expected}）在文中找不到了，控件被删除。",
        "“{label}” ({expected}) is no longer in the document; its control was deleted.",
    ),
    Kind.FIGURE_UNWRAPPED: (
        "“{label}”（{expected}）的文字还在，但控件被去掉，数字不再受保护。",
        "The text of “{label}” ({expected}) is still there, but its control was removed.",
    ),
    Kind.FIGURE_REPEATED: (
        "“{label}”（{expected}）在文中出现了{count}次，只应出现一次。",
        "“{label}” ({expected}) appears {count} times; it may appear only once.",
    ),
    Kind.FIGURE_ADDED: (
        "文中有一个控件“{found}”不在证明里，它绑定的内容重新打开后可能变化。",
        "A bound control, “{found}”, is not in the proof; what it shows may change on reopening.",
    ),
    Kind.SENTENCE_CHANGED: (
        "“{label}”（{figure_text}）所在的句子变了：原为“{expected}”，现为“{found}”。",
        "The sentence of “{label}” ({figure_text}) changed: it was “{expected}”, now “{found}”.",
    ),
    Kind.NAME_CHANGED: (
        "写有“{label}”的句子变了或不见了，原为“{expected}”。",
        "The sentence that names “{label}” changed or is gone: it was “{expected}”.",
    ),
    Kind.UNBOUND_NUMERAL: (
        "“{found}”没有任何数据依据。",
        "“{found}” is bound to nothing.",
    ),
    Kind.DISGUISED: (
        "“{found}”所在的句子有数字，又有会改变显示的设置（{what}），看到的可能与核验的不同。请清除这里的格式后再核验。",
        "“{found}”, in a sentence with numerals, may look otherwise than it was read ({what}). Clear its formatting.",
    ),
    Kind.COMPUTED_FIELD: (
        "文中有一个自动计算的域“{found}”，打开或打印时会显示别的内容，无法核验。请删去这个域，改为文字。",
        "A computed field, “{found}”, shows something else on opening or printing. Replace it by plain text.",
    ),
    Kind.TRACKED_CHANGE: (
        "修订标记改动了数字：{change}“{found}”（修订人：{author}）。请接受或拒绝修订后再核验。",
        "A tracked change touches a figure: {change} “{found}” (by {author}). Accept or reject it and verify again.",
    ),
    Kind.TITLE_CHANGED: (
        "标题变了：证明里是“{expected}”，文中没有这个标题。",
        "The title changed: the proof says “{expected}”, which the document does not carry.",
    ),
    Kind.NOT_SIGNED: ("证明没有签名。", "The proof is not signed."),
    Kind.SIGNATURE_BROKEN: (
        "签名与证明内容不符，证明被改动过。",
        "The signature does not fit the proof: the proof was changed.",
    ),
    Kind.UNKNOWN_KEY: (
        "签名所用的公钥（{found}…）不在信任名单中，无法确认由谁签发。",
        "The proof is signed with a key ({found}…) that is not trusted here.",
    ),
    Kind.PROOF_MISSING: (
        "文件里没有证明，也没有找到固化的版本，{count}个数字无从核验。",
        "The file carries no proof and no frozen version was found: {count} numerals cannot be checked.",
    ),
    Kind.PROOF_UNREADABLE: ("证明部分无法读出：{found}。", "The proof cannot be read: {found}."),
    Kind.OTHER_DOCUMENT: (
        "证明属于另一份文件：应为“{expected}”，实为“{found}”。",
        "The proof belongs to another document: expected “{expected}”, found “{found}”.",
    ),
    Kind.FROZEN_DIFFERS: (
        "“{label}”在证明里是“{found}”，固化的版本是“{expected}”。",
        "“{label}” is “{found}” in the proof but “{expected}” in the frozen version.",
    ),
    Kind.NUMERAL_DIFFERS: (
        "与固化的版本相比，“{expected}”变成了“{found}”。",
        "Compared with the frozen version, “{expected}” became “{found}”.",
    ),
    Kind.EMBEDDED_DOCUMENT: (
        "文件里嵌入了另一份文档，其中的数字无法核验。",
        "Another document is embedded in the file; its numerals cannot be checked.",
    ),
    Kind.FIGURE_DRIFTED: (
        "“{label}”发布时为“{expected}”，现在的台账算出“{found}”。",
        "“{label}” was published as “{expected}”; the ledger now gives “{found}”.",
    ),
    Kind.RECORD_CHANGED: (
        "文中写到的“{label}”，所依据的台账记录后来有更正或已作废，现为“{found}”。",
        "The record behind “{label}” in the text was corrected or voided since; it now reads “{found}”.",
    ),
    Kind.RETRACTED: (
        "这份文稿已于{found}撤回，不再有效。",
        "This document was retracted on {found} and is no longer valid.",
    ),
    Kind.SUPERSEDED: (
        "这是第{expected}版，另有新版：第{found}版。",
        "This is edition {expected}; there is a newer one, edition {found}.",
    ),
    Kind.EVIDENCE_CORRECTED: (
        "“{label}”（{expected}）依据有更正，数未变。",
        "The evidence of “{label}” ({expected}) was corrected since; the number is the same.",
    ),
    Kind.WORDING_DIFFERS: (
        "“{label}”依据未变，说法按新版规则不同：文中是“{expected}”，现在{found}。",
        "The evidence of “{label}” is unchanged; newer rules word it otherwise: “{expected}” here, now {found}.",
    ),
    Kind.PROSE_CHANGED: (
        "没有数字的文字与固化的版本不同：原为“{expected}”，现为“{found}”。",
        "Words without numerals differ from the frozen version: it was “{expected}”, now “{found}”.",
    ),
    Kind.PARTS_DROPPED: (
        "编辑软件丢掉了证明部分，已改为与固化的版本逐个核对，{count}个数字全部一致。",
        "An editor dropped the proof; compared with the frozen version instead, all {count} numerals agree.",
    ),
    Kind.LIST_DROPPED: (
        "编辑软件丢掉了数字清单，已按签名的证明逐个核对，{count}个数字全部一致。",
        "An editor dropped the list of figures; compared with the signed proof, all {count} figures agree.",
    ),
    Kind.TRACKED_CHANGES_EXIST: (
        "文中有{count}处修订标记，均未涉及数字。",
        "The document holds {count} tracked changes; none touches a figure.",
    ),
    Kind.PICTURES_UNREAD: (
        "文中有{count}个图片或对象，其中的文字没有核验。",
        "The document holds {count} pictures or objects; words in them were not checked.",
    ),
}

_LOOKS: Mapping[str, tuple[str, str]] = {
    "color": ("文字颜色", "colour"),
    "sz": ("字号", "size"),
    "szCs": ("字号", "size"),
    "rFonts": ("图形字体", "a font of pictures"),
    "rStyle": ("字符样式", "character style"),
    "vanish": ("隐藏文字", "hidden text"),
    "strike": ("删除线", "strikethrough"),
    "highlight": ("突出显示", "highlighting"),
    "shd": ("底纹", "shading"),
    "vertAlign": ("上标或下标", "superscript or subscript"),
    "bdo": ("文字方向", "direction"),
    "AlternateContent": ("可替换内容", "alternate content"),
}
_OTHER_LOOK = ("特殊格式", "unusual formatting")
_CHANGES = (("删除", "deletion"), ("插入", "insertion"))

_STORIES: Mapping[Story, tuple[str, str]] = {
    Story.BODY: ("正文", "text"),
    Story.HEADER: ("页眉", "header"),
    Story.FOOTER: ("页脚", "footer"),
    Story.FOOTNOTE: ("脚注", "footnotes"),
    Story.ENDNOTE: ("尾注", "endnotes"),
    Story.TEXT_BOX: ("文本框", "text box"),
    Story.CHART: ("图表", "chart"),
    Story.DIAGRAM: ("示意图", "diagram"),
    Story.NUMBERING: ("编号样式", "numbering"),
}


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where in the file: story, paragraph (1-based), table and row when in a table, and the words around."""

    story: Story
    paragraph: int
    excerpt: str
    table: int | None = None
    row: int | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not as proved. slot and figure name the figure it is about; params fill the sentence."""

    kind: Kind
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
        values["change"] = _CHANGES[values.get("change") == "insertion"][is_english]
        looks = (_LOOKS.get(name, _OTHER_LOOK)[is_english] for name in str(values.get("what", "")).split())
        values["what"] = (", " if is_english else "、").join(dict.fromkeys(looks))
        return _SENTENCES[self.kind][is_english].format_map(values)

    def where(self, language: str = "zh") -> str:
        """The place in words, or an empty text."""
        if self.spot is None:
            return ""
        english = language.startswith("en")
        name = _STORIES[self.spot.story][english]
        if self.spot.table is not None:
            table, row = self.spot.table, self.spot.row
            place = f"table {table}, row {row}" if english else f"表{table}第{row}行"
        else:
            number = self.spot.paragraph
            place = f"{name}, paragraph {number}" if english else f"{name}第{number}段"
        return f"{place}: “{self.spot.excerpt}”" if english else f"{place}：“{self.spot.excerpt}”"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table of figures: what was proved, what the file shows (None: not there), whether all agrees."""

    slot: int
    figure: str
    label: str
    expected: str
    found: str | None
    holds: bool


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """All findings, and every figure with what became of it."""

    findings: tuple[Finding, ...]
    rows: tuple[Row, ...]

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
        """Whether every figure is as proved and no numeral stands unproved."""
        return not self.failures

    def joined(self, findings: Iterable[Finding]) -> "Verdict":
        """The verdict with more findings, such as drift; figures they name no longer hold."""
        added = tuple(findings)
        failed = {finding.slot for finding in added if not finding.is_notice}
        rows = tuple(replace(row, holds=row.holds and row.slot not in failed) for row in self.rows)
        return Verdict(findings=self.findings + added, rows=rows)
