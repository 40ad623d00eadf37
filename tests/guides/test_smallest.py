"""The guide to the smallest site, followed word by word: one command behind Caddy."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.running import ROOT
from tests.guides.blocks import blocks_of
from tests.guides.machine import Machine, machine

GUIDE = ROOT / "docs" / "running" / "smallest.md"
HOST = "blog.example.com"
