"""Who may see the addresses of search."""

from tests.access import NEXT_DOOR, READERS, Row

ROWS = {
    "search": Row(READERS | NEXT_DOOR, query="q=明渠"),
}
