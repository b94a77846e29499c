"""Places by what people write."""

import pytest

from tests.cast import Cast
from xingke.base.refusals import Refused
from xingke.registry.queries.places import place_called

pytestmark = pytest.mark.db


@pytest.mark.parametrize(
    "written",
    ["990121", "青溪县", " 青溪县 ", "清源市青溪县", "云岭省清源市青溪县", "云岭省 清源市 青溪县", "云岭省青溪县"],
)
def test_a_place_is_found_by_code_name_and_path(cast: Cast, written: str) -> None:
    assert place_called(written) == cast.county


def test_a_name_several_have_is_refused_with_their_codes(cast: Cast) -> None:
    with pytest.raises(
        Refused,
        match="有 2 个叫“西湖区”的区划，请填六位代码：浙江省杭州市西湖区（330106）、江西省南昌市西湖区（360103）。",
    ):
        place_called("西湖区")


def test_a_path_tells_places_of_one_name_apart(cast: Cast) -> None:
    assert place_called("南昌市西湖区").code == "360103"


@pytest.mark.parametrize("written", ["", "999999", "无此县", "昆明市青溪县"])
def test_what_is_no_place_is_refused(cast: Cast, written: str) -> None:
    with pytest.raises(Refused, match="没有名为"):
        place_called(written)
