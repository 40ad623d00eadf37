"""The operations of reports and cases."""

from functools import partial

from flask import Response

from application.cases.judging import Cases
from application.cases.reporting import Reporting
from domain.identifiers import is_username
from entrypoints.api.auth import reader
from entrypoints.api.errors import BadRequest
from entrypoints.api.operations import Operations
from entrypoints.api.schemas.cases import REPORTS_AT_MOST, Case, CaseList, NewReport, Settling, case_of
from entrypoints.api.schemas.fields import Urls
from entrypoints.api.shape import answered, listed_uncounted, parsed, require_match, single, window

CASES_PER_PAGE = 30


def add_to(api: Operations, urls: Urls, reporting: Reporting, cases: Cases) -> None:
    def case_now(case_id: int) -> Response:
        return answered(case_of(urls, cases.case(reader=reader(), case_id=case_id)))

    takes_report = partial(api.add, "POST", takes=NewReport, status=202, refuses=(403, 404))

    @takes_report(
        "/posts/<id:post_id>/report", "Report a post to the moderators, or say something else about it", tag="Posts"
    )
    def report_post(post_id: int) -> Response:
        report = parsed(NewReport)
        reporting.report_post(actor_id=reader().id, post_id=post_id, kind=report.kind, text=report.text)
        return Response(status=202)

    @takes_report(
        "/comments/<id:comment_id>/report",
        "Report a comment to the moderators, or say something else about it",
        tag="Comments",
    )
    def report_comment(comment_id: int) -> Response:
        report = parsed(NewReport)
        reporting.report_comment(actor_id=reader().id, comment_id=comment_id, kind=report.kind, text=report.text)
        return Response(status=202)

    @takes_report(
        "/users/<username:username>/report",
        "Report a person to the moderators, or say something else about them",
        tag="People",
    )
    def report_person(username: str) -> Response:
        report = parsed(NewReport)
        reporting.report_person(actor_id=reader().id, username=username, kind=report.kind, text=report.text)
        return Response(status=202)

    @api.add(
        "GET",
        "/moderation/cases/",
        "The cases that wait, urgent ones first, then the oldest; or those that are settled, the last one first",
        tag="Moderation",
        gives=CaseList,
        refuses=(403, 404),
        listed=True,
        asks=("state", "about"),
    )
    def case_list() -> Response:
        state, about = single("state"), single("about")
        if state not in (None, "open", "settled"):
            raise BadRequest("state must be open or settled")
        if about is not None and not is_username(about):
            raise BadRequest("about must be a username")
        chosen = cases.settled if state == "settled" else cases.waiting
        page = chosen(reader=reader(), window=window(CASES_PER_PAGE), about=about or "", shown=REPORTS_AT_MOST)
        return listed_uncounted(
            "cases",
            CaseList,
            page,
            partial(case_of, urls),
            newest_first=state == "settled",
            asked=("state", "about"),
        )

    @api.add(
        "GET",
        "/moderation/cases/<id:case_id>",
        "A case",
        tag="Moderation",
        gives=Case,
        refuses=(403, 404),
    )
    def case(case_id: int) -> Response:
        return case_now(case_id)

    @api.add(
        "PATCH",
        "/moderation/cases/<id:case_id>",
        "Settle a case: by an act, or by none",
        tag="Moderation",
        takes=Settling,
        gives=Case,
        refuses=(403, 404, 409),
        versioned=True,
    )
    def settle(case_id: int) -> Response:
        wanted = parsed(Settling)
        require_match(case_now(case_id))
        cases.settle(
            actor_id=reader().id,
            case_id=case_id,
            act=wanted.act,
            days="" if wanted.days is None else str(wanted.days),
            rule=wanted.rule,
            reason=wanted.reason,
        )
        return case_now(case_id)
