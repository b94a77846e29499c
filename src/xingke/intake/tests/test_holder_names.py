"""What is written where an organisation should stand."""

import pytest

from xingke.intake.rules.holder_names import alike, is_placeholder, looks_like_a_person, looks_like_one, written_name

pytestmark = pytest.mark.db

WRITTEN = [
    ("one name", "青溪县锐成建材科技有限公司", ("青溪县锐成建材科技有限公司",), ""),
    ("blanks and a new line", "青溪县达拓技术研发\n有限公司", ("青溪县达拓技术研发有限公司",), ""),
    ("a mark before", "*青溪县瑞安紧固件有限公司", ("青溪县瑞安紧固件有限公司",), ""),
    ("a mark behind", "青溪县晟源汽车零部件有限公司※", ("青溪县晟源汽车零部件有限公司",), ""),
    ("a number before", "3、青溪县锐成建材厂", ("青溪县锐成建材厂",), ""),
    ("a former name", "甲建材有限公司（原乙建材厂）", ("甲建材有限公司",), "乙建材厂"),
    ("a former name, called so", "甲建材有限公司(曾用名：乙建材厂)", ("甲建材有限公司",), "乙建材厂"),
    ("the present name in brackets", "乙建材厂（现更名为甲建材有限公司）", ("甲建材有限公司",), "乙建材厂"),
    ("a remark", "青溪县科技局（盖章）", ("青溪县科技局",), ""),
    ("joint holders", "甲建材有限公司;某某大学", ("甲建材有限公司", "某某大学"), ""),
    ("joint holders in a list", "甲建材有限公司、某某大学，丙研究院", ("甲建材有限公司", "某某大学", "丙研究院"), ""),
    ("joint holders with a word between", "甲建材有限公司与某某大学", ("甲建材有限公司", "某某大学"), ""),
    ("a holder and a person", "兰州交通大学, 张三", ("兰州交通大学", "张三"), ""),
    ("a name with such a word in it", "青溪县农业和水利局", ("青溪县农业和水利局",), ""),
    ("a name with such a sign in brackets", "甲（集团、控股）有限公司", ("甲（集团、控股）有限公司",), ""),
]


@pytest.mark.parametrize("story, text, names, former", WRITTEN, ids=[story for story, *_ in WRITTEN])
def test_a_name_is_taken_out_of_what_is_written(story: str, text: str, names: tuple[str, ...], former: str) -> None:
    found = written_name(text)

    assert (found.names, found.former, found.is_ditto, found.is_nobody) == (names, former, False, False)


@pytest.mark.parametrize("text", ["同上", "〃", "″", '"', "同前"])
def test_a_mark_that_points_at_another_row_is_no_name(text: str) -> None:
    assert (written_name(text).names, written_name(text).is_ditto) == ((), True)


@pytest.mark.parametrize("text", ["个人", "自然人"])
def test_nobody_can_be_said(text: str) -> None:
    assert (written_name(text).names, written_name(text).is_nobody) == ((), True)


@pytest.mark.parametrize(
    "name",
    [
        "青溪县锐成建材科技有限公司",
        "某某企业管理中心（有限合伙）",
        "甲公司（上海）",
        "张记豆腐坊（个体工商户）",
        "王五家庭农场",
        "永丰镇农民专业合作社",
        "某某大学",
        "县农业技术推广中心",
        "清源市第一人民医院",
        "青溪县科学技术局",
        "某某律师事务所",
        "永丰镇甲村",
        "县畜牧站",
        "Foo Bar Co., Ltd.",
    ],
)
def test_what_looks_like_an_organisation(name: str) -> None:
    assert looks_like_one(name) and not looks_like_a_person(name)


@pytest.mark.parametrize(
    "name",
    ["张三", "同上", "本公司", "有关单位", "有限公司", "达拓等3家企业", "暂缺", "待定", "甲公司（张三）", "兴科"],
)
def test_what_does_not(name: str) -> None:
    assert not looks_like_one(name)


@pytest.mark.parametrize("name", ["张三", "欧阳明月", "买买提·艾力"])
def test_what_looks_like_a_person(name: str) -> None:
    assert looks_like_a_person(name)


@pytest.mark.parametrize(
    "name", ["甲公司（变更）", "甲公司（不通过）", "高新技术企业", "拟认定企业", "全县企业", "甲公司（二期）"]
)
def test_a_word_about_firms_is_none(name: str) -> None:
    assert not looks_like_one(name)


@pytest.mark.parametrize(
    "name", ["某某公司", "青溪县某某科技有限公司", "XX有限公司", "同上公司", "测试公司", "无此公司"]
)
def test_what_holds_the_place_of_a_name_is_none(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize("name", ["同济大学", "无锡机床厂", "软件测试有限公司", "未来科技有限公司"])
def test_a_name_that_begins_like_one_is_none(name: str) -> None:
    assert not is_placeholder(name)


def test_a_firm_is_nearly_written_without_its_place_or_with_another_kind_of_company() -> None:
    near = alike("锐成建材有限责任公司", ["青溪县", "青溪"])

    assert {"青溪县锐成建材有限公司", "青溪锐成建材有限责任公司", "锐成建材有限公司"} <= near
    assert "锐成建材有限责任公司" not in near
    assert alike("青溪县科技有限公司", ["青溪县", "青溪"]) == set()
