"""Imports as jobs: a file that was handed over is read and checked, and what was looked at is filed."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from xingke.base.blobs import Damaged
from xingke.base.jobs import Work
from xingke.base.refusals import Refused
from xingke.base.sayings import say
from xingke.intake.actions import file_batch, stage_again, stage_table, undo_batch
from xingke.intake.actions.handing_over import kept, let_go
from xingke.intake.checking import READING, sheet_form
from xingke.intake.models import ImportBatch
from xingke.intake.reading import header_words, read_table
from xingke.intake.rows.incoming import Options


def prepare(work: Work) -> Mapping[str, Any]:
    """Read a kept file and check its rows."""
    asked = work.payload
    if done := ImportBatch.objects.filter(
        check_job=work.key
    ).first():  # whoever did it was killed before it could say so
        return _leading_to(done)
    try:
        work.step(0, 0, READING)
        form = sheet_form(asked["form"])
        table = read_table(
            _bytes(asked["digest"]), name=asked["file_name"], sheet=asked["sheet"], words=header_words(form)
        )
        batch = stage_table(
            form=form,
            table=table,
            file_name=asked["file_name"],
            by=work.by,
            now=timezone.now(),
            options=Options(**asked["options"]),
            step=work.step,
            job=work.key,
        )
    except Exception:
        let_go(but=work.key)
        raise
    let_go()  # what others left who were killed
    return _leading_to(batch)


def _bytes(digest: str) -> bytes:
    try:
        return kept().get(digest)
    except Damaged:  # let go by whoever was killed before it could say so
        raise Refused(say("这个文件没有通过核对，已不再保存；请改正后重新交来。")) from None


def recheck(work: Work) -> Mapping[str, Any]:
    """Check the rows of a batch again with the choices that were made since."""
    batch = ImportBatch.objects.get(pk=work.payload["batch"], prepared_by=work.by)
    stage_again(batch=batch, options=Options(**work.payload["options"]), by=work.by, step=work.step)
    return _leading_to(batch)


def file(work: Work) -> Mapping[str, Any]:
    """File a batch; one that is filed already stays as it is."""
    batch = ImportBatch.objects.get(pk=work.payload["batch"], prepared_by=work.by)
    file_batch(batch=batch, by=work.by, now=timezone.now(), step=work.step)
    return _leading_to(batch)


def undo(work: Work) -> Mapping[str, Any]:
    """Void what a batch filed; one that was taken back already stays as it is."""
    batch = ImportBatch.objects.get(pk=work.payload["batch"])
    undo_batch(batch=batch, by=work.by, now=timezone.now())
    return _leading_to(batch)


def _leading_to(batch: ImportBatch) -> Mapping[str, Any]:
    return {"url": reverse("intake:import", args=[batch.pk])}
