"""Judges a tree, or a change of it: its findings, its decision records and its sign-offs together."""

from datetime import UTC, datetime

from msgspec.structs import replace

from seatrial.app import base, decided, git, signoffs
from seatrial.app.audit import Request, find, recalling, report_on
from seatrial.app.progress import Progress
from seatrial.gate.decisions import with_decisions
from seatrial.gate.standing import with_standing
from seatrial.model.verdict import Report


def judge(
    request: Request, progress: Progress | None = None, *, run_commands: bool = False, reviewed: bool = True
) -> Report:
    """The report with the whole verdict. With `request.changed_since`, records and people count as they were there.

    Runs nothing of the tree, unless `run_commands` says that the commands of decision records may be run. Sign-offs
    are not asked for if it is not `reviewed` yet.

    Raises as `audit`, and:
        DecisionError: a decision record or a sign-off cannot be read.
    """
    request = replace(request, gate=True)
    audited = find(request, progress or Progress())
    commit = git.merge_base(request.root, request.changed_since) if request.changed_since else ""
    today = datetime.now(UTC).date()
    settings = audited.settings
    accepted = signoffs.accepted(request.root, request.changed_since)
    asked = decided.Asked(
        request.root,
        commit,
        today,
        settings.exclude,
        signed=accepted.decisions,
        mandate=accepted.mandate,
        run_commands=run_commands,
    )
    records, gaps = decided.gather(asked)
    analysis = replace(audited.analysis, gaps=(*audited.analysis.gaps, *gaps))
    report = report_on(recalling(replace(audited, analysis=analysis), request), request)
    verdict = with_decisions(report.verdict, records, settings.judged_by.fail_on)
    told = base.notices(request.root, request.changed_since) if request.changed_since else ()
    verdict = replace(verdict, notices=(*verdict.notices, *told, *decided.elsewhere(request.root)))
    if accepted.mandate and reviewed:
        seen = signoffs.Seen(signoffs.grave(report.verdict))
        verdict = with_standing(verdict, signoffs.standing(request.root, request.changed_since, seen))
    return replace(report, verdict=verdict)
