"""Who may see the addresses of search."""

from tests.access import EVERYBODY, NEXT_DOOR, READERS, Row

ROWS = {
    "search": Row(READERS | NEXT_DOOR, query="q=明渠"),
    "palette": Row(EVERYBODY, is_page=False),
}
