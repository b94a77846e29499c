"""The tables of the kind."""

from tests.loans.kind import KIND
from xingke.ledger.models import make_tables

Loan, LoanEvent = make_tables(KIND, module=__name__)
