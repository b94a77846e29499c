"""Appraising volumes whose term is over: one keeps longer, two destroy, and what stands afterwards."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from tests.cast import NOW, Cast
from xingke.accounts.models import AuditEntry
from xingke.archive import checks, queries
from xingke.archive.actions import handing
from xingke.archive.actions.appraising import NewAppraisal, appraise, destroy, spare
from xingke.archive.actions.handing import NewHandOver
from xingke.archive.models import ArchiveVolume, VolumeAppraisal
from xingke.archive.tests.filing import TODAY, closed_volume, load_flows, make_archivist, volume
from xingke.base.holding import referred
from xingke.base.refusals import Refused
from xingke.casework.actions import StepWanted, take_step

pytestmark = pytest.mark.db
SignIn = Callable[[str], Client]
OVER = date(2025, 12, 31)


@pytest.fixture
def old(cast: Cast) -> ArchiveVolume:
    """A closed volume whose term is over."""
    load_flows()
    make_archivist(cast)
    found = closed_volume(cast, term="D10")
    ArchiveVolume.objects.filter(pk=found.pk).update(kept_until=OVER)
    found.refresh_from_db()
    return found


def _decided(cast: Cast, old: ArchiveVolume, *, term: str = "", reason: str = "已无保存价值") -> VolumeAppraisal:
    return appraise(new=NewAppraisal(volume=old, term=term, reason=reason), by=cast.officer, now=NOW)


def test_one_keeps_it_longer_from_the_end_of_its_term(cast: Cast, old: ArchiveVolume) -> None:
    row = _decided(cast, old, term="D30", reason="后续项目还要查")
    old.refresh_from_db()
    assert (old.kept_until, row.kept_until, old.state) == (date(2055, 12, 31),) * 2 + ("closed",)
    assert not queries.volumes_seen(cast.officer).filter(queries.outlived(TODAY)).exists()
    with pytest.raises(Refused, match="还没有保管期满"):
        _decided(cast, old)
    assert checks.CHECKS[0].find().__next__().problems == ()  # its term is not what was signed


def test_two_destroy_it_and_the_list_says_who_and_how(cast: Cast, old: ArchiveVolume) -> None:
    files = {file.digest for item in queries.items_of(old) for file in item.files.all()}
    row = _decided(cast, old)
    make_archivist(cast, "officer")
    with pytest.raises(Refused, match="不能自己监销"):
        destroy(appraisal=row, way="删除", by=cast.officer, now=NOW)
    assert old.state == "closed" and files <= referred()

    destroy(appraisal=row, way="电子文件删除", by=cast.director, now=NOW)

    old.refresh_from_db()
    assert old.is_destroyed
    assert [queries.may_open(cast.officer, item) for item in queries.items_of(old)] == [False]
    page = next(file.digest for item in queries.items_of(old) for file in item.files.all() if file.place == 1)
    assert page not in referred()  # the page was the archive's alone, and ends by itself
    assert files - {page} <= referred()  # the files of the case are the case's
    assert checks.CHECKS[0].find().__next__().problems == ()  # the manifest is as it was signed
    entry = AuditEntry.objects.order_by("-seq")[0]
    assert (entry.action, entry.by, entry.detail["digest"]) == ("volume.destroyed", cast.director, old.digest)
    with pytest.raises(Refused, match="已经销毁或退回"):
        spare(appraisal=row, reason="再看看", by=cast.director, now=NOW)


def test_the_database_keeps_to_two_people(cast: Cast, old: ArchiveVolume) -> None:
    row = _decided(cast, old)
    row.done_at, row.done_by, row.way = NOW, row.made_by, "删除"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_what_is_spared_waits_to_be_appraised_anew(cast: Cast, old: ArchiveVolume) -> None:
    row = _decided(cast, old)
    with pytest.raises(Refused, match="已经提请销毁"):
        _decided(cast, old, term="D10")
    spare(appraisal=row, reason="还有审计没有结束", by=cast.director, now=NOW)
    assert _decided(cast, old, term="Y").kept_until is None


def test_a_volume_whose_case_goes_on_again_is_not_destroyed(cast: Cast, old: ArchiveVolume) -> None:
    row = _decided(cast, old)
    case = queries.items_of(old)[0].case
    assert case is not None
    take_step(case=case, wanted=StepWanted(step="reopen", opinion="企业恢复"), seen=2, by=cast.director, now=NOW)
    with pytest.raises(Refused, match="又在办理，不能销毁"):
        destroy(appraisal=row, way="删除", by=cast.director, now=NOW)
    old.refresh_from_db()
    assert old.state == "closed"


def test_what_is_not_to_be_appraised_says_why(cast: Cast, old: ArchiveVolume) -> None:
    with pytest.raises(Refused, match="还没有保管期满"):
        _decided(cast, volume(cast))
    with pytest.raises(Refused, match="请从列表里选"):
        _decided(cast, old, term="D99")
    with pytest.raises(Refused, match="请写明鉴定意见"):
        _decided(cast, old, reason=" ")
    handing.hand_over(new=NewHandOver(volumes=[old], to="档案馆", on=TODAY), by=cast.officer, now=NOW)
    with pytest.raises(Refused, match="先签收或退回"):
        _decided(cast, old)


def test_on_the_pages_from_the_notice_to_the_list(cast: Cast, old: ArchiveVolume, signed_in: SignIn) -> None:
    officer = signed_in("officer")
    url = reverse("archive:volume", args=[old.key])
    appraised = reverse("archive:volume-appraise", args=[old.key])
    assert "保管期满，等待鉴定" in officer.get(url).content.decode()
    assert "请写明鉴定意见" in officer.post(appraised, {"term": "", "reason": ""}).content.decode()
    assert "等另一人监销" in officer.post(appraised, {"reason": "已无保存价值"}, follow=True).content.decode()
    (row,) = VolumeAppraisal.objects.all()
    assert "销毁方式" not in officer.get(url).content.decode()  # not by whoever asked for it
    director = signed_in("director")
    assert "销毁方式" in director.get(url).content.decode()
    gone = reverse("archive:volume-destroy", args=[row.key])
    page = director.post(gone, {"way": "电子文件删除"}, follow=True).content.decode()
    assert "已销毁，目录和签名的清单留着" in page
    assert director.get(reverse("archive:volume-zip", args=[old.key])).status_code == 302
    listed = director.get(reverse("archive:appraisal-list"), {"verdict": "gone"}).content.decode()
    for words in (old.number, "已无保存价值", "电子文件删除", cast.officer.name, cast.director.name):
        assert words in listed


def test_pressed_twice_it_is_decided_once(cast: Cast, old: ArchiveVolume) -> None:
    new = NewAppraisal(volume=old, term="", reason="已无保存价值")
    assert appraise(new=new, by=cast.officer, now=NOW) == appraise(new=new, by=cast.officer, now=NOW)
    assert VolumeAppraisal.objects.count() == 1
