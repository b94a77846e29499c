"""What is kept beside the answers of a step: its files, what lists show of them, the number of the case."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F

from xingke.accounts import actions as accounts
from xingke.accounts.actions import StoredFile
from xingke.accounts.acts import Act
from xingke.casework import queries
from xingke.casework.models import Case, CaseFact, CaseFile, CaseOnce, CaseSequence, CaseStep
from xingke.casework.rules.answers import listed_facts, said_once
from xingke.casework.rules.forms import CaseForm, FieldType, FormField
from xingke.registry.models import Region


def keep_files(
    row: CaseStep, form: CaseForm, values: Mapping[str, Any], files: Sequence[StoredFile], done: Act
) -> None:
    """The files that the answers name by their digests."""
    by_digest = {file.digest: file for file in files}
    for each in form.fields:
        for digest in values.get(each.name, ()) if each.type is FieldType.FILE else ():
            kept = accounts.keep_attachment(file=by_digest[digest], by=done.account, now=done.now)
            CaseFile(step=row, field=each.name, attachment=kept).save()


def keep_facts(case: Case, form: CaseForm, values: Mapping[str, Any], done: Act) -> None:
    """What lists show of the answers, each in the column of its type; what says the same stays."""
    listed = listed_facts(form, values)
    standing_now = {fact.name: fact for fact in case.facts.filter(seq_to__isnull=True)}
    for each in form.fields:
        if not each.listed:
            continue
        value, before = listed.get(each.name), standing_now.get(each.name)
        columns = queries.fact_columns(each.type, value)
        if before is not None:
            if all(getattr(before, name) == kept for name, kept in columns.items()):
                continue
            before.seq_to = done.seq
            before.save(update_fields=["seq_to"])
        if value is not None:
            CaseFact(case=case, name=each.name, seq_from=done.seq, **columns).save()


def keep_said_once(case: Case, asked: Iterable[FormField], known: Mapping[str, Any], done: Act) -> None:
    """What the newest answers say that no other case may say. No query where nothing is asked that is said once."""
    fields = [each for each in asked if each.once or any(column.once for column in each.columns)]
    if not fields:
        return
    said = {each.key for each in said_once(fields, known)}
    standing_now = {(row.name, row.value): row.pk for row in case.said_once.filter(seq_to__isnull=True)}
    if gone := [pk for key, pk in standing_now.items() if key not in said]:
        CaseOnce.objects.filter(pk__in=gone).update(seq_to=done.seq)
    CaseOnce.objects.bulk_create(
        CaseOnce(case=case, name=name, value=value, seq_from=done.seq)
        for name, value in sorted(said - standing_now.keys())
    )


def next_number(pattern: str, flow: str, region: Region, local: datetime, done: Act) -> str:
    """The next number of a flow in a region and year; empty where its cases have none."""
    if not pattern:
        return ""
    done.lock()
    found, _made = CaseSequence.objects.get_or_create(flow=flow, region=region, year=local.year)
    CaseSequence.objects.filter(pk=found.pk).update(last=F("last") + 1)
    found.refresh_from_db()
    digits = int(pattern.partition("{n:")[2][0])
    filled = pattern.replace("{year}", str(local.year)).replace("{region}", region.code)
    return filled.replace(f"{{n:{digits}}}", f"{found.last:0{digits}}")
