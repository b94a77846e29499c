"""Importing reported figures: every row is filed or listed, twice changes nothing, and half an import is none."""

import csv
import hashlib
import io
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, PACKS, Cast
from xingke.accounts.models import AuditEntry, User
from xingke.accounts.queries import current_seq
from xingke.base.refusals import Refused
from xingke.intake import reading
from xingke.intake.actions import Outcome, import_table
from xingke.intake.checking import sheet_form
from xingke.intake.models import ImportBatch, ImportChunk
from xingke.intake.queries import staged
from xingke.intake.reading import IncomingTable, header_words, read_table
from xingke.intake.rows.incoming import Options
from xingke.intake.sheets.forms import FIGURE_COLUMNS
from xingke.ledger import actions
from xingke.ledger.models import Observation, State

pytestmark = pytest.mark.db

PUBLISHED = PACKS / "national" / "published-figures.csv"
ROW = {
    "figure": "T1#001",
    "document": "T1",
    "region": "青溪县",
    "region_code": "990121",
    "stated_year": "2024",
    "real_year": "2024",
    "period": "2024",
    "indicator": "地区生产总值",
    "measure": "level",
    "value": "468.30",
    "unit": "亿元",
    "as_written": "468.30亿元",
}


def csv_of(*rows: Mapping[str, str], encoding: str = "utf-8") -> bytes:
    """The rows as a file; each says only how it differs from the usual one. Its words are its amount."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIGURE_COLUMNS)
    writer.writeheader()
    for number, row in enumerate(rows, 1):
        said = {**ROW, "figure": f"T1#{number:03}", **row}
        writer.writerow({**said, "as_written": f"{said['value']}{said['unit']}", **row})
    return text.getvalue().encode(encoding)


def bring(
    data: bytes, by: User, *, name: str = "上报数.csv", now: datetime = NOW, options: Options | None = None
) -> Outcome:
    """Import a file's rows; how a file is read has its own tests below and in press."""
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    table = IncomingTable(
        header=tuple(rows[0]),
        rows=[tuple(row.values()) for row in rows],
        numbers=range(2, len(rows) + 2),
        encoding="UTF-8",
        digest=hashlib.sha256(data).hexdigest(),
    )
    return bring_table(table, by, name=name, now=now, options=options or AT_ONCE)


AT_ONCE = Options(confirmed=True)


def bring_table(
    table: IncomingTable, by: User, *, name: str = "上报数.csv", now: datetime = NOW, options: Options = AT_ONCE
) -> Outcome:
    form = sheet_form("observation")
    return import_table(form=form, table=table, file_name=name, by=by, now=now, options=options)


def problems(outcome: Outcome) -> list[str]:
    return [str(problem) for row in outcome.left for problem in row.problems]


# ── the project's own file ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_row_of_the_published_figures_is_filed_or_listed(cast: Cast) -> None:
    with PUBLISHED.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    nameless = sum(not row["region_code"] and row["measure"] != "target" for row in rows)  # no place is known for them

    outcome = bring(PUBLISHED.read_bytes(), cast.statistician)

    targets = sum(row["measure"] == "target" for row in rows)
    assert (len(rows), targets) == (407, 47)
    assert sum(outcome.counts.values()) == 407
    assert (outcome.counts["waiting"], outcome.counts["rejected"]) == (targets, nameless)
    assert outcome.counts["new"] == Observation.objects.count() == 407 - targets - nameless
    assert outcome.batch is not None
    left = list(staged(outcome.batch, "rejected", "waiting"))
    assert len(left) == targets + nameless and all(row.problems for row in left)
    assert "没有这个区划" in problems(outcome)[0] or "目标数" in problems(outcome)[0]


def test_the_published_figures_keep_what_was_written_and_what_it_means(cast: Cast) -> None:
    bring(PUBLISHED.read_bytes(), cast.statistician)

    with PUBLISHED.open(encoding="utf-8-sig", newline="") as file:
        written = {row["figure"]: row for row in csv.DictReader(file)}
    for row in Observation.objects.select_related("region"):
        source = written[row.place]
        assert (row.document, row.name, row.as_written, row.note) == (
            source["document"],
            source["indicator"],
            source["as_written"],
            source["note"],
        )
        assert (row.layer, row.part, row.unit) == (source["basis"], source["part"], source["unit"])
        assert row.is_region_inferred == ("place inferred" in source["real_year"])
        assert not row.is_fictional
        assert row.confidence == (
            "stated"
            if source["real_year"].split(" ")[0] == source["stated_year"]
            else "ambiguous"
            if "/" in source["real_year"]
            else "inferred"
        )
    shifted = Observation.objects.filter(stated_period="2019", confidence="inferred")
    assert {row.real_period for row in shifted} == {"2018"}


def test_importing_the_published_figures_twice_changes_nothing(cast: Cast) -> None:
    first = bring(PUBLISHED.read_bytes(), cast.statistician)
    seq, versions, audits = current_seq(), Observation.objects.count(), AuditEntry.objects.count()

    second = bring(PUBLISHED.read_bytes(), cast.statistician, now=datetime(2026, 5, 1, tzinfo=UTC))

    assert (second.batch, second.earlier) == (None, first.batch)
    assert second.counts["unchanged"] == first.counts["new"]
    assert (second.counts["new"], second.counts["changed"]) == (0, 0)
    assert (current_seq(), Observation.objects.count(), AuditEntry.objects.count()) == (seq, versions, audits)
    assert ImportBatch.objects.count() == 1


def test_the_fictional_figures_all_hold(cast: Cast) -> None:
    outcome = bring((PACKS / "fictional" / "observations.csv").read_bytes(), cast.statistician)

    assert problems(outcome) == []
    assert outcome.counts["new"] == Observation.objects.filter(is_fictional=True).count() == 276


# ── one row ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_figure_becomes_an_observation_with_its_exact_amount(cast: Cast) -> None:
    outcome = bring(csv_of({"basis": "", "note": "初步核算"}), cast.statistician)

    row = Observation.objects.get()
    assert outcome.counts["new"] == 1
    assert (row.region, row.value, row.unit, row.kind, row.decimals) == (
        cast.county,
        468_30_000_000_00,
        "亿元",
        "money",
        2,
    )
    assert (row.indicator, row.aspect, row.real_period, row.note) == ("gdp", "level", "2024", "初步核算")
    assert (row.state, row.confirmed_by, row.source, row.source_place) == (
        State.CONFIRMED,
        cast.statistician,
        "上报数.csv",
        "第 2 行",
    )


def test_an_officer_who_may_not_confirm_files_drafts(cast: Cast) -> None:
    bring(csv_of({}), cast.officer)

    row = Observation.objects.get()
    assert (row.state, row.confirmed_at, row.confirmed_by) == (State.DRAFT, None, None)


def test_figures_are_drafts_unless_it_was_asked_that_they_count_at_once(cast: Cast) -> None:
    bring(csv_of({}), cast.statistician, options=Options())

    row = Observation.objects.get()
    assert (row.state, row.confirmed_at, row.confirmed_by) == (State.DRAFT, None, None)


def test_a_changed_value_is_a_new_version(cast: Cast) -> None:
    bring(csv_of({}, {"value": "5", "unit": "家", "indicator": "高新技术企业数"}), cast.statistician)

    outcome = bring(
        csv_of(
            {"value": "470.1", "as_written": "470.1亿元"}, {"value": "5", "unit": "家", "indicator": "高新技术企业数"}
        ),
        cast.statistician,
        name="修订.csv",
    )

    assert (outcome.counts["changed"], outcome.counts["unchanged"]) == (1, 1)
    old, new = Observation.objects.filter(place="T1#001").order_by("version")
    assert (old.version, old.decimals, old.seq_to) == (1, 2, new.seq_from)
    assert (new.version, new.decimals, new.as_written, new.reason) == (2, 1, "470.1亿元", "重新导入 修订.csv")


def test_a_word_of_approximation_belongs_to_its_own_number(cast: Cast) -> None:
    """民乐县's sentence said 超20项, 约6项 and 0.5多亿元 of exact numbers."""
    rows = [
        {"value": "20", "unit": "项", "indicator": "转化应用科技成果", "as_written": "超越农业等转化成果20项"},
        {"value": "6", "unit": "项", "indicator": "科技合作项目", "as_written": "签约合作项目6项"},
        {"value": "0.5", "as_written": "多渠道投入0.50亿元"},
        {"value": "50", "unit": "名", "indicator": "科技特派员", "as_written": "选派近50名"},
    ]

    outcome = bring(csv_of(*rows), cast.statistician)

    assert problems(outcome) == []
    found = Observation.objects.order_by("place").values_list("approximation", "decimals")
    assert list(found) == [("", 0), ("", 0), ("", 2), ("近", 0)]


def test_a_value_that_is_not_in_its_words_is_refused(cast: Cast) -> None:
    outcome = bring(csv_of({"value": "0.51", "as_written": "0.15亿元"}), cast.statistician)

    assert problems(outcome) == [
        "as_written 列为“0.15亿元”：原文写的是 0.15亿元，与数值 0.51亿元 不一致；请改正其中一个，原文里另有这个数的，请把那句话一起抄上。"
    ]


BAD_ROWS = [
    ("unknown unit", {"unit": "斗"}, "unit 列为“斗”", "不是已知的计量单位"),
    ("unknown period", {"period": "2024上半年"}, "period 列为“2024上半年”", "2024-H1"),
    ("a month that does not exist", {"period": "2024-13"}, "period 列为“2024-13”", "2024-06"),
    ("unknown region code", {"region_code": "999999"}, "region_code 列为“999999”", "六位现行代码"),
    ("name and code disagree", {"region": "云渡县"}, "region 列为“云渡县”", "名称与代码不一致"),
    ("unknown region name", {"region_code": "", "region": "乌有县"}, "region 列为“乌有县”", "补充 region_code"),
    ("a name that several share", {"region_code": "", "region": "鼓楼区"}, "region 列为“鼓楼区”", "同名区划"),
    ("a masked value", {"value": "**"}, "value 列为“**”", "不是可以精确保存的数字"),
    ("finer than is kept", {"value": "1.23456", "unit": "家"}, "value 列为“1.23456”", "不是可以精确保存的数字"),
    ("too large for 64 bits", {"value": "9" * 25}, f"value 列为“{'9' * 25}”", "不是可以精确保存的数字"),
    ("a bad upper end", {"value_max": "许多"}, "value_max 列为“许多”", "不是可以精确保存的数字"),
    ("no value", {"value": ""}, "value 列为“”", "不能为空"),
    ("unknown measure", {"measure": "guess"}, "measure 列为“guess”", "请写"),
    ("unknown money layer", {"basis": "口袋"}, "basis 列为“口袋”", "资金口径"),
    ("a real year that is none", {"real_year": "someday"}, "real_year 列为“someday”", "2015/2016"),
    ("a target waits", {"measure": "target"}, "measure 列为“target”", "保留待读"),
    (
        "a fall told as a rise",
        {"measure": "growth", "value": "5", "unit": "%", "as_written": "下降5%"},
        "as_written 列为“下降5%”",
        "前加负号",
    ),
    ("too long to keep", {"as_written": "很" * 121}, "as_written 列为“很", "最多 120 个字"),
    ("a name too long to keep", {"indicator": "很" * 121}, "indicator 列为“很", "最多 120 个字"),
    ("a figure key too long to keep", {"figure": "x" * 65}, "figure 列为“x", "最多 64 个字"),
    ("a note too long to keep", {"note": "很" * 201}, "note 列为“很", "最多 200 个字"),
]


@pytest.mark.parametrize("story, change, found, remedy", BAD_ROWS)
def test_a_bad_row_is_listed_with_what_was_found_and_what_would_do_and_the_others_import(
    cast: Cast, story: str, change: dict[str, str], found: str, remedy: str
) -> None:
    outcome = bring(csv_of({}, change, {}), cast.statistician)

    (said,) = problems(outcome)
    assert found in said and remedy in said
    assert [row.number for row in outcome.left] == [3]
    assert Observation.objects.count() == outcome.counts["new"] == 2
    assert outcome.batch is not None
    (kept,) = staged(outcome.batch, "rejected", "waiting")
    assert (kept.number, [str(problem) for problem in kept.problems]) == (3, [said])
    assert kept.cells[FIGURE_COLUMNS.index("value")] == change.get("value", "468.30")


def test_all_mistakes_of_a_row_are_listed_at_once(cast: Cast) -> None:
    outcome = bring(
        csv_of({"unit": "斗", "period": "昨天", "region_code": "1", "measure": "guess", "basis": "口袋"}),
        cast.statistician,
    )

    assert len(problems(outcome)) == 5


def test_a_figure_that_stands_twice_is_filed_once(cast: Cast) -> None:
    outcome = bring(csv_of({}, {"figure": "T1#001", "value": "9"}), cast.statistician)

    assert problems(outcome) == ["figure 列为“T1#001”：与第 2 行是同一条记录，请只保留一行。"]
    assert Observation.objects.get().decimals == 2


def test_a_void_figure_does_not_come_back_with_the_same_file(cast: Cast) -> None:
    bring(csv_of({}), cast.statistician)
    row = Observation.objects.get()
    actions.void_observation(record=row.record, version=1, reason="错报", by=cast.statistician, now=NOW)

    outcome = bring(csv_of({"value": "1"}), cast.statistician)

    assert outcome.counts["rejected"] == 1 and "已作废" in problems(outcome)[0]


def test_rows_of_other_places_are_listed_and_not_filed(cast: Cast) -> None:
    outcome = bring(csv_of({}, {"region": "云渡县", "region_code": "990122"}), cast.officer)

    assert problems(outcome) == ["region 列为“云渡县”：不在您的授权范围内。"]
    assert Observation.objects.get().region == cast.county


def test_every_county_has_documents_of_its_own(cast: Cast) -> None:
    """Two counties call their half-year report the same, and neither learns of the other's figures."""
    bring(csv_of({}), cast.statistician)

    outcome = bring(csv_of({"region": "云渡县", "region_code": "990122", "value": "1"}), cast.neighbour)

    assert problems(outcome) == []
    here, there = Observation.objects.order_by("pk")
    assert (here.region, here.version, there.region, there.version) == (cast.county, 1, cast.sibling, 1)
    assert (here.document, here.place) == (there.document, there.place) and here.record != there.record


def test_who_may_not_import_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match=r"import\.run"):
        bring(csv_of({}), cast.stranger)


def test_three_hundred_rows_take_as_many_queries_as_one(cast: Cast) -> None:
    asked = []
    for count in (1, 300):
        data = csv_of(*[{"value": f"{number}"} for number in range(count)])
        bring(data, cast.statistician)
        with CaptureQueriesContext(connection) as queries:
            bring(data, cast.statistician)
        asked.append(len(queries))

    assert asked[0] == asked[1] < 20


# ── whole files ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "encoding, said", [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030"), ("gbk", "GB18030")]
)
def test_a_file_in_either_encoding_is_read_and_said_so(cast: Cast, encoding: str, said: str) -> None:
    table = read_table(csv_of({"note": "万元口径"}, encoding=encoding))
    outcome = bring_table(table, cast.statistician)

    assert table.encoding == said
    assert outcome.batch is not None and outcome.batch.encoding == said
    assert Observation.objects.get().note == "万元口径"


@pytest.mark.parametrize(
    "data", [b"MZ" + b"A" * 3000, "此致敬礼".encode(), b"x\n\n"], ids=["a program", "a text", "a letter"]
)
def test_a_file_that_is_no_table_is_not_taken_for_a_header(db: None, data: bytes) -> None:
    words = header_words(sheet_form("patent"))

    with pytest.raises(Refused, match="文件不是表格：里面只有“"):
        read_table(data, name="setup.csv", words=words)


HEADER = ",".join(FIGURE_COLUMNS).encode()
BAD_FILES = [
    ("empty", b"", "文件是空的"),
    ("blank", b" \r\n\t\n", "文件是空的"),
    ("only a header", HEADER + b"\r\n", "只有表头"),
    ("binary", bytes(range(256)), "认不出"),
    ("a workbook renamed", b"PK\x03\x04" + b"x" * 100, "这是压缩包"),
    ("an old workbook renamed", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 60, "旧版 Office 文件"),
    ("bytes of no encoding", HEADER + b"\n\xff\xff\xff", "UTF-8"),
    ("a quote that is not closed", csv_of({}) + b'"T1,', "不是正确的 CSV"),
    ("text after a quote", csv_of({}) + b'"T1"x,\n', "不是正确的 CSV"),
    ("a quote that is not closed in the header", b'"figure,document\n', "不是正确的 CSV"),
    ("a line without end", csv_of({}) + b"T1#002," + b"x" * 200_000, "不是正确的 CSV"),
    ("a header without end", b"x" * 200_000 + b"\n", "不是正确的 CSV"),
    ("null bytes further on", csv_of(*[{}] * 100) + b"T1#002,\0\n", "认不出"),
]


@pytest.mark.parametrize("story, data, sentence", BAD_FILES)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(story: str, data: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        read_table(data)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    "story, data, sentence",
    [
        ("a missing column", csv_of({}).replace(b"unit,", b"size,"), "缺少必需的列：unit"),
        ("no header at all", b"1,2,3\n4,5,6\n", "缺少必需的列"),
    ],
)
def test_a_header_that_will_not_do_is_refused(cast: Cast, story: str, data: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        bring_table(read_table(data), cast.statistician)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SIZE_LIMIT", 100)

    with pytest.raises(Refused, match="20 MB"):
        read_table(csv_of({}))


def test_lines_of_other_lengths_do_no_harm(cast: Cast) -> None:
    data = csv_of({}) + b"T1#002,T1\r\n" + b",".join([b"x"] * 40) + b"\r\n"

    table = read_table(data)
    outcome = bring_table(table, cast.statistician)

    assert (outcome.counts["new"], outcome.counts["rejected"]) == (1, 2)


# ── a crash ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", ["xingke.intake.rows.figures.write_next_versions", "xingke.accounts.counting.record"])
def test_a_crash_in_the_middle_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    bring(csv_of({}), cast.statistician)
    before = (
        current_seq(),
        Observation.objects.count(),
        ImportBatch.objects.count(),
        AuditEntry.objects.count(),
        ImportChunk.objects.count(),
    )

    def crash(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the machine lost power")

    monkeypatch.setattr(where, crash)
    with pytest.raises(RuntimeError):
        bring(csv_of({"value": "1"}, {}, {"unit": "斗"}), cast.statistician)

    assert (
        current_seq(),
        Observation.objects.count(),
        ImportBatch.objects.count(),
        AuditEntry.objects.count(),
        ImportChunk.objects.count(),
    ) == before
    assert Observation.objects.get().seq_to is None
