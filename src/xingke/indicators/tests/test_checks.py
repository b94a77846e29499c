"""What ``xingke check`` says beyond faults of the program."""

from tests.cast import Cast, report
from xingke.indicators import checks


def test_numbers_that_do_not_agree_are_listed_and_are_no_fault(cast: Cast) -> None:
    for name, value in (("专利授权量", "10"), ("发明专利授权量", "13")):
        report(cast.county, "2025", name, value, "件", by=cast.statistician)

    summary, found = checks.identities()

    assert summary.said == "核对关系：数齐可核对的 1 处，不相符 1 处，请核实："
    assert found.said.strip() == (
        "青溪县 2025年 发明专利授权不多于专利授权：发明专利授权量 ≤ 专利授权量，左边 13，右边 10"
    )
    assert summary.problems == found.problems == ()
