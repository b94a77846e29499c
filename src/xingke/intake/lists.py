"""The list of imports: the reader's own."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xingke.accounts.permissions import Permission
from xingke.intake.models import ImportBatch
from xingke.intake.queries import import_batches
from xingke.intake.showing import OUTCOMES_IN_ORDER, outcome_word, state_of
from xingke.ledger.queries import OBSERVATION
from xingke.ledger.words import kind_choices, kind_word
from xingke.registry.listing import (
    ChoiceFilter,
    DayFilter,
    DeclaredList,
    EmptyList,
    ListColumn,
    ListedCell,
    ListRequest,
    SearchFilter,
)


def _imports(asked: ListRequest) -> QuerySet[ImportBatch]:
    found = import_batches(asked.reader)
    if asked["q"]:
        found = found.filter(file_name__icontains=asked["q"])
    if asked["kind"]:
        found = found.filter(kind=asked["kind"])
    return found.filter(state=asked["state"]) if asked["state"] in ImportBatch.State.values else found


def _kinds() -> list[tuple[str, str]]:
    return [*kind_choices(), (OBSERVATION, kind_word(OBSERVATION))]


def _state_cell(batch: ImportBatch) -> ListedCell:
    state = state_of(batch)
    return ListedCell(state["label"], state=state["state"])


def _count_of(outcome: str) -> ListColumn:
    return ListColumn(
        code=outcome,
        label=outcome_word(outcome),
        is_numeric=True,
        cell=lambda batch: batch.counts.get(outcome, 0),
    )


IMPORTS = DeclaredList(
    code="imports",
    title=gettext_lazy("导入"),
    caption=gettext_lazy("我的导入"),
    file_name=gettext_lazy("我的导入"),
    lead=gettext_lazy("交来一张表，先逐行核对给您看，再由您登记；同一个文件再交一次，不会重复登记。"),
    url_name="intake:import-list",
    permission=Permission.IMPORT_RUN,
    rows=_imports,
    order="-at",
    further=lambda asked: [_count_of(outcome) for outcome in OUTCOMES_IN_ORDER],
    filters=(
        SearchFilter(label=gettext_lazy("文件"), placeholder=gettext_lazy("文件名的一部分")),
        ChoiceFilter(name="kind", label=gettext_lazy("类别"), options=lambda asked: _kinds()),
        ChoiceFilter(
            name="state",
            label=gettext_lazy("状态"),
            options=lambda asked: [(code, str(label)) for code, label in ImportBatch.State.choices],
        ),
        DayFilter(name="on", label=gettext_lazy("日期"), path="prepared_at__date"),
    ),
    columns=(
        ListColumn(
            code="file",
            label=gettext_lazy("文件"),
            sort="file_name",
            is_wide=True,
            cell=lambda batch: ListedCell(batch.file_name, reverse("intake:import", args=[batch.pk])),
        ),
        ListColumn(
            code="kind",
            label=gettext_lazy("类别"),
            is_whole=True,
            cell=lambda batch: kind_word(batch.kind),
        ),
        ListColumn(  # they are handed over in the order of their ids
            code="at",
            label=gettext_lazy("时间"),
            sort="pk",
            is_indexed=True,
            is_whole=True,
            cell=lambda batch: batch.prepared_at,
        ),
        ListColumn(code="state", label=gettext_lazy("状态"), sort="state", cell=_state_cell),
        ListColumn(
            code="seq",
            label=gettext_lazy("台账序号"),
            is_optional=True,
            is_told=True,
            cell=lambda batch: "" if batch.seq is None else str(batch.seq),
        ),
    ),
    empty=lambda asked: EmptyList(title=_("您还没有导入过文件"), text=_("交来一个文件，结果会列在这里。")),
)
