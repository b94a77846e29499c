"""What reading one file may cost."""

from dataclasses import dataclass

from xingke.press import packages


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What reading one file may cost.

    packed, unfolded, output: bytes of the file, of its parts together, of the rows handed back. memory: bytes above an
    idle process. ratio: unfolded : folded, of the whole and of each part above one MiB. seconds: wall clock, and of
    processor time. notes: remarks kept that damage nothing. damaged: damaged cells after which the file is refused.
    """

    packed: int = 20 << 20
    unfolded: int = 200 << 20
    ratio: int = 100
    entries: int = 1000
    rows: int = 200_000
    columns: int = 200
    memory: int = 300 << 20
    output: int = 128 << 20
    seconds: float = 30
    notes: int = 1000
    damaged: int = 10_000

    @property
    def package(self) -> packages.PackageLimits:
        """The limits of the zip."""
        return packages.PackageLimits(
            packed=self.packed,
            unfolded=self.unfolded,
            part=self.unfolded,
            entries=self.entries,
            ratio=self.ratio,
            part_ratio=self.ratio,
        )
