"""What ``xingke check`` looks at in the index: that it says of things what they say, as far as it has come."""

from collections.abc import Iterator

from xingke.accounts.queries import current_seq
from xingke.base import searching
from xingke.base.checks import Check, CheckResult
from xingke.base.searching import Searchable
from xingke.search.actions import entries_of, keys_changed
from xingke.search.models import Entry, Progress
from xingke.search.rules import recipe

SAMPLE = 200  # things of a kind that are looked at


def index() -> Iterator[CheckResult]:
    """The index says of some things what they say now, of each kind that is indexed up to the ledger's number."""
    seq = current_seq()
    done = {(each.kind, each.recipe): each.seq for each in Progress.objects.all()}
    ready = [each for each in searching.searchables() if done.get((each.code, recipe(each)), 0) >= seq]
    count, wrong = 0, list[str]()
    for kind in ready:
        keys = keys_changed(kind, 0, seq, most=SAMPLE)
        count += len(keys)
        if differing := _differing(kind, keys):
            wrong.append(f"{kind.label}：{len(differing)} 条与搜索索引不符，请运行 xingke search-index --rebuild")
    if count:
        yield CheckResult(f"搜索索引：抽查 {count} 条，{len(wrong)} 类不符", tuple(wrong))


def _differing(kind: Searchable, keys: list[str]) -> set[str]:
    """The keys of which the index says something else than they do, or that it lacks, or that are gone."""
    said = {entry.key: _told(entry) for entry in entries_of(kind, keys)}
    kept = {entry.key: _told(entry) for entry in Entry.objects.filter(kind=kind.code, key__in=keys)}
    return {key for key in said.keys() | kept.keys() if said.get(key) != kept.get(key)}


def _told(entry: Entry) -> tuple[object, ...]:
    return (entry.identifier, entry.path, entry.organisation, entry.on, entry.is_finished, entry.names, entry.text)


CHECKS = (Check(code="search", find=index, order=90),)
