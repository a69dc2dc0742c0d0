"""Files in and out of the app."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()
