"""What is stored: an administrator, the words of the site, search texts that can be found, counters that are right."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from entrypoints.doctor.findings import Finding, Findings, fault, warning, well
from entrypoints.settings import Settings, variable

# Says how far a comparison is: done, of all.
Show = Callable[[int, int], None]
_EXAMPLES = 3


def check_administrators(settings: Settings, deployed: Any) -> Findings:
    found = deployed.repeat().reading(lambda work: work.accounts.lock_administrators())
    remedy = "`chapbook user role NAME Administrator` makes a member one."
    if found:
        yield well(f"Confirmed and enabled administrators: {len(found)}.")
    elif settings.admin_email:
        yield warning(
            "Nobody is administrator yet.",
            f"Register with the address in CHAPBOOK_ADMIN_EMAIL and confirm it, or: {remedy}",
        )
    else:
        yield fault("Nobody is administrator.", f"Set CHAPBOOK_ADMIN_EMAIL before you register, or: {remedy}")


def check_words(settings: Settings, deployed: Any) -> Findings:
    """The settings are no fault where the store holds other values. But who sets them should know."""
    stored = deployed.storage().site_feeds.site()
    if stored is None:
        yield well(f"Nobody has saved the site yet: {variable('site_name')} and {variable('registration')} hold.")
        return
    held = {"site_name": stored.text.name, "registration": stored.text.registration.value}
    others = [name for name in held if name in settings.model_fields_set and getattr(settings, name) != held[name]]
    says = f"The site was saved with the name {held['site_name']}, and with registration {held['registration']}."
    if others:
        says += f" {' and '.join(variable(name) for name in others)} held until then, and no longer count."
    yield well(says)


def check_search(deployed: Any, mends: bool) -> Findings:
    mending = deployed.mending()
    stale = [id for part in mending.stale_texts() for id in part.wrong]
    is_behind = bool(stale) or mending.is_index_behind()
    if not is_behind:
        yield well("The search finds all members by what they are called now.")
        return
    if mends:
        for id in stale:
            mending.store_text(id)
        mending.fill_index()
        yield well(f"The search was behind, and is mended ({len(stale)} texts).")
        return
    yield fault(
        f"The search for members is behind ({len(stale)} texts): it does not find all by what they are called now.",
        "Restart all processes with this version, then run `chapbook doctor --mend`.",
    )


def check_counters(deployed: Any, mends: bool, show: Show) -> Findings:
    mending = deployed.mending()
    drifts = []
    for compared in mending.compare_counters():
        show(compared.done, compared.total)
        drifts += compared.drifts
    if not drifts:
        yield well("They are what they count.")
        return
    if mends:
        for drift in drifts:
            mending.recount(drift)
    yield _drifted(drifts, mends)


def _drifted(drifts: list[Any], mended: bool) -> Finding:
    kinds = Counter(drift.counter.value for drift in drifts)
    says = f"Counters had drifted: {', '.join(f'{kind} ({number})' for kind, number in kinds.items())}."
    examples = tuple(
        f"{drift.counter.value}{f', id {drift.owner_id}' if drift.owner_id else ''}: {drift.stored} instead of"
        f" {drift.counted}"
        for drift in drifts[:_EXAMPLES]
    )
    if mended:
        return well(f"{says} They are mended.", *examples)
    found = fault(says, "Run `chapbook doctor --mend`; the site may be in use meanwhile.")
    return Finding(found.check, found.level, found.says, found.remedy, examples)
