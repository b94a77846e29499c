"""Sentences are said in the language of whoever reads them, wherever they were made."""

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import translation

from xingke.base import sayings
from xingke.base.labels import Label
from xingke.base.periods import Period
from xingke.base.refusals import YES, Refused, no
from xingke.base.sayings import Saying, kept, plain, say, told

GONE = say("没有名为“%(event)s”的事件。", event="abolished")
NESTED = say("第 %(line)s 行：%(why)s", line=7, why=GONE)
OFFICER = Label("科室人员", "Officer")


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who reads English, with a catalogue of two sentences."""
    catalogue = {
        "没有名为“%(event)s”的事件。": "There is no event “%(event)s”.",
        "第 %(line)s 行：%(why)s": "%(why)s (row %(line)s)",
        "、": ", ",
    }
    monkeypatch.setattr("xingke.base.sayings._translate", lambda text: catalogue.get(text, text))
    monkeypatch.setattr("xingke.base.sayings._language", lambda: "en")


def test_a_saying_is_chinese_where_nobody_translates() -> None:
    """As in the confined reader of files, and wherever else Django was never set up."""
    asked = "from xingke.base.sayings import say; print(say('第 %(line)s 行', line=7)); import sys; print('django' in sys.modules)"
    source = Path(sayings.__file__).parents[2]
    answer = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", asked],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(source)},
    )
    assert answer.stdout == "第 7 行\nFalse\n"


def test_it_is_said_in_the_language_of_whoever_reads_it(english: None) -> None:
    assert str(GONE) == "There is no event “abolished”."
    assert str(NESTED) == "There is no event “abolished”. (row 7)", "what fills a saying is said too, in its own order"


def test_it_waits_for_its_reader() -> None:
    """Nothing is translated when a rule says no, but when the page is made: here with Django's own catalogue."""
    refusal = say("不能为空。")
    with translation.override("en"):
        assert str(refusal) == translation.gettext("不能为空。") != "不能为空。"
    with translation.override("zh-hans"):
        assert str(refusal) == "不能为空。"


def test_labels_and_periods_fill_a_saying_in_both_languages(english: None) -> None:
    assert str(say("%(role)s", role=OFFICER)) == "Officer"
    assert str(say("%(when)s", when=Period.parse("2024-H1"))) == "first half of 2024"
    assert str(say("%(names)s", names=(OFFICER, "李四"))) == "Officer, 李四"


@pytest.mark.parametrize(
    "saying",
    [
        say("文件加了密码，请去掉密码后再试。"),
        NESTED,
        say("%(a)s%(b)s%(c)s", a=OFFICER, b=Period.parse("2024"), c=("甲", OFFICER)),
    ],
)
def test_it_travels_as_json_and_by_pickle(saying: Saying) -> None:
    assert told(json.loads(json.dumps(kept(saying)))) == saying
    assert pickle.loads(pickle.dumps(saying)) == saying


def test_a_plain_text_that_was_kept_before_is_said_as_it_is() -> None:
    assert str(told("已完成 100%（全部）")) == "已完成 100%（全部）"
    assert str(plain("请刷新页面。")) == "请刷新页面。"


def test_only_named_places_are_filled() -> None:
    """A text may come out of a process that read a hostile file: no width, no conversion and no missing name harms."""
    assert str(Saying("%(x)999999999s 100% %s %(gone)s %(x)s", {"x": "甲"})) == "%(x)999999999s 100% %s %(gone)s 甲"


def test_a_refusal_keeps_what_it_says(english: None) -> None:
    refusal = Refused(GONE)
    assert str(refusal) == "There is no event “abolished”."
    assert refusal.saying == GONE
    assert Refused("不行。").saying == Saying("不行。")
    with pytest.raises(Refused, match="There is no event"):
        no(GONE).or_refuse()
    YES.or_refuse()
