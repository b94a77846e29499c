"""Imports as jobs: a file that was handed over is read and checked, and what was looked at is filed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from xingke.accounts.actions import ask_for_job
from xingke.accounts.models import Job, User
from xingke.base.blobs import Store
from xingke.base.jobs import Work
from xingke.ledger import importing
from xingke.ledger.incoming import Options
from xingke.ledger.models import ImportBatch

PREPARE, FILE = "import.prepare", "import.file"


def kept() -> Store:
    """Where files that were handed over are kept."""
    return Store(Path(settings.DATA) / "attachments")


def hand_over(*, data: bytes, file_name: str, form: str, sheet: str, options: Options, by: User) -> Job:
    """Keep a file and ask for it to be checked."""
    payload = {
        "digest": kept().put(data), "file_name": file_name[-200:], "form": form, "sheet": sheet,
        "options": options.stored(),
    }  # fmt: skip
    return ask_for_job(kind=PREPARE, payload=payload, by=by, now=timezone.now())


def prepare(work: Work) -> Mapping[str, Any]:
    """Read a kept file and check its rows."""
    asked = work.payload
    if done := ImportBatch.objects.filter(
        check_job=work.key
    ).first():  # whoever did it was killed before it could say so
        return _leading_to(done)
    work.step(0, 0, importing.READING)
    form = importing.sheet_form(asked["form"])
    table = importing.read_table(kept().get(asked["digest"]), name=asked["file_name"], sheet=asked["sheet"])
    batch = importing.prepare(
        form=form, table=table, file_name=asked["file_name"], by=work.by, now=timezone.now(),
        options=Options(**asked["options"]), step=work.step, job=work.key,
    )  # fmt: skip
    return _leading_to(batch)


@transaction.atomic
def ask_to_file(*, batch: ImportBatch, by: User) -> Job:
    """Ask for what was looked at to be filed; while that is being done, asking again leads to the same job."""
    batch = ImportBatch.objects.select_for_update().select_related(None).get(pk=batch.pk)
    if batch.file_job is None or batch.file_job.is_over:
        batch.file_job = ask_for_job(kind=FILE, payload={"batch": batch.pk}, by=by, now=timezone.now())
        batch.save(update_fields=["file_job"])
    return batch.file_job


def file(work: Work) -> Mapping[str, Any]:
    """File a batch; one that is filed already stays as it is."""
    batch = ImportBatch.objects.get(pk=work.payload["batch"], prepared_by=work.by)
    importing.file(batch=batch, by=work.by, now=timezone.now(), step=work.step)
    return _leading_to(batch)


def _leading_to(batch: ImportBatch) -> Mapping[str, Any]:
    return {"url": reverse("ledger:import", args=[batch.pk])}
