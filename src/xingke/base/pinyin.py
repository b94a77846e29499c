"""What a name is sorted by: its pinyin, sign by sign, as a text that every database sorts alike; and its initials, by which it is
found. Knows no Django.

Each Chinese sign is its syllable, its tone and its code (``zhang1`` ``05f20``), so that all 张 stand together between the 章
and the 掌; letters and digits stand for themselves, everything else is passed over. Only a–z and 0–9 are used: collations
disagree on all else.

多音字: a sign is read as it most often is in names, words in which it is read otherwise are listed here, and the first sign
or two of a person's name are read as a surname. What stands in no list is read by pypinyin's table of single signs; its table
of 47,000 idioms is left out: it would take 40 MB in every process, and no firm is called by one.
"""

import os
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")


def _readings(text: str) -> dict[str, str]:
    """What is written as ``word syllable syllable、…``."""
    entries = (entry.split(maxsplit=1) for entry in text.split("、"))
    return {word: said.strip() for word, said in entries}


LENGTH = 300  # of a key: twenty-five Chinese signs
INITIALS = 24  # letters of a name that are looked for
_UNREAD = "zz9"  # what nobody can read comes last

SURNAMES = _readings("""
    单 shan4、解 xie4、仇 qiu2、查 zha1、曾 zeng1、朴 piao2、区 ou1、任 ren2、盖 ge3、华 hua4、繁 po2、
    召 shao4、员 yun4、覃 qin2、黑 he4、折 she2、秘 bi4、种 chong2、缪 miao4、哈 ha3、那 na1、么 yao1、
    过 guo1、逄 pang2、郇 xun2、纪 ji3、葛 ge3、燕 yan1、宁 ning4、应 ying1、隗 wei3、祭 zhai4、车 che1、
    句 gou1、粘 nian2、柏 bai3、翟 zhai2、牟 mou2、都 du1、强 qiang2、乐 yue4、洗 xian3、谌 chen2、尹 yin3、
    令 ling2、盛 sheng4、石 shi2、薄 bo2、长 zhang3、行 xing2、重 chong2、藏 zang4、能 nai4、尉 wei4、万 wan4、
    冼 xian3、尉迟 yu4 chi2、万俟 mo4 qi2、长孙 zhang3 sun1、令狐 ling2 hu2、单于 chan2 yu2、澹台 tan2 tai2、
    宿 su4、贾 jia3、卜 bu3、曲 qu1、于 yu2
""")
"""How a surname is read that is read otherwise, or more than one way, elsewhere."""

SIGNS = _readings("""
    长 chang2、都 du1、调 tiao2、薄 bo2、翟 zhai2、率 lv4、卜 bu3、覃 qin2、泊 bo2、壳 ke2、累 lei3、为 wei2、
    地 di4、曾 zeng1、单 dan1、阿 a1
""")
"""Signs that names read otherwise than a dictionary's first entry."""

WORDS = _readings("""
    银行 yin2 hang2、商行 shang1 hang2、行业 hang2 ye4、车行 che1 hang2、药行 yao4 hang2、分行 fen1 hang2、
    支行 zhi1 hang2、总行 zong3 hang2、洋行 yang2 hang2、农商行 nong2 shang1 hang2、重庆 chong2 qing4、
    重构 chong2 gou4、重阳 chong2 yang2、厦门 xia4 men2、会计 kuai4 ji4、会稽 kuai4 ji1、音乐 yin1 yue4、
    乐器 yue4 qi4、乐清 yue4 qing1、调查 diao4 cha2、调度 diao4 du4、成长 cheng2 zhang3、增长 zeng1 zhang3、
    生长 sheng1 zhang3、长子县 zhang3 zi3 xian4、测量 ce4 liang2、校准 jiao4 zhun3、校验 jiao4 yan4、
    处理 chu3 li3、种植 zhong4 zhi2、蚌埠 beng4 bu4、六安 lu4 an1、六合 lu4 he2、东阿 dong1 e1、阿胶 e1 jiao1、
    番禺 pan1 yu2、台州 tai1 zhou1、天台 tian1 tai1、铅山 yan2 shan1、单县 shan4 xian4、浚县 xun4 xian4、
    尉氏 wei4 shi4、弹性 tan2 xing4、弹簧 tan2 huang2、应用 ying4 yong4、供应 gong1 ying4、反应 fan3 ying4、
    效应 xiao4 ying4、干燥 gan1 zao4、干果 gan1 guo3、转动 zhuan4 dong4、西藏 xi1 zang4、藏药 zang4 yao4、
    宝藏 bao3 zang4、模具 mu2 ju4、参茸 shen1 rong2、人参 ren2 shen1、海参 hai3 shen1、朝阳 chao2 yang2、
    朝鲜 chao2 xian3、自传 zi4 zhuan4、便宜 pian2 yi2、差旅 chai1 lv3、钻石 zuan4 shi2、轧钢 zha2 gang1、
    系统 xi4 tong3、都江堰 du1 jiang1 yan4、降解 jiang4 jie3、相机 xiang4 ji1、照相 zhao4 xiang4、
    提防 di1 fang2
""")
"""Words in which a sign is read otherwise than alone."""

_LONGEST = max(map(len, WORDS))


@lru_cache(maxsize=20_000)
def sort_key(name: str, *, is_person: bool = False) -> str:
    """What a name is sorted by. is_person: it begins with a surname."""
    return "".join(_read_signs(name, is_person=is_person))[:LENGTH]


def initials(name: str, *, is_person: bool = False, places: Iterable[str] = ()) -> tuple[str, ...]:
    """The first letters of a name's signs, as somebody types them: 明渠传感 is ``mqcg``; letters and digits stand for themselves.

    places: where it lies, the nearest first; of a name that begins with one of them, also those of what follows: firms are
    called by that. Each is two letters at least and ``INITIALS`` at most.
    """
    whole = unicodedata.normalize("NFKC", name).strip()
    parts = [whole]
    for place in places:
        known = (place, place[:-1]) if len(place) > 2 else (place,)
        if begun := next((each for each in known if each and whole.startswith(each)), ""):
            parts.append(whole[len(begun) :])
            break
    said = (
        "".join(sign[:1] for sign in _read_signs(part, is_person=is_person) if not sign.startswith(_UNREAD))
        for part in parts
    )
    return tuple(dict.fromkeys(each[:INITIALS] for each in said if len(each) > 1))


def _read_signs(name: str, *, is_person: bool) -> list[str]:
    """Each sign of a name with its syllable, tone and code; see the module."""
    at, tokens = _surname(name) if is_person else (0, [])
    while at < len(name):
        word = next((name[at : at + size] for size in range(_LONGEST, 1, -1) if name[at : at + size] in WORDS), "")
        if word:
            tokens += _read(word, WORDS[word])
        else:
            tokens.append(_sign(name[at]))
        at += len(word) or 1
    return tokens


def _surname(name: str) -> tuple[int, list[str]]:
    """The surname a name begins with, where it is listed: how many signs it has, and how they are read."""
    for size in (2, 1):
        if (said := SURNAMES.get(name[:size])) and len(name) >= size:
            return size, _read(name[:size], said)
    return 0, []


def _read(word: str, said: str) -> list[str]:
    return [f"{syllable}{ord(sign):05x}" for sign, syllable in zip(word, said.split(), strict=True)]


def _looked_up(sign: str) -> str:
    from pypinyin import (
        Style,
        lazy_pinyin,
    )  # its table takes a quarter of a second to load, and most commands read no names

    said = lazy_pinyin(sign, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
    return said[0] if said else ""


@lru_cache(maxsize=8_192)
def _sign(sign: str) -> str:
    if sign.isascii():
        return sign.lower() if sign.isalnum() else ""
    syllable = SIGNS.get(sign) or _looked_up(sign)
    if syllable.isascii() and syllable.isalnum():
        return f"{syllable}{ord(sign):05x}"
    return f"{_UNREAD}{ord(sign):05x}" if sign.isalpha() or ord(sign) >= 0x20000 else ""
