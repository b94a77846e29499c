"""``xingke backsolve``: the target behind a figure and its completion, for a person or a script."""

from collections.abc import Iterable
from decimal import Decimal

from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.indicators.rules.backsolving import MOST, Backsolved, WrittenNumber, backsolve, written_number


def backsolved(value: str, completion: str) -> Backsolved:
    """The targets that fit, both as typed. Raises Refused."""
    figure, share = _read(value), _read(completion)
    if share.unit not in ("", "%"):
        raise Refused(say("“%(text)s”不是完成率，请写 67.78% 这样的百分数。", text=completion))
    try:
        return backsolve(figure, share)
    except ValueError:
        raise Refused(say("合得上的目标超过%(most)d个，推不出。", most=MOST)) from None


def _read(text: str) -> WrittenNumber:
    try:
        return written_number(text)
    except ValueError:
        raise Refused(say("“%(text)s”不是一个大于零的数，请写 610件、5.63亿元、67.78% 这样的数。", text=text)) from None


def as_json(found: Backsolved) -> dict[str, object]:
    """Numbers as JSON numbers, in units of the value. step: one unit of its last printed digit. by: how the completion was printed."""
    return {
        "value": _number(found.value.digits * found.value.step),
        "completion": _number(found.completion.digits * found.completion.step),
        "step": _number(found.value.step),
        "exact": [_number(each) for each in found.exact],
        "rounded": [_number(each) for each in found.rounded],
        "by": "cut" if found.is_cut else "half_up",
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def in_lines(found: Backsolved) -> str:
    """The targets first, in one line; then what speaks for care."""
    unit = found.value.unit
    if not found.found:
        return "没有合得上的目标：这两个数不会出自同一个目标。"
    lines = [_listed(found.found, unit)]
    if not found.exact:
        lines.append(f"只有当 {found.value}{unit} 是四舍五入后的数时才成立。")
    elif len(found.rounded) > len(found.exact):
        lines.append(f"如果 {found.value}{unit} 是四舍五入后的数，还可能是：{_listed(found.rounded, unit)}")
    if found.is_cut:
        lines.append("完成率是截去尾数得到的，不是四舍五入。")
    lines.append("由完成率倒推，不是公布的目标。" if len(found.found) == 1 else "由完成率倒推，不唯一。")
    return "\n".join(lines)


def _listed(targets: Iterable[Decimal], unit: str) -> str:
    return "、".join(f"{each:f}{unit}" for each in targets)
