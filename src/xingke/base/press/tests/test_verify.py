"""What the check says about files that people and programs changed. The first test shows that an untouched one holds."""

import re
from dataclasses import replace

import pytest

from xingke.base.press import proof as proofs
from xingke.base.press.docx_reader import read
from xingke.base.press.docx_writer import write
from xingke.base.press.findings import Finding, Kind, Verdict
from xingke.base.press.tests import surgery
from xingke.base.press.tests.cast import OTHER_KEY, PUBLIC_KEY, SHORT, long_document, proof_of
from xingke.base.press.tests.surgery import DOCUMENT, PART_A, PART_B, W
from xingke.base.press.tree import Document
from xingke.base.press.verify import compare

PROOF = proof_of(SHORT)
FILE = write(SHORT, proof=PROOF)


def check(data: bytes, *, frozen: Document | None = None, terms: tuple[str, ...] = ()) -> Verdict:
    reading = read(data)
    return compare(reading, reading.proof, frozen=frozen, trusted_keys=[PUBLIC_KEY], allowed_terms=terms)


def told(verdict: Verdict) -> list[tuple[Kind, int | None, str | None]]:
    return [(finding.kind, finding.slot, finding.found) for finding in verdict.findings]


def failed_slots(verdict: Verdict) -> list[int]:
    return [row.slot for row in verdict.rows if not row.holds]


# --- untouched


@pytest.mark.parametrize("frozen", [None, SHORT])
def test_an_untouched_file_holds(frozen: Document | None) -> None:
    verdict = check(FILE, frozen=frozen)

    assert verdict.holds and verdict.findings == ()
    assert [(row.slot, row.expected, row.found) for row in verdict.rows][:3] == [
        (1, "36项", "36项"),
        (2, "6项", "6项"),
        (3, "230万元", "230万元"),
    ]


def test_a_long_untouched_file_holds() -> None:
    document = long_document()

    assert check(write(document, proof=proof_of(document))).holds


def test_prose_without_figures_may_be_changed_freely() -> None:
    data = surgery.replaced(FILE, DOCUMENT, "下一步，继续抓好“十四五”规划落实。", "接下来，认真落实“十五五”规划。")
    data = surgery.with_paragraph(data, surgery.paragraph("2025年，全县上下再接再厉。"))

    assert check(data).holds


def test_runs_split_by_an_editor_change_nothing() -> None:
    split = '<w:r><w:t>3</w:t></w:r><w:bookmarkStart w:id="1" w:name="x"/><w:r><w:rPr><w:b/></w:rPr><w:t>6</w:t></w:r>'
    data = surgery.in_control(FILE, 1, lambda xml: xml.replace(surgery.content(xml), split))
    data = surgery.replaced(data, DOCUMENT, "全县申报", "全</w:t></w:r><w:r><w:t>县申报")

    assert check(data).holds


# --- figures


def test_one_digit_edited_in_the_text_is_named() -> None:
    verdict = check(surgery.in_control(FILE, 1, lambda xml: xml.replace(">36<", ">37<")))

    assert told(verdict) == [(Kind.TEXT_EDITED, 1, "37项")]
    assert verdict.findings[0].sentence() == "正文里的“省级科技项目申报数”改成了“37项”，证明里是“36项”。"
    assert verdict.findings[0].where() == "正文第8段：“…申报省级科技项目37项，立项6项；到…”"
    assert failed_slots(verdict) == [1] and not verdict.holds


def test_one_digit_edited_in_part_a_is_named() -> None:
    verdict = check(surgery.replaced(FILE, PART_A, "<figure>36<", "<figure>37<"))

    assert told(verdict) == [(Kind.STORE_EDITED, 1, "37项")]
    assert failed_slots(verdict) == [1]


def test_one_digit_edited_in_both_is_one_finding() -> None:
    data = surgery.in_control(FILE, 1, lambda xml: xml.replace(">36<", ">37<"))
    verdict = check(surgery.replaced(data, PART_A, "<figure>36<", "<figure>37<"))

    assert told(verdict) == [(Kind.FIGURE_EDITED, 1, "37项")]


def test_a_different_digit_in_each_place_is_told_for_each() -> None:
    data = surgery.in_control(FILE, 1, lambda xml: xml.replace(">36<", ">37<"))
    verdict = check(surgery.replaced(data, PART_A, "<figure>36<", "<figure>38<"))

    assert told(verdict) == [(Kind.TEXT_EDITED, 1, "37项"), (Kind.STORE_EDITED, 1, "38项")]


def test_an_edited_figure_in_a_table_is_named_with_its_row() -> None:
    verdict = check(surgery.in_control(FILE, 9, lambda xml: xml.replace(">31<", ">91<")))

    assert told(verdict) == [(Kind.TEXT_EDITED, 9, "91件")]
    assert verdict.findings[0].where("en") == "table 1, row 3: “91件”"


def test_a_changed_unit_is_a_changed_sentence() -> None:
    verdict = check(surgery.replaced(FILE, DOCUMENT, "万元，增长", "亿元，增长"))

    assert told(verdict) == [
        (Kind.SENTENCE_CHANGED, 3, "到位资金230亿元，增长13.5%。"),
        (Kind.SENTENCE_CHANGED, 4, "到位资金230亿元，增长13.5%。"),
    ]


@pytest.mark.parametrize(
    "old, new",
    [("申报省级科技项目", "申报市级科技项目"), ("申报省级科技项目", "申报省级科技项目超"), ("项；", "项以上；")],
)
def test_a_reworded_sentence_is_told_for_the_figures_in_it(old: str, new: str) -> None:
    verdict = check(surgery.replaced(FILE, DOCUMENT, old, new))

    assert [(finding.kind, finding.slot) for finding in verdict.findings] == [
        (Kind.SENTENCE_CHANGED, 1),
        (Kind.SENTENCE_CHANGED, 2),
    ]


def test_a_figure_copied_into_another_sentence_is_a_finding() -> None:
    text = surgery.unpacked(FILE)[DOCUMENT]
    copy = f"<w:p><w:r><w:t>全县获奖</w:t></w:r>{surgery.control(text, 1)}<w:r><w:t>项。</w:t></w:r></w:p>"

    verdict = check(surgery.with_paragraph(FILE, copy))

    assert told(verdict) == [(Kind.FIGURE_REPEATED, 1, "36项"), (Kind.SENTENCE_CHANGED, 1, "全县获奖36项。")]


def test_two_figures_that_changed_places_are_findings() -> None:
    text = surgery.unpacked(FILE)[DOCUMENT]
    first, second = surgery.control(text, 1), surgery.control(text, 2)
    data = surgery.edited(
        FILE, DOCUMENT, lambda xml: xml.replace(first, "@").replace(second, first).replace("@", second)
    )

    assert [(finding.kind, finding.slot) for finding in check(data).findings] == [
        (Kind.SENTENCE_CHANGED, 1),
        (Kind.SENTENCE_CHANGED, 2),
    ]


def test_rows_that_changed_names_are_findings() -> None:
    data = surgery.edited(
        FILE,
        DOCUMENT,
        lambda xml: (
            xml.replace(">高新技术企业<", ">@<").replace(">发明专利<", ">高新技术企业<").replace(">@<", ">发明专利<")
        ),
    )

    assert failed_slots(check(data)) == [7, 8, 9]


def test_a_control_unwrapped_is_a_finding_though_the_text_is_right() -> None:
    verdict = check(surgery.in_control(FILE, 1, surgery.content))

    assert told(verdict) == [(Kind.FIGURE_UNWRAPPED, 1, "36项")]


def test_a_control_unwrapped_and_edited_is_missing_and_leaves_a_loose_numeral() -> None:
    verdict = check(surgery.in_control(FILE, 9, lambda xml: surgery.content(xml).replace("31", "91")))

    assert told(verdict) == [(Kind.FIGURE_MISSING, 9, None), (Kind.UNBOUND_NUMERAL, None, "91件")]


def test_a_deleted_figure_is_missing() -> None:
    verdict = check(surgery.in_control(FILE, 9, lambda xml: ""))

    assert told(verdict) == [(Kind.FIGURE_MISSING, 9, None)]


def test_an_emptied_or_hidden_figure_is_edited() -> None:
    emptied = surgery.in_control(FILE, 9, lambda xml: xml.replace(surgery.content(xml), ""))
    hidden = surgery.in_control(FILE, 9, lambda xml: xml.replace("<w:r><w:t>", "<w:r><w:rPr><w:vanish/></w:rPr><w:t>"))

    assert told(check(emptied)) == told(check(hidden)) == [(Kind.TEXT_EDITED, 9, "件")]


@pytest.mark.parametrize("xpath", ["/f:figures[1]/f:figure[10]", "/f:figures[1]", "//f:figure[1]"])
def test_a_control_the_proof_does_not_know_is_a_finding(xpath: str) -> None:
    added = surgery.control(surgery.unpacked(FILE)[DOCUMENT], 1).replace("/f:figures[1]/f:figure[1]", xpath)

    verdict = check(surgery.with_paragraph(FILE, f"<w:p>{added}</w:p>"))

    assert [finding.kind for finding in verdict.findings] == [Kind.FIGURE_ADDED]


# --- figures that look otherwise than they are read


RED = '<w:r><w:rPr><w:color w:val="FF0000"/></w:rPr><w:t>'
_RUN = "<w:r><w:t>%s</w:t></w:r>"
_FIELD = '<w:r><w:fldChar w:fldCharType="%s"/></w:r>'


def _shown(*parts: str) -> bytes:
    """The file with the digits of its figure 36 written in another way."""
    return surgery.in_control(FILE, 1, lambda xml: xml.replace(surgery.content(xml), "".join(parts)))


DISGUISES = {
    "white": _shown('<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>3</w:t></w:r>', _RUN % 6),
    "tiny": _shown('<w:r><w:rPr><w:sz w:val="2"/></w:rPr><w:t>3</w:t></w:r>', _RUN % 6),
    "struck out": _shown("<w:r><w:rPr><w:strike/></w:rPr><w:t>3</w:t></w:r>", _RUN % 6),
    "a font of pictures": _shown('<w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>36</w:t></w:r>'),
    "a character style": _shown('<w:r><w:rPr><w:rStyle w:val="Any"/></w:rPr><w:t>36</w:t></w:r>'),
    "turned round": _shown(f'<w:bdo w:val="rtl">{_RUN % 36}</w:bdo>'),
    "a choice": _shown(
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f'<mc:Choice xmlns:zz="urn:zz" Requires="zz">{_RUN % 3}</mc:Choice><mc:Fallback/></mc:AlternateContent>',
        _RUN % 6,
    ),
    "an element to be ignored": _shown(f'<z:x xmlns:z="urn:z">{_RUN % 3}</z:x>', _RUN % 6),
    "a run to be ignored": _shown('<z:r xmlns:z="urn:z"><w:t>3</w:t></z:r>', _RUN % 6),
    "text to be ignored": _shown('<w:r><w:t><z:x xmlns:z="urn:z">3</z:x>6</w:t></w:r>'),
    "its unit in white": surgery.replaced(
        FILE, DOCUMENT, "<w:r><w:t>项；", '<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>项；'
    ),
}


@pytest.mark.parametrize("way", DISGUISES)
def test_a_figure_that_may_look_otherwise_is_a_finding(way: str) -> None:
    verdict = check(DISGUISES[way])

    assert {finding.kind for finding in verdict.failures} == {Kind.DISGUISED}


def test_a_disguise_is_told_in_words() -> None:
    (finding, *_) = check(DISGUISES["white"]).failures

    assert "又有会改变显示的设置（文字颜色）" in finding.sentence()
    assert finding.sentence("en") == (
        "“3”, in a sentence with numerals, may look otherwise than it was read (colour). Clear its formatting."
    )


STYLES = "word/styles.xml"


def _styled(data: bytes, style: str) -> bytes:
    return surgery.replaced(data, STYLES, "</w:styles>", f"{style}</w:styles>")


def test_digits_hidden_by_a_style_are_no_text() -> None:
    base = '<w:style w:type="character" w:styleId="Base"><w:rPr><w:vanish/></w:rPr></w:style>'
    style = base + '<w:style w:type="character" w:styleId="Any"><w:basedOn w:val="Base"/></w:style>'
    data = _shown('<w:r><w:rPr><w:rStyle w:val="Any"/></w:rPr><w:t>3</w:t></w:r>', _RUN % 6)

    assert (Kind.TEXT_EDITED, 1, "6项") in told(check(_styled(data, style)))


def test_a_style_of_the_whole_paragraph_disguises_too() -> None:
    data = surgery.edited(
        FILE,
        STYLES,
        lambda text: re.sub(r'(w:styleId="BodyText".*?<w:rPr>)', r'\1<w:color w:val="FFFFFF"/>', text, count=1),
    )

    assert {finding.kind for finding in check(data).failures} == {Kind.DISGUISED}


def test_text_between_the_begin_of_a_field_and_its_result_is_no_text() -> None:
    data = _shown(_FIELD % "begin", _RUN % 3, _FIELD % "separate", _FIELD % "end", _RUN % 6)

    assert (Kind.TEXT_EDITED, 1, "6项") in told(check(data))


def test_a_comment_of_the_xml_is_no_text() -> None:
    assert told(check(_shown("<w:r><w:t><!--3-->6</w:t></w:r>"))) == [(Kind.TEXT_EDITED, 1, "6项")]


def test_formatting_that_editors_write_and_colour_elsewhere_are_free() -> None:
    plain = '<w:rPr><w:rFonts w:hint="eastAsia"/><w:b/><w:color w:val="auto"/><w:sz w:val="30"/><w:lang w:val="en-US"/></w:rPr>'
    data = _shown(f'<w:r w:rsidR="00A1">{plain}<w:t>36</w:t></w:r>')
    data = surgery.with_paragraph(data, f"<w:p>{RED}扎实做好各项工作。</w:t></w:r></w:p>")

    assert check(data).holds


# --- numerals bound to nothing


def _in_table(text: str) -> bytes:
    return surgery.with_paragraph(FILE, f"<w:tbl><w:tr><w:tc>{surgery.paragraph(text)}</w:tc></w:tr></w:tbl>")


def _in_footnote(text: str) -> bytes:
    xml = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="1">{surgery.paragraph(text)}</w:footnote></w:footnotes>'
    return surgery.with_part(FILE, name="footnotes.xml", kind="footnotes", xml=xml)


def _in_text_box(text: str) -> bytes:
    box = f"<w:pict><v:textbox><w:txbxContent>{surgery.paragraph(text)}</w:txbxContent></v:textbox></w:pict>"
    return surgery.with_paragraph(FILE, f'<w:p xmlns:v="urn:schemas-microsoft-com:vml"><w:r>{box}</w:r></w:p>')


def _in_chart(text: str) -> bytes:
    space = "http://schemas.openxmlformats.org/drawingml/2006/chart"
    xml = f'<c:chartSpace xmlns:c="{space}"><c:strCache><c:pt idx="0"><c:v>{text}</c:v></c:pt></c:strCache></c:chartSpace>'
    return surgery.with_part(FILE, name="charts/chart1.xml", kind="chart", xml=xml)


LOOSE = {
    "body": surgery.with_paragraph(FILE, surgery.paragraph("全县获奖12项。")),
    "table": _in_table("获奖12项"),
    "header": surgery.replaced(FILE, "word/header1.xml", "</w:p>", "<w:r><w:t>12项</w:t></w:r></w:p>"),
    "footer": surgery.replaced(FILE, "word/footer2.xml", "</w:p>", "<w:r><w:t>12项</w:t></w:r></w:p>"),
    "footnote": _in_footnote("获奖12项。"),
    "text box": _in_text_box("获奖12项"),
    "chart": _in_chart("获奖12项"),
}


@pytest.mark.parametrize("place", LOOSE)
def test_a_numeral_typed_anywhere_is_bound_to_nothing(place: str) -> None:
    verdict = check(LOOSE[place])

    assert told(verdict) == [(Kind.UNBOUND_NUMERAL, None, "12项")]
    assert verdict.findings[0].sentence() == "“12项”没有任何数据依据。"
    spot = verdict.findings[0].spot
    assert spot is not None and spot.story == ("body" if place == "table" else place)


def test_a_chinese_numeral_typed_in_is_found_too() -> None:
    assert told(check(surgery.with_paragraph(FILE, surgery.paragraph("举办三次。")))) == [
        (Kind.UNBOUND_NUMERAL, None, "三次")
    ]


def test_a_term_of_the_bureau_is_no_numeral() -> None:
    data = surgery.with_paragraph(FILE, surgery.paragraph("实施“8133”工程。"))

    assert not check(data).holds
    assert check(data, terms=("8133",)).holds


def test_running_numbers_of_a_table_are_exempt_only_while_they_run() -> None:
    def rows(*numbers: str) -> bytes:
        cells = "".join(f"<w:tr><w:tc>{surgery.paragraph(text)}</w:tc></w:tr>" for text in ("序号", *numbers))
        return surgery.with_paragraph(FILE, f"<w:tbl>{cells}</w:tbl>")

    assert check(rows("1", "2", "3")).holds
    assert told(check(rows("1", "12", "3"))) == [(Kind.UNBOUND_NUMERAL, None, "12")]


# --- numerals that a program computes


def _field(instruction: str, result: str = "") -> str:
    code = f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
    shown = _FIELD % "separate" + _RUN % result if result else ""
    return _FIELD % "begin" + code + shown + _FIELD % "end"


COMPUTED = (
    "MACROBUTTON X 1200亿元", "SYMBOL 57", "EQ \\o(1200)", "= 1200", "FORMDROPDOWN", "SEQ 表 \\r 1200", "DATE", "PAGE",
    'NUMPAGES \\# "1200"',
)  # fmt: skip


@pytest.mark.parametrize("instruction", COMPUTED)
def test_a_field_that_may_show_any_number_is_a_finding(instruction: str) -> None:
    verdict = check(surgery.with_paragraph(FILE, f"<w:p>{_RUN % '全年产值'}{_field(instruction)}</w:p>"))

    assert told(verdict) == [(Kind.COMPUTED_FIELD, None, instruction)]


def test_fields_are_told_wherever_they_hide() -> None:
    begin, code = _FIELD % "begin", "<w:r><w:instrText>QUOTE 12</w:instrText></w:r>"
    endless = surgery.with_paragraph(FILE, f"<w:p>{begin}{code}</w:p>")
    hidden = surgery.with_paragraph(
        FILE, f"<w:p>{(begin + code + _FIELD % 'end').replace('<w:r>', '<w:r><w:rPr><w:vanish/></w:rPr>')}</w:p>"
    )
    simple = surgery.with_paragraph(FILE, '<w:p><w:fldSimple w:instr="QUOTE 12"/></w:p>')

    for data in (endless, hidden, simple):
        assert told(check(data)) == [(Kind.COMPUTED_FIELD, None, "QUOTE 12")]


def test_a_page_number_shows_its_format_at_the_foot_too() -> None:
    data = surgery.edited(FILE, "word/footer1.xml", lambda text: text.replace(" PAGE ", ' PAGE \\# "1200" '))

    assert (Kind.COMPUTED_FIELD, None, 'PAGE \\# "1200"') in told(check(data))


def test_page_numbers_a_list_of_contents_and_links_are_free() -> None:
    contents = _RUN % "一、主要工作" + "<w:r><w:tab/></w:r>" + _field("PAGEREF _Toc1 \\h", "12")
    start = _FIELD % "begin" + '<w:r><w:instrText> TOC \\o "1-3" \\h \\z \\u </w:instrText></w:r>' + _FIELD % "separate"
    link = _field('HYPERLINK \\l "_Toc1"', "主要工作")
    data = surgery.with_paragraph(FILE, f"<w:p>{start}{contents}</w:p><w:p>{link}{_FIELD % 'end'}</w:p>")
    data = surgery.edited(data, "word/footer1.xml", lambda text: text.replace(" PAGE ", " PAGE \\* MERGEFORMAT "))

    assert told(check(data)) == []


@pytest.mark.parametrize(
    "level, found",
    [
        ('<w:start w:val="1200"/><w:lvlText w:val="%1."/>', ["1200"]),
        ('<w:start w:val="1"/><w:lvlText w:val="全年产值%1亿元，"/>', ["1亿元"]),
        ('<w:start w:val="1"/><w:lvlText w:val="12亿元"/>', ["12亿元"]),
        ('<w:start w:val="2"/><w:lvlText w:val="第%1章"/>', []),
        ('<w:start w:val="1"/><w:lvlText w:val="%1.%2.%3"/>', []),
        ('<w:start w:val="1"/><w:lvlText w:val="（%1）"/>', []),
    ],
)
def test_the_label_of_a_list_may_only_count(level: str, found: list[str]) -> None:
    xml = f'<w:numbering xmlns:w="{W}"><w:abstractNum><w:lvl>{level}</w:lvl></w:abstractNum></w:numbering>'
    verdict = check(surgery.with_part(FILE, name="numbering.xml", kind="numbering", xml=xml))

    assert told(verdict) == [(Kind.UNBOUND_NUMERAL, None, each) for each in found]


def test_the_line_above_footnotes_is_read() -> None:
    line = f'<w:footnote w:type="separator" w:id="0">{surgery.paragraph("产值1200亿元")}</w:footnote>'
    xml = f'<w:footnotes xmlns:w="{W}">{line}</w:footnotes>'

    verdict = check(surgery.with_part(FILE, name="footnotes.xml", kind="footnotes", xml=xml))

    assert told(verdict) == [(Kind.UNBOUND_NUMERAL, None, "1200亿元")]


# --- tracked changes


def _tracked(old: str, new: str) -> str:
    deleted = f'<w:del w:author="李四"><w:r><w:delText>{old}</w:delText></w:r></w:del>'
    return f'{deleted}<w:ins w:author="李四"><w:r><w:t>{new}</w:t></w:r></w:ins>'


def test_a_tracked_change_of_a_figure_is_named_with_its_author() -> None:
    data = surgery.in_control(FILE, 9, lambda xml: xml.replace(surgery.content(xml), _tracked("31", "91")))

    verdict = check(data)

    assert told(verdict) == [
        (Kind.TEXT_EDITED, 9, "91件"),
        (Kind.TRACKED_CHANGE, None, "31"),
        (Kind.TRACKED_CHANGE, None, "91"),
    ]
    assert "删除“31”（修订人：李四）" in verdict.findings[1].sentence()
    assert "deletion “31” (by 李四)" in verdict.findings[1].sentence("en")


def test_a_tracked_change_that_leaves_the_figure_as_it_was_is_still_a_finding() -> None:
    data = surgery.in_control(FILE, 9, lambda xml: xml.replace(surgery.content(xml), _tracked("91", "31")))

    assert [finding.kind for finding in check(data).findings] == [Kind.TRACKED_CHANGE, Kind.TRACKED_CHANGE]


def test_a_tracked_point_between_digits_touches_the_numeral() -> None:
    xml = "<w:p><w:r><w:t>2</w:t></w:r><w:del><w:r><w:delText>，</w:delText></w:r></w:del><w:r><w:t>024年</w:t></w:r></w:p>"
    text = xml.replace("024年", "4家")

    assert [finding.kind for finding in check(surgery.with_paragraph(FILE, text)).findings] == [
        Kind.UNBOUND_NUMERAL,
        Kind.TRACKED_CHANGE,
    ]


def test_tracked_changes_of_prose_are_only_told() -> None:
    tracked = f"<w:p>{_tracked('认真', '扎实')}<w:r><w:t>做好工作。</w:t></w:r></w:p>"

    verdict = check(surgery.with_paragraph(FILE, tracked))

    assert verdict.holds
    assert [finding.sentence() for finding in verdict.notices] == ["文中有2处修订标记，均未涉及数字。"]


# --- the seal


def test_a_broken_signature_is_a_finding() -> None:
    assert told(check(surgery.replaced(FILE, PART_B, 'value="36.0000"', 'value="37.0000"'))) == [
        (Kind.SIGNATURE_BROKEN, None, None)
    ]


def test_a_forger_who_edits_all_three_places_breaks_the_signature() -> None:
    data = surgery.in_control(FILE, 1, lambda xml: xml.replace(">36<", ">37<"))
    data = surgery.replaced(data, PART_A, "<figure>36<", "<figure>37<")
    data = surgery.edited(data, PART_B, lambda text: text.replace("36项", "37项"))

    assert told(check(data)) == [(Kind.SIGNATURE_BROKEN, None, None)]


def test_a_forger_with_a_key_of_his_own_is_not_trusted() -> None:
    forged = proofs.sign(PROOF, OTHER_KEY)

    assert told(check(write(SHORT, proof=forged))) == [(Kind.UNKNOWN_KEY, None, forged.public_key[:16])]


def test_an_unsigned_proof_is_a_finding() -> None:
    assert told(check(write(SHORT, proof=proof_of(SHORT, key=None)))) == [(Kind.NOT_SIGNED, None, None)]


def test_a_proof_carried_into_another_document_is_a_finding() -> None:
    data = surgery.replaced(FILE, "docProps/core.xml", SHORT.id, "another")

    assert told(check(data)) == [(Kind.OTHER_DOCUMENT, None, "another")]


def test_a_proof_that_disagrees_with_the_frozen_version_is_a_finding() -> None:
    blocks = tuple(
        replace(
            block,
            inlines=tuple(
                replace(part, text="35项") if getattr(part, "slot", 0) == 1 else part for part in block.inlines
            ),
        )  # type: ignore[type-var]
        if hasattr(block, "inlines")
        else block
        for block in SHORT.blocks
    )

    assert told(check(FILE, frozen=replace(SHORT, blocks=blocks))) == [(Kind.FROZEN_DIFFERS, 1, "36项")]


def test_a_changed_title_is_a_finding() -> None:
    data = surgery.edited(FILE, DOCUMENT, lambda text: text.replace("2024年上半年工作总结", "2023年上半年工作总结"))

    assert told(check(data)) == [(Kind.TITLE_CHANGED, None, None)]


# --- parts dropped


BARE = surgery.without_controls(surgery.without_custom_parts(FILE, 1, 2))


def test_without_parts_and_without_a_frozen_version_nothing_can_be_said() -> None:
    verdict = check(BARE)

    assert [finding.sentence("en") for finding in verdict.findings] == [
        "The file carries no proof and no frozen version was found: 9 numerals cannot be checked."
    ]
    assert not verdict.holds


def test_without_parts_the_frozen_version_stands_in() -> None:
    verdict = check(BARE, frozen=SHORT)

    assert verdict.holds
    assert [finding.sentence() for finding in verdict.findings] == [
        "编辑软件丢掉了证明部分，已改为与固化的版本逐个核对，9个数字全部一致。"
    ]


def test_without_parts_an_edited_numeral_is_named_with_its_figure() -> None:
    verdict = check(surgery.replaced(BARE, DOCUMENT, ">230<", ">280<"), frozen=SHORT)

    assert told(verdict) == [(Kind.NUMERAL_DIFFERS, 3, "280万元")]


def test_without_parts_added_and_lost_numerals_are_named() -> None:
    added = check(surgery.with_paragraph(BARE, surgery.paragraph("获奖12项。")), frozen=SHORT)
    lost = check(surgery.replaced(BARE, DOCUMENT, "<w:r><w:t>31</w:t></w:r><w:r><w:t>件", "<w:r><w:t>多"), frozen=SHORT)

    assert told(added) == [(Kind.UNBOUND_NUMERAL, None, "12项")]
    assert told(lost) == [(Kind.NUMERAL_DIFFERS, 9, "—")]


def test_without_parts_a_sentence_that_says_something_else_is_a_finding() -> None:
    verdict = check(surgery.replaced(BARE, DOCUMENT, "申报省级科技项目", "建成省级科技项目"), frozen=SHORT)

    assert [(finding.kind, finding.slot) for finding in verdict.findings] == [
        (Kind.SENTENCE_CHANGED, 1),
        (Kind.SENTENCE_CHANGED, 2),
    ]


def test_controls_left_without_parts_are_compared_with_the_frozen_version() -> None:
    data = surgery.without_custom_parts(FILE, 1, 2)
    edited = surgery.in_control(data, 1, lambda xml: xml.replace(">36<", ">37<"))

    assert told(check(data, frozen=SHORT)) == [(Kind.PARTS_DROPPED, None, None)]
    assert told(check(edited, frozen=SHORT)) == [(Kind.TEXT_EDITED, 1, "37项")]


def test_a_lost_part_a_is_told_and_the_signed_proof_stands_in() -> None:
    verdict = check(surgery.without_custom_parts(FILE, 1))

    assert verdict.holds and told(verdict) == [(Kind.LIST_DROPPED, None, None)]


def test_an_unreadable_proof_fails_even_if_the_frozen_version_agrees() -> None:
    data = surgery.replaced(FILE, PART_B, ' digest="', ' dig="')

    assert [finding.kind for finding in check(data).findings] == [Kind.PROOF_UNREADABLE]
    assert [finding.kind for finding in check(data, frozen=SHORT).findings] == [Kind.PROOF_UNREADABLE]


# --- the rest


def test_an_embedded_document_fails_and_a_picture_is_told() -> None:
    embedded = surgery.with_paragraph(FILE, '<w:altChunk r:id="rId99"/>')
    picture = surgery.with_paragraph(FILE, '<w:p xmlns:a="urn:a"><w:r><w:drawing><a:blip/></w:drawing></w:r></w:p>')

    assert [finding.kind for finding in check(embedded).failures] == [Kind.EMBEDDED_DOCUMENT]
    assert check(picture).holds
    assert [finding.sentence() for finding in check(picture).notices] == ["文中有1个图片或对象，其中的文字没有核验。"]


def test_drift_found_elsewhere_joins_the_verdict() -> None:
    drift = Finding(
        kind=Kind.FIGURE_DRIFTED,
        slot=1,
        figure="fig-1",
        expected="36项",
        found="35项",
        params={"label": "省级科技项目申报数"},
    )

    verdict = check(FILE).joined([drift])

    assert not verdict.holds and failed_slots(verdict) == [1]
    assert drift.sentence() == "“省级科技项目申报数”发布时为“36项”，现在的台账算出“35项”。"


def test_every_kind_has_a_sentence_in_both_languages() -> None:
    params = {
        "label": "甲",
        "what": "color",
        "count": 2,
        "figure_text": "36项",
        "change": "insertion",
        "author": "李四",
    }
    for kind in Kind:
        finding = Finding(kind=kind, expected="36项", found="37项", params=params)
        assert finding.sentence("zh-hans").endswith("。") and finding.sentence("en").endswith(".")
        assert "{" not in finding.sentence() + finding.sentence("en")


# --- exhaustively


def _digit_edits(part: str) -> list[tuple[str, bytes]]:
    """The file with each digit of its text raised by one, one at a time, each with the run it stands in."""
    parts = surgery.unpacked(FILE)
    text = parts[part]
    inside = r"<w:t(?: [^>]*)?>([^<]*)</w:t>" if part == DOCUMENT else r"<figure>([^<]*)</figure>"
    edits = []
    for run in re.finditer(inside, text):
        for at in (run.start(1) + offset for offset, character in enumerate(run[1]) if character.isdigit()):
            raised = text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]
            edits.append((run[1], surgery.packed({**parts, part: raised})))
    return edits


def test_no_digit_can_be_raised_unseen_but_those_of_dates() -> None:
    edits = _digit_edits(DOCUMENT)
    unseen = [run for run, data in edits if check(data).holds]

    assert len(edits) == 38
    assert unseen == ["青科发〔2024〕12号"] * 4 + ["2024年7月5日"] * 4


def test_no_digit_of_part_a_can_be_raised_unseen() -> None:
    edits = _digit_edits(PART_A)

    assert len(edits) == 18
    assert not any(check(data).holds for _, data in edits)
