"""Links for outsiders: one step, one party, once; what is told once is kept nowhere, and every link that opens nothing says why."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from freezegun import freeze_time  # noqa: F401

from tests.cast import NOW, Cast

pytestmark = pytest.mark.db
