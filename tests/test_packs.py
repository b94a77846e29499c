"""Packs and region files: all mistakes at once and nothing loaded, or everything in force from the next question on."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.cast import NOW, PACKS, Cast
from xingke.accounts.models import AuditEntry
from xingke.base.definitions import KINDS, DefinitionError, read_pack
from xingke.base.refusals import Refused
from xingke.indicators.queries import indicator, indicators
from xingke.registry import actions, queries
from xingke.registry.models import Definition, Region, Zone

COUNT = """
[[indicator]]
code = "{code}"
version = {version}
label = {{ zh = "{zh}", en = "Firms" }}
meaning = {{ zh = "{zh}", en = "Firms" }}
unit = "{unit}"
nature = "{nature}"
source = "测试"
{more}
"""


def count(
    code: str = "my_firms",
    *,
    version: int = 1,
    zh: str = "企业数",
    unit: str = "家",
    nature: str = "observed",
    more: str = "",
) -> str:
    return COUNT.format(code=code, version=version, zh=zh, unit=unit, nature=nature, more=more)


def pack(folder: Path, *entries: str, **files: str) -> Path:
    """A pack of indicators, and other files by name without ``.toml``; ``indicators/1`` is one of a folder of files."""
    for name, text in {"indicators": "".join(entries), **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, **more: object) -> actions.PackLoad:
    return actions.load_pack(folder=folder, by=None, now=NOW, **more)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_the_packs_that_come_along_are_loaded_and_loading_again_changes_nothing() -> None:
    loaded = load(PACKS / "national")

    assert (loaded.added, loaded.unchanged) == (0, Definition.objects.count())
    assert loaded.unchanged > 200


@pytest.mark.django_db
def test_a_broken_pack_lists_all_its_mistakes_and_loads_nothing(tmp_path: Path) -> None:
    before = Definition.objects.count()
    folder = pack(
        tmp_path / "broken",
        count("good"),
        count("a", unit="斗"),
        count("b", nature="flow", more='of = "recognition"\nwhere = { colour = "red" }\nevents = ["applied"]'),
        count("c", nature="flow", more='of = "gossip"\nevents = ["applied"]'),
        count("d", nature="flow", more='of = "recognition"\nevents = ["abolished"]'),
        count("e", nature="ratio", more='formula = "a ** 2"', unit="%"),
        count("f", nature="ratio", more='formula = "nowhere / a"', unit="%"),
        count("g", nature="stock"),
        count(
            "h",
            nature="flow",
            more="""of = "patent"
where = { form = "painting" }
events = ["granted"]
examples = [{ story = "一件", period = "2024", value = "5", events = [{ subject = "甲", event = "granted", on = "2024-01-01", form = "painting" }] }]""",
        ),
    )

    with pytest.raises(DefinitionError) as refused:
        load(folder)

    said = str(refused.value)
    for mistake in (
        "[[indicator]] a: unit is '斗', which the vocabulary does not have",
        "[[indicator]] b: where.colour is no field of recognition; known: title, level",
        "[[indicator]] c: of is 'gossip'; known kinds: recognition, patent",
        "[[indicator]] d: event 'abolished' is not in the list 'title_event'",
        "[[indicator]] e: formula: 'a ** 2' is none, at character 4: “*”",
        "[[indicator]] f: formula names unknown indicator 'nowhere'",
        "[[indicator]] g: nature 'stock' needs `of`",
        "[[indicator]] h: where.form is 'painting', which the list 'patent_form' does not have",
        "[[indicator]] h: example 1 gives 1; expected 5 (一件)",
    ):
        assert mistake in said
    assert len(refused.value.issues) == 9
    assert Definition.objects.count() == before
    assert "good" not in indicators()


@pytest.mark.django_db
def test_a_pack_that_cannot_be_read_says_which_entry_of_which_file(tmp_path: Path) -> None:
    folder = pack(
        tmp_path / "unreadable",
        count("a", more="colour = 5"),
        count("b").replace('source = "测试"', ""),
        count("c", nature="magic"),
        count("d"),
        count("d"),
        roles='[[role]]\ncode = "x"\n[[emperor]]\ncode = "y"\n',
        names="[[name]\n",
    )

    with pytest.raises(DefinitionError) as refused:
        load(folder)

    said = [str(issue) for issue in refused.value.issues]
    assert any(text.startswith("indicators.toml: [[indicator]] 第 1 条“a”，键 colour: 没有这个键；") for text in said)
    assert "indicators.toml: [[indicator]] 第 2 条“b”，键 source: 没有写；这里要文字，放在引号里。" in said
    assert any(
        text.startswith('indicators.toml: [[indicator]] 第 3 条“c”，键 nature: 写的是 "magic"；') for text in said
    )
    assert "indicators.toml: [[indicator]] 第 5 条“d”: 写了两次；先在 indicators.toml 第 4 条。" in said
    assert "roles.toml: emperor: 这个文件里没有这张表；每一条的前面写 [[role]]。" in said
    assert any(text.startswith("names.toml: 第 1 行") for text in said)
    assert any(text.startswith("roles.toml: [[role]] 第 1 条“x”，键 label: 没有写；") for text in said)


@pytest.mark.django_db
def test_a_pack_may_be_folders_of_files_and_each_mistake_is_named_by_its_own(tmp_path: Path) -> None:
    folder = pack(
        tmp_path / "folders",
        count("a"),
        **{
            "indicators/2_talent": count("c", nature="magic"),
            "indicators/1_money": count("b") + count("a"),
            "indicators/3_broken": "[[indicator]\n",
            "indicators/.4_left_by_an_editor": "[[indicator]\n",
        },
    )

    with pytest.raises(DefinitionError) as refused:
        load(folder)

    said = [str(issue) for issue in refused.value.issues]
    assert said[0] == "indicators/1_money.toml: [[indicator]] 第 2 条“a”: 写了两次；先在 indicators.toml 第 1 条。"
    assert said[1].startswith('indicators/2_talent.toml: [[indicator]] 第 1 条“c”，键 nature: 写的是 "magic"；')
    assert said[2].startswith("indicators/3_broken.toml: 第 1 行")
    assert len(said) == 3


def test_a_file_that_is_called_like_none_is_refused_and_the_names_are_told(tmp_path: Path) -> None:
    """Else what stands in it would be left out without a word."""
    (tmp_path / "flow.toml").write_text("", "utf-8")
    (tmp_path / "formz").mkdir()
    (tmp_path / "formz" / "more.toml").write_text("", "utf-8")
    with pytest.raises(DefinitionError) as refusal:
        read_pack(tmp_path)
    told = [str(each) for each in refusal.value.issues]
    assert [each.partition(":")[0] for each in told] == ["flow.toml", "formz/more.toml"]
    assert all("flows.toml" in each for each in told)


@pytest.mark.django_db
def test_a_pack_that_is_only_folders_of_files_is_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "folders"
    for name in ("a", "b"):
        pack(folder, **{f"indicators/{name}": count(name)})
    (folder / "indicators.toml").unlink()

    assert load(folder).added == 2
    assert indicator("b").unit == "家"


def test_a_definition_in_another_file_of_its_pack_is_the_same(tmp_path: Path) -> None:
    def hashes(folder: Path) -> dict[tuple[str, str, int], str]:
        brought = read_pack(folder)
        entries = [entry for kind in KINDS for entry in brought.of(kind.code)]
        return {(each.kind, each.value.key, each.value.version): each.hash for each in entries}

    national, parted = PACKS / "national", tmp_path / "national"
    for kind in KINDS:
        files = [national / kind.file, *sorted((national / Path(kind.file).stem).glob("*.toml"))]
        text = "\n".join(each.read_text("utf-8") for each in files if each.is_file())
        head, *tables = re.split(rf"^(?=\[\[{kind.code}\]\])", text, flags=re.M)
        (parted / Path(kind.file).stem).mkdir(parents=True)
        (parted / kind.file).write_text(head + "".join(tables[::2]), encoding="utf-8")
        (parted / Path(kind.file).stem / "more.toml").write_text("".join(tables[1::2]), encoding="utf-8")

    assert hashes(parted) == hashes(national)


@pytest.mark.django_db
def test_a_pack_in_another_encoding_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = pack(tmp_path / "gbk")
    (folder / "indicators.toml").write_bytes(count().encode("gb18030"))

    with pytest.raises(DefinitionError, match="不是 UTF-8 编码，请另存为 UTF-8"):
        load(folder)


@pytest.mark.django_db
def test_a_table_where_a_list_was_expected_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder = pack(tmp_path / "single", count().replace("[[indicator]]", "[indicator]"))

    with pytest.raises(DefinitionError, match=r"每一条的前面写 \[\[indicator\]\]"):
        load(folder)


@pytest.mark.django_db
def test_a_folder_that_is_not_there_or_holds_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="没有这个文件夹"):
        load(tmp_path / "nowhere")
    with pytest.raises(DefinitionError, match=r"文件夹里没有 .*indicators\.toml"):
        load(_empty(tmp_path / "empty"))


def _empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.mark.django_db
def test_the_same_version_with_other_content_is_refused_and_a_new_version_replaces(tmp_path: Path) -> None:
    load(pack(tmp_path / "mine", count(zh="企业数")))
    assert indicator("my_firms").label.zh == "企业数"

    with pytest.raises(DefinitionError, match="第 1 版已经装载，内容不同"):
        load(pack(tmp_path / "mine", count(zh="单位数")))
    assert indicator("my_firms").label.zh == "企业数"  # what was in force before stays so

    loaded = load(pack(tmp_path / "mine", count(zh="企业数"), count(zh="单位数", version=2)))

    assert (loaded.added, loaded.unchanged) == (1, 1)
    assert (indicator("my_firms").label.zh, indicator("my_firms").version) == ("单位数", 2)
    assert [row.version for row in Definition.objects.filter(key="my_firms")] == [1, 2]
    assert AuditEntry.objects.filter(action="pack.loaded", target="mine").count() == 2


@pytest.mark.django_db
def test_a_broken_load_leaves_the_catalogue_as_it_was(tmp_path: Path) -> None:
    before = dict(queries.catalogue("indicator"))

    with pytest.raises(DefinitionError):
        load(pack(tmp_path / "mine", count("gdp", version=2, unit="斗")))

    assert dict(queries.catalogue("indicator")) == before


def test_of_regional_definitions_the_nearest_holds(cast: Cast, tmp_path: Path) -> None:
    province = Region.objects.get(code="990000")
    for place, (zh, region) in enumerate([("县里的", cast.county), ("省里的", province), ("市里的", cast.city)]):
        load(pack(tmp_path / f"own{place}", count("gdp", zh=zh)), region=region)

    def said(region: Region) -> str:
        return indicator("gdp", region=region).label.zh

    assert said(cast.county) == "县里的"
    assert said(cast.sibling) == said(cast.city) == "市里的"
    assert said(Region.objects.get(code="990200")) == said(province) == "省里的"
    assert said(Region.objects.get(code="620722")) == indicator("gdp").label.zh == "地区生产总值"


ROLE = """
[[role]]
code = "my_reader"
label = { zh = "查阅", en = "Reader" }
purpose = { zh = "看", en = "Reads" }
permissions = ["record.read"]
"""


def test_a_region_has_its_own_only_of_what_is_asked_for_by_region_and_holds_everywhere(
    cast: Cast, tmp_path: Path
) -> None:
    """Whatever else was loaded for a region would hold nowhere, without a word."""
    with pytest.raises(DefinitionError) as refused:
        load(pack(tmp_path / "own", count("gdp", zh="县里的"), count("nowhere_else"), roles=ROLE), region=cast.county)

    assert [str(issue) for issue in refused.value.issues] == [
        "roles.toml: [[role]] my_reader: 岗位角色对所有区划都一样，不能只为一处装载；请不写 --region 装载。",
        "indicators.toml: [[indicator]] nowhere_else: 还没有对所有区划都有效的这一条，只为一处装载的没有人找得到；请先不写 --region 装载一条。",
    ]
    assert indicator("gdp", region=cast.county).label.zh == "地区生产总值"


def test_a_newer_version_of_a_regional_definition_replaces_the_older_there_only(cast: Cast, tmp_path: Path) -> None:
    load(pack(tmp_path / "own", count("gdp", zh="旧的")), region=cast.county)

    load(pack(tmp_path / "own", count("gdp", zh="旧的"), count("gdp", zh="新的", version=2)), region=cast.county)

    assert indicator("gdp", region=cast.county).label.zh == "新的"
    assert indicator("gdp", region=cast.sibling).label.zh == "地区生产总值"


def test_only_who_may_load_packs_does(cast: Cast, tmp_path: Path) -> None:
    folder = pack(tmp_path / "mine", count())
    with pytest.raises(Refused, match=r"definition\.load"):
        actions.load_pack(folder=folder, by=cast.officer, now=NOW)

    assert actions.load_pack(folder=folder, by=cast.system, now=NOW).added == 1


@pytest.mark.django_db
def test_an_unknown_definition_is_named() -> None:
    with pytest.raises(LookupError, match="no indicator is called 'luck'"):
        indicator("luck")


# ── regions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_the_real_tree_is_whole() -> None:
    real = Region.objects.filter(is_fictional=False, valid_to__isnull=True)

    assert real.filter(parent__isnull=True).get().code == "000000"
    assert real.filter(level="province").count() == 31
    assert real.filter(level="county").count() > 2800
    for region in real.exclude(parent__isnull=True).select_related("parent"):
        low, high = region.parent.range
        assert low <= region.path < high, f"{region.code} lies outside {region.parent.code}"
    assert Region.objects.get(code="620722").name == "民乐县"
    assert Zone.objects.filter(is_fictional=False).count() == 125


REGIONS = "code,name,level,parent,valid_from,valid_to,successor,is_fictional\n"


def regions(folder: Path, rows: str, zones: str = "code,name,region,is_fictional\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "regions.csv").write_text(REGIONS + rows, encoding="utf-8")
    (folder / "zones.csv").write_text(zones, encoding="utf-8")
    return folder


@pytest.mark.django_db
def test_new_regions_are_added_and_known_ones_stay(tmp_path: Path) -> None:
    folder = regions(
        tmp_path / "r",
        "990199,新设县,county,990100,,,,true\n990121,改名县,county,990100,,,,true\n",
        "code,name,region,is_fictional\nZ1,新区,990199,true\n",
    )

    assert actions.load_regions(folder=folder, by=None, now=NOW) == 2
    assert actions.load_regions(folder=folder, by=None, now=NOW) == 0

    assert Region.objects.get(code="990199").parent == Region.objects.get(code="990100")
    assert Region.objects.get(code="990121").name == "青溪县"
    assert Zone.objects.get(code="Z1").region.code == "990199"
    assert AuditEntry.objects.filter(action="regions.loaded", target="r").count() == 1


@pytest.mark.django_db
def test_an_ended_region_knows_its_successor_and_shares_the_code_of_none_in_force(tmp_path: Path) -> None:
    folder = regions(
        tmp_path / "r",
        "990198,旧县,county,990100,2000-01-01,2020-06-30,990121,true\n990198,新县,county,990100,2020-06-30,,,true\n",
    )

    assert actions.load_regions(folder=folder, by=None, now=NOW) == 2

    old = Region.objects.get(code="990198", valid_to=date(2020, 6, 30))
    assert old.successor == Region.objects.get(code="990121")
    assert queries.regions_by_code(["990198"])["990198"].name == "新县"
    assert actions.load_regions(folder=folder, by=None, now=NOW) == 0


BAD_REGIONS = [
    ("unknown parent", "990199,新设县,county,990900,,,,true\n", "第 2 行: 没有代码是“990900”的上级区划"),
    ("unknown level", "990199,新设县,village,990100,,,,true\n", "第 2 行: 级别 level 写的是“village”"),
    ("no code", "x,新设县,county,990100,,,,true\n", "第 2 行: 代码 code 写的是“x”，要六位数字"),
    (
        "a day that is none",
        "990199,新设县,county,990100,2024-13-01,,,true\n",
        "第 2 行: valid_from 写的是“2024-13-01”，不是日子",
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("story, rows, sentence", BAD_REGIONS)
def test_a_broken_region_file_names_the_row_and_adds_nothing(
    tmp_path: Path, story: str, rows: str, sentence: str
) -> None:
    before = Region.objects.count()

    with pytest.raises(DefinitionError, match=sentence):
        actions.load_regions(
            folder=regions(tmp_path / "r", rows + "990197,好县,county,990100,,,,true\n"), by=None, now=NOW
        )

    assert Region.objects.count() == before


@pytest.mark.django_db
def test_a_zone_of_an_unknown_region_is_named(tmp_path: Path) -> None:
    folder = regions(tmp_path / "r", "", "code,name,region,is_fictional\nZ1,新区,990900,true\n")

    with pytest.raises(DefinitionError, match=r"zones\.csv: 第 2 行: 没有代码是“990900”的区划"):
        actions.load_regions(folder=folder, by=None, now=NOW)
