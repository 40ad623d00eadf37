"""The first page of administration: what needs attention, what there is to do each day, and the numbers."""

import platform
from datetime import date
from importlib.metadata import version

from flask import Blueprint, render_template
from flask_babel import format_date, format_decimal, gettext

from application.overview import Overseeing
from entrypoints.web import charts
from entrypoints.web.decorators import signed_in
from entrypoints.web.viewer import member


def blueprint(overseeing: Overseeing) -> Blueprint:
    views = Blueprint("overview", __name__)

    @views.get("/admin")
    @signed_in()
    def overview() -> str:
        return render_template(
            "overview/overview.html",
            overview=overseeing.overview(reader=member()),
            program=version("chapbook"),
            python=platform.python_version(),
            number=format_decimal,
            short_day=_short_day,
            bars=charts.bars,
            width_of=charts.width_of,
            chart_height=charts.HEIGHT,
        )

    return views


def _short_day(day: date) -> str:
    # Translators: a pattern of CLDR for a day of this year, in a chart.
    return str(format_date(day, gettext("d MMM")))
