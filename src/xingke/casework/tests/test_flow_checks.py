"""A flow that cannot run is refused when its pack is loaded: every mistake, with its step and what was expected."""

import pytest

from xingke.casework.tests.flowing import faults

FORMS = """
[[form]]
code = "asked"
label = { zh = "表", en = "Form" }
field = [
    { name = "amount", label = { zh = "金额", en = "Amount" }, type = "amount", unit = "万元" },
    { name = "day", label = { zh = "日期", en = "Day" }, type = "day" },
    { name = "name", label = { zh = "名称", en = "Name" }, type = "text" },
    { name = "level", label = { zh = "级别", en = "Level" }, type = "term", list = "level" },
    { name = "colour", label = { zh = "颜色", en = "Colour" }, type = "term", list = "colour" },
]
"""
HEAD = 'code = "f"\nlabel = { zh = "样例", en = "Example" }\nmanaged_by = "record.confirm"\n'


def _flow(*steps: str, head: str = "") -> str:
    return "\n".join(
        [f"[[flow]]\n{HEAD}{head}", *(f"[[flow.step]]\nlabel = {{ zh = '步', en = 'Step' }}\n{step}" for step in steps)]
    )


OPEN, END = (
    'code = "a"\nby = ["record.enter"]\nform = "asked"\nnext = ["z"]',
    'code = "z"\nby = ["record.confirm"]\nends = "done"',
)


def _wrong(change: str, head: str = "") -> list[str]:
    """What is said of a flow of two steps whose first one has something more or other."""
    kept = [
        line
        for line in OPEN.splitlines()
        if line.split(" =")[0] not in {each.split(" =")[0] for each in change.splitlines()}
    ]
    return [
        text.removeprefix("[[flow]] f").removeprefix(": ").removeprefix(" step ")
        for text in faults(_flow("\n".join([*kept, change]), END, head=head), FORMS)
    ]


def test_a_flow_of_two_steps_is_enough() -> None:
    assert faults(_flow(OPEN, END), FORMS) == []


@pytest.mark.parametrize(
    "change, said",
    [
        (
            "next = []",
            [
                "a: neither ends the case nor leads on",
                "a: leads to no end: a case that comes here goes on for ever",
                "z: is never reached from the first step",
            ],
        ),
        (
            'next = ["y"]',
            [
                "a: next names no step: 'y'",
                "a: leads to no end: a case that comes here goes on for ever",
                "z: is never reached from the first step",
            ],
        ),
        ('next = ["z", "a"]', ["a: leads back to 'a', which opens a case"]),
        ('code = "withdraw"', ["withdraw: is a step that every flow has; give it another code"]),
        ("by = []", ["a: by names nobody who may take it"]),
        (
            'by = ["party:x", "no.such"]',
            [
                "a: 'party:x' is no party of this flow",
                "a: 'no.such' is neither a permission nor party:…, opener, assignee or clock",
            ],
        ),
        ('by = ["clock"]', ["a: is taken by the clock, but no step has it as late"]),
        ('other_than = ["y"]', ["a: other_than names no step: 'y'"]),
        ('form = "other"', ["a: form 'other' is not known"]),
        (
            'when = "amount > "',
            [
                "a: when: The expression is not complete; what should follow is a number, a text, a name, a function or “(”."
            ],
        ),
        ('when = "amont > 1"', ["a: when: There is no “amont”; is “amount” meant?"]),
        (
            "due = { days = 1, hours = 2 }",
            ["a: due: expected one of working_days, days, months, hours and until, found 2"],
        ),
        ("due = { days = 0 }", ["a: due: days is 0; expected 1 to 10000"]),
        ('due = { until = "amount" }', ["a: due: 'amount' is of the type amount; expected day"]),
        ('late = "z"', ["a: late: nothing is due", "a: late: 'z' is not taken by the clock"]),
        ('not_before = { after = "y", days = 3 }', ["a: not_before: no step is called 'y'"]),
        ('not_before = { after = "z" }', ["a: not_before: expected one of working_days and days"]),
        ('waits_for = { flow = "g" }', ["a: waits_for no known flow: 'g'"]),
        (
            'waits_for = { flow = "f", enough = "3/2" }',
            [
                "a: waits_for 'f', whose cases never stand below this",
                "a: waits_for: enough is '3/2'; expected 'all', 'due', a share such as '2/3' or a number",
            ],
        ),
        ('opens = [{ flow = "f" }]', ["a: opens 'f', which does not name 'f' among below"]),
        ('clock = "pauses"', ["a: clock: the flow has no limit", "a: clock: no step resumes after this pause"]),
        (
            'clock = "extends"',
            [
                "a: extends: is given by the steps whose clock is 'extends', and by no other",
                "a: clock: the flow has no limit",
            ],
        ),
        ('matter = "started"', ["a: matter is 'started'; expected one of opened, accepted, supplemented, closed"]),
        ('assigns = "handler"', ["a: assigns 'handler', which is no party of this flow"]),
        ('files = [{ kind = "no", event = "x" }]', ["a: files 1: kind 'no' is not known; known: "]),
        (
            'files = [{ kind = "milestone", event = "held", fields = { colour = "x" } }]',
            [
                "a: files 1: event 'held' does not happen to a milestone; what does: ",
                "a: files 1: fields: a milestone has no 'colour'; it has ",
            ],
        ),
        (
            'files = [{ kind = "award", event = "won", organisation = "{name}", measures = { amount = "{day}", people = "{amount}" } }]',
            ["a: files 1: organisation: 'name' is of the type text; expected organisation", "amount", "people"],
        ),
    ],
)
def test_every_mistake_is_said_with_its_step(change: str, said: list[str]) -> None:
    found = _wrong(change)
    missing = [text for text in said if not any(text in each for each in found)]
    assert missing == [], found


def test_a_field_the_kind_lacks_or_of_another_type_is_not_filed() -> None:
    fields = '{ programme = "{level}", level = "{level}", colour = "x" }'
    found = _wrong(
        f'files = [{{ kind = "project", event = "approved", fields = {fields}, measures = {{ amount = "{{name}}" }} }}]'
    )
    assert found == [
        "a: files 1: fields programme: 'level' is of the list 'level'; expected 'programme'",
        "a: files 1: fields: a project has no 'colour'; it has programme, level, name, number",
        "a: files 1: amount: 'name' is of the type text; expected amount",
    ]


@pytest.mark.parametrize(
    "head, said",
    [
        (
            'number = "{year}-{m}"',
            "number is '{year}-{m}'; expected words with one {region}, one {year} and one {n:4}",
        ),
        ('below = ["g"]', "below names no flow: 'g'"),
        ('withdrawable_until = ["y"]', "withdrawable_until names no step: 'y'"),
        ("limit = { hours = 3 }", "limit in hours: the clock of a whole case counts days"),
        (
            'parties = [{ role = "p", label = { zh = "甲", en = "P" } }, { role = "p", label = { zh = "乙", en = "P" } }]',
            "party 'p' stands twice",
        ),
    ],
)
def test_what_is_wrong_with_the_whole_is_said_too(head: str, said: str) -> None:
    assert _wrong("next = ['z']", head=head) == [said]


LATE = 'code = "y"\nby = ["clock"]\nends = "lapsed"'
FIRST = OPEN.replace('next = ["z"]', 'next = ["z", "y"]\ndue = { days = 3 }\nlate = "y"')


def test_what_the_clock_takes_asks_nobody_anything() -> None:
    assert faults(_flow(FIRST, END, LATE), FORMS) == []
    found = faults(_flow(FIRST, END, LATE + '\nreason = true\nform = "asked"'), FORMS)
    assert found == ["[[flow]] f step a: late: 'y' has form, reason, which the clock cannot answer for"]


def test_two_flows_do_not_share_numbers_and_two_forms_do_not_share_a_name_for_two_things() -> None:
    head = 'number = "A{region}{year}{n:4}"\n'
    other = _flow(OPEN, END, head=head).replace('code = "f"', 'code = "g"', 1)
    found = faults(_flow(OPEN, END, head=head) + "\n" + other, FORMS)
    assert found == [
        "[[flow]] f: number is that of the flow 'g', too",
        "[[flow]] g: number is that of the flow 'f', too",
    ]
    second = FORMS.replace('code = "asked"', 'code = "again"').replace('unit = "万元"', 'unit = "元"')
    flow = _flow(OPEN, END + '\nform = "again"')
    assert faults(flow, FORMS + second) == ["[[flow]] f: 'amount' is asked by two forms as two things"]


def test_what_opens_a_case_has_nothing_to_wait_for() -> None:
    (found,) = _wrong('when = "amount > 1"')
    assert found.startswith("a: opens the case, so there is nothing to wait for")
