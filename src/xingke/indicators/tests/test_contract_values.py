"""成交额 and 技术交易额 of registered contracts: two quantities, from the imported table to the indicator."""

import shutil
from collections.abc import Iterator, Mapping
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from tests import cast as casting
from tests.cast import NOW, Cast, confirmer, keep_records
from xingke.base.periods import Period
from xingke.indicators import columns
from xingke.indicators.columns import intact
from xingke.indicators.queries import indicator
from xingke.indicators.queries.reader import Reader
from xingke.intake.actions import import_table
from xingke.intake.checking import sheet_form
from xingke.intake.rows.incoming import Options
from xingke.intake.tests.test_importing_histories import table_of
from xingke.ledger import actions
from xingke.ledger.models import ContractEvent

pytestmark = pytest.mark.db


@pytest.fixture
def kept(transactional_db: None) -> Iterator[Cast]:
    """The cast outside any transaction, the county keeping records of contracts, no columns yet."""
    casting.load_packs()
    cast = casting.gather()
    keep_records(cast.county, by=cast.statistician, kinds=("contract",))
    shutil.rmtree(columns.folder(), ignore_errors=True)
    yield cast
    shutil.rmtree(columns.folder(), ignore_errors=True)


def register(cast: Cast, *amounts: Mapping[str, str]) -> None:
    """Import contracts of one table and have them confirmed."""
    rows = [
        {
            "卖方名称": cast.firm.name,
            "合同类别": "技术开发",
            "合同名称": f"系统{number}",
            "合同登记编号": f"202599012100000{number}",
            "签订日期": "2025-05-10",
            "登记日期": "2025-06-03",
            **each,
        }
        for number, each in enumerate(amounts)
    ]
    outcome = import_table(
        form=sheet_form("contract"),
        table=table_of(*rows),
        file_name="合同.csv",
        by=cast.statistician,
        now=NOW,
        options=Options(region="990121"),
    )
    assert not outcome.left, [str(problem) for problem in outcome.left[0].problems]
    keys = list(ContractEvent.objects.filter(state="draft", seq_to__isnull=True).values_list("record", flat=True))
    actions.confirm_events(records={"contract": keys}, by=confirmer("contract", cast.statistician), now=NOW)


def wan(cast: Cast, code: str) -> Decimal:
    """What an indicator says of the county in 2025, in 万元."""
    found = Reader().value(indicator(code), cast.county, Period.year(2025))
    assert found.amount is not None
    return found.amount * 10_000


def test_both_values_are_added_up_each_by_itself(kept: Cast) -> None:
    register(
        kept,
        {"合同成交金额（万元）": "120", "技术交易额（万元）": "80"},
        {"合同成交金额（万元）": "200", "技术交易额（万元）": "50"},
    )

    assert wan(kept, "contract_registered_value") == 320
    assert wan(kept, "contract_registered_technology_value") == 130
    assert wan(kept, "contract_signed_value") == 320


def test_the_price_alone_counts_as_registered_too(kept: Cast) -> None:
    register(kept, {"合同成交额（万元）": "120"})

    assert wan(kept, "contract_registered_value") == 120
    assert wan(kept, "contract_registered_technology_value") == 0


def test_columns_made_before_the_technology_part_are_made_anew(kept: Cast) -> None:
    register(kept, {"合同成交额（万元）": "120", "技术交易额（万元）": "80"})
    made = columns.rebuild("contract")
    table = pq.read_table(made)
    older = table.drop_columns(["tech_amount"]).replace_schema_metadata(table.schema.metadata)
    with intact.keeping(made.parent, ".".join(made.name.split(".")[:2]), ".parquet") as kept_file:
        pq.write_table(older, kept_file.part)
    for each in (made, *made.parent.glob(f"contract.*{columns.TALLY}")):
        each.unlink()

    assert wan(kept, "contract_registered_technology_value") == 80
    assert columns.source("contract").file is None
    assert "tech_amount" in pq.read_schema(columns.rebuild("contract")).names
    assert wan(kept, "contract_registered_technology_value") == 80
