"""Which font draws which class of type: the customary product where it is installed, an open substitute where it is not.

The standard names classes (仿宋, 黑体, 楷体, 小标宋, 宋体), not products. No font is shipped: they are looked for in the
system's font folders and in folders the caller names (the data folder's ``fonts/``). What no font can draw is an error.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Self

import typst
from fontTools.ttLib import TTFont

DEBIAN_PACKAGE = "fonts-noto-cjk"  # brings Noto Serif CJK SC and Noto Sans CJK SC: enough for every class

_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "Noto Serif SC")
_SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC")


class FontClass(Enum):
    """A class of type as the standard names it.

    label, english: its name. weight: asked of a family that has several (100 thin to 900 black); a family with one is
    taken as it is. customary: the products offices use, best first, some under two names. substitutes: what may stand
    in, best first; the last ones are of another class but draw nearly every character.
    """

    FANGSONG = (
        "仿宋",
        "FangSong",
        400,
        ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "FZFangSong-Z02S", "FZFangSong-Z02", "STFangsong"),
        ("FandolFang", "朱雀仿宋", "Zhuque Fangsong", "Zhuque Fangsong (technical preview)", *_SERIF),
    )
    KAITI = (
        "楷体",
        "KaiTi",
        400,
        ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "FZKai-Z03S", "FZKai-Z03", "STKaiti", "Kaiti SC"),
        ("LXGW WenKai GB", "LXGW WenKai", "霞鹜文楷", "AR PL UKai CN", "AR PL UKai", "FandolKai", *_SERIF),
    )
    HEITI = (
        "黑体",
        "HeiTi",
        500,
        ("SimHei", "黑体", "FZHei-B01S", "FZHei-B01", "STHeiti", "Heiti SC"),
        (*_SANS, "WenQuanYi Zen Hei", "FandolHei"),
    )
    BIAOSONG = (
        "小标宋",
        "XiaoBiaoSong",
        700,
        ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXiaoBiaoSong-B05", "方正小标宋_GBK"),
        ("STZhongsong", "华文中宋", *_SERIF, "SimSun", "Songti SC"),  # a bare Windows or macOS has only 宋体
    )
    SONGTI = (
        "宋体",
        "SongTi",
        400,
        ("SimSun", "宋体", "NSimSun", "STSong", "Songti SC", "FZShuSong-Z01S"),
        (*_SERIF, "FandolSong"),
    )
    LATIN = (
        "西文",
        "Latin",
        400,
        ("Times New Roman",),
        ("Liberation Serif", "TeX Gyre Termes", "Nimbus Roman", "Tinos", "Libertinus Serif"),
    )

    def __init__(
        self, label: str, english: str, weight: int, customary: tuple[str, ...], substitutes: tuple[str, ...]
    ) -> None:
        self.label, self.english, self.weight = label, english, weight
        self.customary, self.substitutes = customary, substitutes


class FontMissing(ValueError):
    """No installed font can draw a class of type."""

    def __init__(self, font_class: FontClass) -> None:
        self.font_class = font_class
        super().__init__(self.sentence())

    def sentence(self, language: str = "zh") -> str:
        """What to do about it, Chinese or English ("en…")."""
        if language.startswith("en"):
            return (
                f"No font for {self.font_class.english} ({self.font_class.label}) is installed, so the PDF was not written: "
                f"install the Debian package {DEBIAN_PACKAGE}, or put a font into the folder fonts/ of the data folder."
            )
        return (
            f"本机没有可用的{self.font_class.label}字体，PDF 未生成：请安装 Debian 软件包 {DEBIAN_PACKAGE}，"
            "或把字体文件放进数据目录的 fonts/ 文件夹。"
        )


class GlyphMissing(ValueError):
    """No font of a class has a character."""

    def __init__(self, character: str, font_class: FontClass, families: Iterable[str]) -> None:
        self.character, self.font_class, self.families = character, font_class, tuple(families)
        super().__init__(self.sentence())

    def sentence(self, language: str = "zh") -> str:
        """Which character, and what to do about it, Chinese or English ("en…")."""
        code = f"U+{ord(self.character):04X}"
        shown = code if unicodedata.category(self.character)[0] in "CZM" else f"{self.character} ({code})"
        tried = ", ".join(self.families)
        if language.startswith("en"):
            return (
                f"No font for {self.font_class.english} ({self.font_class.label}) has the character {shown}, so the PDF was "
                f"not written (looked in {tried}): replace it, or put a font that has it into the folder fonts/ of the "
                "data folder."
            )
        return (
            f"{self.font_class.label}字体里没有字符 {shown}，PDF 未生成（已查：{tried}）："
            "请改用别的写法，或把含有这个字符的字体放进数据目录的 fonts/ 文件夹。"
        )


@dataclass(frozen=True, eq=False)
class Fonts:
    """The fonts of this machine. Build once and keep: looking through the folders takes a tenth of a second and more."""

    searched: typst.Fonts
    faces: Mapping[str, tuple[typst.FontInfo, ...]] = field(repr=False)

    @classmethod
    def found(cls, *folders: Path, is_system_searched: bool = True) -> Self:
        """The fonts below the folders and, unless told otherwise, those of the system. A missing folder holds none."""
        paths = [str(folder) for folder in folders if folder.is_dir()]
        searched = typst.Fonts(include_system_fonts=is_system_searched, include_embedded_fonts=True, font_paths=paths)
        faces: dict[str, tuple[typst.FontInfo, ...]] = {}
        for face in searched.fonts():
            faces[face.family] = (*faces.get(face.family, ()), face)
        return cls(searched, faces)

    def chain(self, font_class: FontClass) -> tuple[str, ...]:
        """The installed families of a class, best first. Raises FontMissing when there is none."""
        known = {family.casefold(): family for family in self.faces}
        wanted = dict.fromkeys(name.casefold() for name in (*font_class.customary, *font_class.substitutes))
        families = tuple(known[name] for name in wanted if name in known)
        if not families:
            raise FontMissing(font_class)
        return families

    def drawing(self, text: str, font_class: FontClass) -> Iterator[tuple[FontClass, str]]:
        """Which class and family draws each character of a text of this class; spaces are left out.

        Latin letters and digits come from the Latin class, all else from the class itself and, where its fonts have no
        such character (Greek, say), from the Latin class after all. Raises FontMissing or GlyphMissing.
        """
        chains = {each: self.chain(each) for each in dict.fromkeys((font_class, FontClass.LATIN))}
        for character in dict.fromkeys(text):
            if character in SPACES:
                continue
            order = (FontClass.LATIN, font_class) if is_latin(character) else (font_class, FontClass.LATIN)
            tried = [(each, family) for each in order for family in chains[each]]
            found = next((pair for pair in tried if self._covers(pair[1], pair[0].weight, character)), None)
            if found is None:
                raise GlyphMissing(character, font_class, dict.fromkeys(family for _, family in tried))
            yield found

    def _covers(self, family: str, weight: int, character: str) -> bool:
        upright = [face for face in self.faces[family] if face.style == "normal"] or self.faces[family]
        face = min(upright, key=lambda face: abs(face.weight - weight))
        if face.path is None:  # one that typst itself carries: Latin only
            return is_latin(character)
        return ord(character) in _characters(face.path, face.index)


@lru_cache(maxsize=64)
def _characters(path: str, index: int) -> frozenset[int]:
    """The characters a face has glyphs for."""
    with TTFont(path, fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@lru_cache(maxsize=8)
def installed(*folders: Path) -> Fonts:
    """The fonts of the system and of the folders, looked for once in the life of the process."""
    return Fonts.found(*folders)


SPACES = " \u3000"
LATIN_RANGES = ((0x20, 0x7E), (0xA0, 0xA0), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x17F))


def is_latin(character: str) -> bool:
    """Whether the Latin font draws it: ASCII and accented letters, but none of the marks that Chinese type has too."""
    return any(low <= ord(character) <= high for low, high in LATIN_RANGES)
