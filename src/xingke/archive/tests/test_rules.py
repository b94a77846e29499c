"""The rules of volumes, with worked cases."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from xingke.archive import rules
from xingke.archive.rules import ArchiveScheme, ManifestFile, ManifestItem, VolumeManifest
from xingke.base.definitions import Catalogue, DefinitionEntry
from xingke.base.refusals import Refused


@pytest.mark.parametrize(
    "pattern, expected",
    [
        ("{fonds}-{category}·{year}·{term}-{n:3}", "J012-WS·2026·D30-007"),  # DA/T 13-2022, by volume
        ("{fonds}-{category}·{year}-{term}-{n:4}", "J012-WS·2026-D30-0007"),  # as DA/T 22-2015 writes items
    ],
)
def test_a_number_is_written_as_the_pack_says(pattern: str, expected: str) -> None:
    assert rules.filled(pattern, fonds="J012", category="WS", year=2026, term="D30", n=7) == expected


def test_a_number_that_grew_longer_than_its_digits_is_whole() -> None:
    assert rules.filled("-{n:3}", n=1234) == "-1234"


@pytest.mark.parametrize(
    "year, years, last",
    [(2015, 10, date(2025, 12, 31)), (2026, 30, date(2056, 12, 31)), (2026, 0, None)],
)
def test_a_term_begins_with_the_year_after_and_for_good_never_ends(year: int, years: int, last: date | None) -> None:
    assert rules.kept_until(year, years) == last


def test_what_was_signed_in_another_year_is_refused_whatever_it_is_about() -> None:
    rules.refuse_other_year(date(2026, 1, 12), 2026)

    with pytest.raises(Refused, match="它的日期是 2026-01-12，归入 2026 年度，不能归入 2025 年度的案卷"):
        rules.refuse_other_year(date(2026, 1, 12), 2025)


@pytest.mark.parametrize("text, kept", [("J012", "J012"), (" j012 ", "J012"), ("0123456789", "0123456789")])
def test_a_fonds_number_is_digits_and_capitals(text: str, kept: str) -> None:
    assert rules.fonds_number(text) == kept


@pytest.mark.parametrize("text", ["", "J-012", "全宗12", "J0123456789", "J012/../"])
def test_anything_else_is_no_fonds_number(text: str) -> None:
    with pytest.raises(Refused, match="由同级综合档案馆给定"):
        rules.fonds_number(text)


@pytest.mark.parametrize(
    "name, path",
    [
        ("纳税申报表.pdf", "0003/02-纳税申报表.pdf"),
        ("../../etc/passwd", "0003/02-_.._etc_passwd"),
        ('a<b>:"c"|?*.docx', "0003/02-a_b___c____.docx"),
        ("没有后缀", "0003/02-没有后缀"),
        ("长" * 300 + ".pdf", f"0003/02-{'长' * 77}.pdf"),
    ],
)
def test_a_file_has_a_name_any_system_can_write_and_stays_in_its_folder(name: str, path: str) -> None:
    assert rules.path_of(3, 2, name) == path


# ── the manifest ────────────────────────────────────────────────────────────────────────────────────────────────────

GOOD, OTHER = b"as it was filed", b"as it was changed"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def manifest(**given: object) -> VolumeManifest:
    file = ManifestFile(path="0001/01-办理记录.html", digest=digest(GOOD), size=len(GOOD))
    item = ManifestItem(
        number="J012-WS·2026·D30-001-0001",
        title="研发费用后补助",
        responsible="青溪县明渠传感科技有限公司",
        document_number="YFBZ-990121-2026-0001",
        on="2026-03-10",
        pages=None,
        note="已同意",
        source="case:01890000-0000-7000-8000-000000000001",
        digest="0" * 64,
        files=(file,),
    )
    usual = {
        "number": "J012-WS·2026·D30-001",
        "fonds": "J012",
        "category": "WS",
        "year": 2026,
        "term": "D30",
        "title": "2026 年研发费用后补助",
        "region": "990121",
        "closed_on": "2026-12-31",
        "ledger": "l",
        "is_fictional": True,
        "items": (item,),
    }
    return VolumeManifest(**{**usual, **given})  # type: ignore[arg-type]


def test_the_canonical_bytes_are_sorted_without_blanks_and_read_back_as_the_same() -> None:
    data = manifest().canonical()

    assert data.startswith(b'{"category":"WS","closed_on":"2026-12-31","fonds":"J012","format":1,')
    assert json.dumps(json.loads(data), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() == data
    assert "研发费用后补助".encode() in data
    assert rules.read_manifest(data) == manifest()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"items": 1}', b'{"items": [{"files": []}]}', b"\xff"])
def test_what_is_no_manifest_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(Refused, match="读不出来"):
        rules.read_manifest(data)


def test_a_manifest_of_a_later_format_is_refused_with_both_numbers() -> None:
    with pytest.raises(Refused, match="格式是第 2 版，本程序只认识第 1 版"):
        rules.read_manifest(manifest(format=2).canonical())


CHANGED = (
    "变了：0001/01-办理记录.html（J012-WS·2026·D30-001-0001 研发费用后补助），清单上是 15 字节、摘要 "
    f"{digest(GOOD)[:16]}，现在是 17 字节、摘要 {digest(OTHER)[:16]}"
)


@pytest.mark.parametrize(
    "kept, faults",
    [
        ({digest(GOOD): GOOD}, []),
        ({}, ["缺少：0001/01-办理记录.html（J012-WS·2026·D30-001-0001 研发费用后补助）"]),
        ({digest(GOOD): OTHER}, [CHANGED]),
    ],
)
def test_each_file_that_is_gone_or_changed_is_named(kept: Mapping[str, bytes], faults: list[str]) -> None:
    def look(file: ManifestFile) -> tuple[str, int] | None:
        data = kept.get(file.digest)
        return None if data is None else (digest(data), len(data))

    assert [str(each) for each in rules.check_files(manifest(), look)] == faults


# ── the pack ────────────────────────────────────────────────────────────────────────────────────────────────────────


def scheme(**given: object) -> ArchiveScheme:
    from pydantic import TypeAdapter

    usual = {
        "code": "archive",
        "number": "{fonds}-{category}·{year}·{term}-{n:3}",
        "item": "-{n:4}",
        "category": [{"code": "WS", "label": {"zh": "文书", "en": "Administrative"}}],
        "term": [{"code": "Y", "label": {"zh": "永久", "en": "For good"}}],
        "source": "样例",
    }
    return TypeAdapter(ArchiveScheme).validate_python({**usual, **given})


def faults(value: ArchiveScheme) -> list[str]:
    catalogue = Catalogue({"archive": [DefinitionEntry("archive", value, {}, "archive.toml")]})
    return [str(each.text) for each in rules.schemes_hold(catalogue)]


def test_a_scheme_that_tells_any_two_volumes_apart_is_taken() -> None:
    assert faults(scheme()) == []


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"number": "{fonds}-{year}-{n:3}"}, "number: name {fonds}, {category}, {year}, {term} and {n:3}, no other"),
        ({"number": "{fonds}{category}{year}{term}{n}"}, "number: name"),
        ({"item": "-0001"}, "item: name {n:4} and nothing else"),
        ({"term": []}, "term: at least one, each code once"),
    ],
)
def test_one_that_does_not_is_refused_at_load(wrong: dict[str, object], said: str) -> None:
    found = faults(scheme(**wrong))

    assert len(found) == 1 and found[0].startswith(said)


def test_a_term_of_less_than_nothing_is_refused() -> None:
    term = scheme().term[0]
    assert faults(replace(scheme(), term=(replace(term, years=-1),))) == ["term: years are not less than 0"]
