"""Lines at the end of an official paper: what is one, and what only looks like one."""

import pytest

from xingke.press.closing import is_closing

CLOSING = [
    "（联系人：张某；联系电话：0936-4421234）",
    "联系人：张三　联系电话：0936—4421022",
    "联系电话：0936-4421234",
    "联系人：李四，电话：13800000000，邮箱：kjj@example.gov.cn",
    "联系单位：青溪县科学技术局 电话：0936-4421234 传真：0936-4421235 邮编：734500",
    "电话：12345热线",
    "附件：1.民乐县2024年上半年科技项目表",
    "附件：青溪县2024年科技工作要点（征求意见稿）",
    "抄送：市科学技术局，县委办公室，县政府办公室。",
    "青溪县科学技术局办公室　　2024年7月5日印发",
    "（此件公开发布）",
]


@pytest.mark.parametrize("line", CLOSING)
def test_a_closing_line_is_one(line: str) -> None:
    assert is_closing(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "以上各句系误报，应予删除。",
        "联系电话：63项",
        "联系电话：0936-4421234，全年实为63项",
        "联系人：以上数字作废不予采信",
        "附件：1.全年获批项目63项情况表",
        "附件：以上数字有误",
        "附件：1.情况表，以上数字以此为准",
        "全年立项63项。（联系人：张某）",
        "抄送：以上数字均系误报",
        "2.科技项目表",
        "县科技局2024年立项63项印发",
    ],
)
def test_what_says_more_is_none(line: str) -> None:
    assert not is_closing(line)


def test_further_items_of_a_list_follow_its_first() -> None:
    assert is_closing("2.科技人才名单", follows="附件：1.科技项目表")
    assert is_closing("3.科技人才名单", follows="2.科技项目表")
    assert not is_closing("2.科技人才名单", follows="一是抓项目。")
