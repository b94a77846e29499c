"""Who may see the addresses of search."""

from tests.access import EVERYBODY, NEXT_DOOR, READERS, Row

ROWS = {
    "search": Row(READERS | NEXT_DOOR | {"commissioner"}, query="q=明渠"),  # whose own cases are all that they find
    "palette": Row(EVERYBODY, is_page=False),
}
