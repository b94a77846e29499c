"""What the check says about files that people and programs changed. The first test shows that an untouched one holds."""

import re
from dataclasses import replace

import pytest

from xingke.press import proof as proofs
from xingke.press.docx_reader import read
from xingke.press.docx_writer import write
from xingke.press.findings import Finding, FindingKind, Verdict
from xingke.press.tests import surgery
from xingke.press.tests.cast import OTHER_KEY, PUBLIC_KEY, SHORT, long_document, proof_of
from xingke.press.tests.surgery import DOCUMENT, PART_A, PART_B
from xingke.press.tree import DocumentTree
from xingke.press.verify import compare

PROOF = proof_of(SHORT)
FILE = write(SHORT, proof=PROOF)
EARLIER = write(
    SHORT, proof=proof_of(SHORT, is_earlier=True)
)  # of the form that signs figures and their sentences only


def check(data: bytes, *, frozen: DocumentTree | None = None, terms: tuple[str, ...] = ()) -> Verdict:
    reading = read(data)
    return compare(reading, reading.proof, frozen=frozen, trusted_keys=[PUBLIC_KEY], allowed_terms=terms)


def told(verdict: Verdict) -> list[tuple[FindingKind, int | None, str | None]]:
    return [(finding.kind, finding.slot, finding.found) for finding in verdict.findings]


def failed_slots(verdict: Verdict) -> list[int]:
    return [row.slot for row in verdict.rows if not row.holds]


# --- untouched


@pytest.mark.parametrize("frozen", [None, SHORT])
def test_an_untouched_file_holds(frozen: DocumentTree | None) -> None:
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


# --- every word


NEXT = "下一步，继续抓好“十四五”规划落实。"
CHANGED = {
    "a word": (NEXT, "下一步，继续抓实“十四五”规划落实。"),
    "a year in a heading's sentence": ("2024年上半年，全县", "2023年上半年，全县"),
    "a heading": ("一、主要工作", "一、主要问题"),
    "the issuer": ("<w:t>青溪县科学技术局</w:t>", "<w:t>云渡县科学技术局</w:t>"),
    "the date": ("2024年7月5日", "2024年7月6日"),
    "the number": ("〔2024〕12号", "〔2024〕13号"),
    "the notice": ("可逐一核验", "仅供参考"),
    "the name of a row": (">发明专利<", ">实用新型<"),
    "a blank": ("继续抓好", "继续 抓好"),
    "a break": ("继续抓好", "继续</w:t><w:br/><w:t>抓好"),
}


@pytest.mark.parametrize("what", CHANGED)
def test_any_other_word_is_a_finding(what: str) -> None:
    assert not check(surgery.replaced(FILE, DOCUMENT, *CHANGED[what])).holds


def test_a_changed_word_is_told_with_what_was_signed_where_that_is_known() -> None:
    data = surgery.replaced(FILE, DOCUMENT, *CHANGED["a word"])

    (alone,) = check(data).findings
    (known,) = check(data, frozen=SHORT).findings

    assert (alone.kind, alone.expected, alone.found) == (FindingKind.PROSE_CHANGED, "…", CHANGED["a word"][1])
    assert alone.sentence() == f"文字与签名时的不同，现为“{CHANGED['a word'][1]}”。"
    assert known.sentence() == f"文字与签名时的不同：原为“{NEXT}”，现为“{CHANGED['a word'][1]}”。"
    assert (
        known.where()
        == "正文第8段：“2024年上半年，全县申报省级科技项目36项，立项6项；到位资金230万元，增长13.5%。下一步，继续抓实“十四五”规划落实。”"
    )


def test_a_sentence_more_or_less_is_a_finding() -> None:
    more = surgery.replaced(FILE, DOCUMENT, NEXT, NEXT + "以上各句系误报，应予删除。")
    less = surgery.replaced(FILE, DOCUMENT, NEXT, "")

    assert told(check(more)) == [(FindingKind.PROSE_CHANGED, None, "以上各句系误报，应予删除。")]
    assert [(each.kind, each.params) for each in check(less).findings] == [(FindingKind.PROSE_MISSING, {"count": 1})]


def test_a_word_put_before_a_figure_by_cutting_its_sentence_is_a_finding() -> None:
    data = surgery.replaced(FILE, DOCUMENT, "2024年上半年，全县申报", "未能；2024年上半年，全县申报")

    assert [each.kind for each in check(data).findings] == [FindingKind.PROSE_CHANGED]


def _swapped(text: str, one: str, other: str) -> str:
    return text.replace(one, "@").replace(other, one).replace("@", other)


def test_whole_paragraphs_in_another_order_are_a_finding() -> None:
    paragraphs = re.findall(r"<w:p>.*?</w:p>", surgery.unpacked(FILE)[DOCUMENT])
    head, other_head = (
        next(each for each in paragraphs if text in each) for text in ("一、主要工作", "二、下一步打算")
    )
    one, other = (next(each for each in paragraphs if text in each) for text in ("全县申报", "技术合同成交额"))

    heads = check(surgery.edited(FILE, DOCUMENT, lambda text: _swapped(text, head, other_head)))
    texts = check(surgery.edited(EARLIER, DOCUMENT, lambda text: _swapped(text, one, other)))

    assert told(heads) == [(FindingKind.ORDER_CHANGED, None, "二、下一步打算")]
    assert told(texts) == [(FindingKind.ORDER_CHANGED, None, "省级科技项目申报数 36")]


@pytest.mark.parametrize("line", ["联系电话：0936-4421234", "附件：1.青溪县2024年上半年科技项目表"])
def test_a_closing_line_is_told_and_free(line: str) -> None:
    data = surgery.with_paragraph(FILE, surgery.paragraph(line))

    assert told(check(data)) == [(FindingKind.CLOSING_LINE, None, line), (FindingKind.RESAVED, None, None)]
    assert check(surgery.with_paragraph(EARLIER, surgery.paragraph(line))).holds
    assert check(surgery.with_paragraph(BARE, surgery.paragraph(line)), frozen=SHORT).holds


def test_a_closing_line_in_the_midst_of_the_text_is_a_change() -> None:
    line = surgery.paragraph("联系电话：0936-4421234")
    data = surgery.edited(FILE, DOCUMENT, lambda text: text.replace("<w:tbl>", line + "<w:tbl>", 1))

    assert [each.kind for each in check(data).findings] == [FindingKind.PROSE_CHANGED]


# --- as written, saved again


def test_a_file_saved_again_holds_and_says_so() -> None:
    data = surgery.replaced(FILE, DOCUMENT, "<w:p><w:pPr>", '<w:p w:rsidR="00A1"><w:pPr>')

    verdict = check(data)

    assert verdict.holds
    assert [each.sentence() for each in verdict.findings] == [
        "文件由编辑软件重新保存过：文字和次序未变，只有已知编辑软件的痕迹。"
    ]


def test_a_proof_of_the_earlier_form_keeps_its_meaning_and_says_what_it_does_not_sign() -> None:
    alone, known = check(EARLIER), check(EARLIER, frozen=SHORT)

    assert alone.holds and known.holds
    assert [each.sentence() for each in (*alone.findings, *known.findings)] == [
        "这份证明是较早的格式，只签了数字和它们所在的句子；其余文字没有签名，未能核验。",
        "这份证明是较早的格式，只签了数字和它们所在的句子；其余文字已与固化的版本逐句比过，一致。",
    ]


def test_prose_of_the_earlier_form_is_compared_where_the_frozen_tree_is_known() -> None:
    data = surgery.replaced(EARLIER, DOCUMENT, *CHANGED["a word"])

    assert check(data).holds
    assert told(check(data, frozen=SHORT)) == [(FindingKind.PROSE_CHANGED, None, CHANGED["a word"][1])]


def test_runs_split_by_an_editor_change_nothing() -> None:
    split = (
        '<w:r><w:t>3</w:t></w:r><w:bookmarkStart w:id="1" w:name="x"/><w:r><w:rPr><w:lang/></w:rPr><w:t>6</w:t></w:r>'
    )
    data = surgery.in_control(FILE, 1, lambda xml: xml.replace(surgery.content(xml), split))
    data = surgery.replaced(data, DOCUMENT, "全县申报", "全</w:t></w:r><w:r><w:t>县申报")

    assert told(check(data)) == [(FindingKind.RESAVED, None, None)]


# --- figures


def test_one_digit_edited_in_the_text_is_named() -> None:
    verdict = check(surgery.in_control(FILE, 1, lambda xml: xml.replace(">36<", ">37<")))

    assert told(verdict) == [(FindingKind.TEXT_EDITED, 1, "37项")]
    assert verdict.findings[0].sentence() == "正文里的“省级科技项目申报数”改成了“37项”，证明里是“36项”。"
    assert verdict.findings[0].where() == "正文第8段：“…申报省级科技项目37项，立项6项；到…”"
    assert failed_slots(verdict) == [1] and not verdict.holds


def test_one_digit_edited_in_part_a_is_named() -> None:
    verdict = check(surgery.replaced(FILE, PART_A, "<figure>36<", "<figure>37<"))

    assert told(verdict) == [(FindingKind.STORE_EDITED, 1, "37项")]
    assert failed_slots(verdict) == [1]


def test_one_digit_edited_in_both_is_one_finding() -> None:
    data = surgery.in_control(FILE, 1, lambda xml: xml.replace(">36<", ">37<"))
    verdict = check(surgery.replaced(data, PART_A, "<figure>36<", "<figure>37<"))

    assert told(verdict) == [(FindingKind.FIGURE_EDITED, 1, "37项")]


def test_a_different_digit_in_each_place_is_told_for_each() -> None:
    data = surgery.in_control(FILE, 1, lambda xml: xml.replace(">36<", ">37<"))
    verdict = check(surgery.replaced(data, PART_A, "<figure>36<", "<figure>38<"))

    assert told(verdict) == [(FindingKind.TEXT_EDITED, 1, "37项"), (FindingKind.STORE_EDITED, 1, "38项")]


def test_an_edited_figure_in_a_table_is_named_with_its_row() -> None:
    verdict = check(surgery.in_control(FILE, 9, lambda xml: xml.replace(">31<", ">91<")))

    assert told(verdict) == [(FindingKind.TEXT_EDITED, 9, "91件")]
    assert verdict.findings[0].where("en") == "table 1, row 3: “91件”"


def test_a_changed_unit_is_a_changed_sentence() -> None:
    verdict = check(surgery.replaced(FILE, DOCUMENT, "万元，增长", "亿元，增长"))

    assert told(verdict) == [
        (FindingKind.SENTENCE_CHANGED, 3, "到位资金230亿元，增长13.5%。"),
        (FindingKind.SENTENCE_CHANGED, 4, "到位资金230亿元，增长13.5%。"),
    ]


@pytest.mark.parametrize(
    "old, new",
    [("申报省级科技项目", "申报市级科技项目"), ("申报省级科技项目", "申报省级科技项目超"), ("项；", "项以上；")],
)
def test_a_reworded_sentence_is_told_for_the_figures_in_it(old: str, new: str) -> None:
    verdict = check(surgery.replaced(FILE, DOCUMENT, old, new))

    assert [(finding.kind, finding.slot) for finding in verdict.findings] == [
        (FindingKind.SENTENCE_CHANGED, 1),
        (FindingKind.SENTENCE_CHANGED, 2),
    ]


def test_a_figure_copied_into_another_sentence_is_a_finding() -> None:
    text = surgery.unpacked(FILE)[DOCUMENT]
    copy = surgery.of_runs(f"<w:r><w:t>全县获奖</w:t></w:r>{surgery.control(text, 1)}<w:r><w:t>项。</w:t></w:r>")

    verdict = check(surgery.with_paragraph(FILE, copy))

    assert told(verdict) == [
        (FindingKind.FIGURE_REPEATED, 1, "36项"),
        (FindingKind.SENTENCE_CHANGED, 1, "全县获奖36项。"),
        (FindingKind.PROSE_CHANGED, None, "全县获奖36项。"),
    ]


def test_two_figures_that_changed_places_are_findings() -> None:
    text = surgery.unpacked(FILE)[DOCUMENT]
    first, second = surgery.control(text, 1), surgery.control(text, 2)
    data = surgery.edited(
        FILE, DOCUMENT, lambda xml: xml.replace(first, "@").replace(second, first).replace("@", second)
    )

    assert [(finding.kind, finding.slot) for finding in check(data).findings] == [
        (FindingKind.SENTENCE_CHANGED, 1),
        (FindingKind.SENTENCE_CHANGED, 2),
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

    assert told(verdict) == [(FindingKind.FIGURE_UNWRAPPED, 1, "36项")]


def test_a_control_unwrapped_and_edited_is_missing() -> None:
    verdict = check(surgery.in_control(FILE, 9, lambda xml: surgery.content(xml).replace("31", "91")))

    assert told(verdict) == [(FindingKind.FIGURE_MISSING, 9, None)]


def test_a_deleted_figure_is_missing() -> None:
    verdict = check(surgery.in_control(FILE, 9, lambda xml: ""))

    assert told(verdict) == [(FindingKind.FIGURE_MISSING, 9, None)]


def test_an_emptied_figure_is_edited_and_a_hidden_one_is_named() -> None:
    emptied = surgery.in_control(FILE, 9, lambda xml: xml.replace(surgery.content(xml), ""))
    hidden = surgery.in_control(FILE, 9, lambda xml: xml.replace("<w:r><w:t>", "<w:r><w:rPr><w:vanish/></w:rPr><w:t>"))

    assert told(check(emptied)) == [(FindingKind.TEXT_EDITED, 9, "件")]
    assert [each.sentence() for each in check(hidden).findings] == [
        "文件里有隐藏文字（vanish），在“31件”处，本系统不会这样写，已知的编辑软件重新保存时也不会；看到的可能与核验的不同。请从原文件重新另存后再核验。"
    ]


@pytest.mark.parametrize("xpath", ["/f:figures[1]/f:figure[10]", "/f:figures[1]", "//f:figure[1]"])
def test_a_control_the_proof_does_not_know_is_a_finding(xpath: str) -> None:
    added = surgery.control(surgery.unpacked(FILE)[DOCUMENT], 1).replace("/f:figures[1]/f:figure[1]", xpath)

    verdict = check(surgery.with_paragraph(FILE, surgery.of_runs(added)))

    assert [finding.kind for finding in verdict.findings] == [FindingKind.FIGURE_ADDED, FindingKind.PROSE_CHANGED]


# --- numerals bound to nothing


def _in_table(text: str) -> bytes:
    return surgery.with_paragraph(EARLIER, surgery.table(text))


LOOSE = {
    "body": surgery.with_paragraph(EARLIER, surgery.paragraph("全县获奖12项。")),
    "table": _in_table("获奖12项"),
}


@pytest.mark.parametrize("place", LOOSE)
def test_a_numeral_typed_anywhere_is_bound_to_nothing(place: str) -> None:
    verdict = check(LOOSE[place])

    assert told(verdict) == [(FindingKind.UNBOUND_NUMERAL, None, "12项")]
    assert verdict.findings[0].sentence() == "“12项”没有任何数据依据。"


def test_a_chinese_numeral_typed_in_is_found_too() -> None:
    assert told(check(surgery.with_paragraph(EARLIER, surgery.paragraph("举办三次。")))) == [
        (FindingKind.UNBOUND_NUMERAL, None, "三次")
    ]


def test_a_term_of_the_bureau_is_no_numeral() -> None:
    data = surgery.with_paragraph(EARLIER, surgery.paragraph("实施“8133”工程。"))

    assert not check(data).holds
    assert check(data, terms=("8133",)).holds


def test_running_numbers_of_a_table_are_exempt_only_while_they_run() -> None:
    def rows(*numbers: str) -> bytes:
        return surgery.with_paragraph(EARLIER, surgery.table("序号", *numbers))

    assert check(rows("1", "2", "3")).holds
    assert told(check(rows("1", "12", "3"))) == [(FindingKind.UNBOUND_NUMERAL, None, "12")]


# --- the seal


def test_a_broken_signature_is_a_finding() -> None:
    assert told(check(surgery.replaced(FILE, PART_B, 'value="36.0000"', 'value="37.0000"'))) == [
        (FindingKind.SIGNATURE_BROKEN, None, None)
    ]


def test_a_forger_who_edits_all_three_places_breaks_the_signature() -> None:
    data = surgery.in_control(FILE, 1, lambda xml: xml.replace(">36<", ">37<"))
    data = surgery.replaced(data, PART_A, "<figure>36<", "<figure>37<")
    data = surgery.edited(data, PART_B, lambda text: text.replace("36项", "37项"))

    assert told(check(data)) == [
        (FindingKind.SIGNATURE_BROKEN, None, None),
        (FindingKind.PROSE_CHANGED, None, "2024年上半年，全县申报省级科技项目37项，立项6项；"),
    ]


def test_a_forger_with_a_key_of_his_own_is_not_trusted() -> None:
    forged = proofs.sign(PROOF, OTHER_KEY)

    assert told(check(write(SHORT, proof=forged))) == [(FindingKind.UNKNOWN_KEY, None, forged.public_key[:16])]


def test_an_unsigned_proof_is_a_finding() -> None:
    assert told(check(write(SHORT, proof=proof_of(SHORT, key=None)))) == [(FindingKind.NOT_SIGNED, None, None)]


def test_a_proof_carried_into_another_document_is_a_finding() -> None:
    data = surgery.replaced(FILE, "docProps/core.xml", SHORT.id, "another")

    assert told(check(data)) == [(FindingKind.OTHER_DOCUMENT, None, "another")]


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

    assert told(check(FILE, frozen=replace(SHORT, blocks=blocks))) == [(FindingKind.FROZEN_DIFFERS, 1, "36项")]


def test_a_changed_title_is_a_finding() -> None:
    data = surgery.edited(FILE, DOCUMENT, lambda text: text.replace("2024年上半年工作总结", "2023年上半年工作总结"))

    assert told(check(data)) == [
        (FindingKind.TITLE_CHANGED, None, None),
        (FindingKind.PROSE_CHANGED, None, "青溪县科学技术局2023年上半年工作总结"),
    ]


@pytest.mark.parametrize("file", [FILE, EARLIER], ids=["now", "earlier"])
def test_a_title_that_moved_down_is_a_finding(file: bytes) -> None:
    title = re.search(r"<w:p><w:pPr><w:pStyle w:val=\"Title\"/>.*?</w:p>", surgery.unpacked(file)[DOCUMENT])
    assert title
    data = surgery.edited(
        file,
        DOCUMENT,
        lambda text: text.replace(title[0], surgery.paragraph("另一个标题")).replace(
            "<w:sectPr>", title[0] + "<w:sectPr>"
        ),
    )

    assert (FindingKind.TITLE_CHANGED, None, None) in told(check(data))


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

    assert told(verdict) == [(FindingKind.NUMERAL_DIFFERS, 3, "280万元")]


def test_without_parts_added_and_lost_numerals_are_named() -> None:
    added = check(surgery.with_paragraph(BARE, surgery.paragraph("获奖12项。")), frozen=SHORT)
    lost = check(surgery.replaced(BARE, DOCUMENT, "<w:r><w:t>31</w:t></w:r><w:r><w:t>件", "<w:r><w:t>多"), frozen=SHORT)

    assert told(added) == [(FindingKind.UNBOUND_NUMERAL, None, "12项"), (FindingKind.PROSE_CHANGED, None, "获奖12项。")]
    assert told(lost) == [(FindingKind.NUMERAL_DIFFERS, 9, "—")]


def test_without_parts_a_sentence_that_says_something_else_is_a_finding() -> None:
    verdict = check(surgery.replaced(BARE, DOCUMENT, "申报省级科技项目", "建成省级科技项目"), frozen=SHORT)

    assert [(finding.kind, finding.slot) for finding in verdict.findings] == [
        (FindingKind.SENTENCE_CHANGED, 1),
        (FindingKind.SENTENCE_CHANGED, 2),
    ]


def test_controls_left_without_parts_are_compared_with_the_frozen_version() -> None:
    data = surgery.without_custom_parts(FILE, 1, 2)
    edited = surgery.in_control(data, 1, lambda xml: xml.replace(">36<", ">37<"))

    assert told(check(data, frozen=SHORT)) == [(FindingKind.PARTS_DROPPED, None, None)]
    assert told(check(edited, frozen=SHORT)) == [(FindingKind.TEXT_EDITED, 1, "37项")]


def test_a_lost_part_a_is_told_and_the_signed_proof_stands_in() -> None:
    verdict = check(surgery.without_custom_parts(FILE, 1))

    assert verdict.holds and told(verdict) == [
        (FindingKind.LIST_DROPPED, None, None),
        (FindingKind.RESAVED, None, None),
    ]


def test_an_unreadable_proof_fails_even_if_the_frozen_version_agrees() -> None:
    data = surgery.replaced(FILE, PART_B, ' digest="', ' dig="')

    assert [finding.kind for finding in check(data).findings] == [FindingKind.PROOF_UNREADABLE]
    assert [finding.kind for finding in check(data, frozen=SHORT).findings] == [FindingKind.PROOF_UNREADABLE]


# --- the rest


def test_drift_found_elsewhere_joins_the_verdict() -> None:
    drift = Finding(
        kind=FindingKind.FIGURE_DRIFTED,
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
    for kind in FindingKind:
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


def test_no_digit_can_be_raised_unseen() -> None:
    edits = _digit_edits(DOCUMENT)

    assert len(edits) == 38
    assert [run for run, data in edits if check(data).holds] == []


def test_no_digit_of_part_a_can_be_raised_unseen() -> None:
    edits = _digit_edits(PART_A)

    assert len(edits) == 18
    assert not any(check(data).holds for _, data in edits)
