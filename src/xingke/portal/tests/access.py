"""Who may see the addresses of portal."""

from tests.access import EVERYBODY, Row

ROWS = {
    "workbench": Row(EVERYBODY, is_public=True),
    "guide": Row(EVERYBODY, is_public=True),
    "gallery": Row(EVERYBODY),
    "health": Row(EVERYBODY, is_public=True, is_page=False),
}
