"""Avatars. Each member gets an animal in three colours, drawn in SVG from the account id alone.

The SVG uses attributes only, no style and no script, so the strictest content security policy allows it.
"""

import hashlib
from collections.abc import Iterator

_PAPERS = ("#f5ead3", "#f0e1c3", "#f4e5da", "#ebe5d1")
_INKS = ("#231c17", "#2d1f1a", "#1d2530", "#2a2030")
_ACCENTS = (
    "#c9442b", "#d69a26", "#66863c", "#2e837c", "#3d5f9e", "#8b4772", "#b15c28", "#d2707a", "#5d97ba", "#8d8a2f",
)  # fmt: skip

# The drawing has 64 by 64 units. `P` is replaced by the colour of the paper, `I` by the ink, `A` by the accent.
_SKIES = (
    "",
    '<circle cx="32" cy="34" r="27" fill="A"/>',
    '<circle cx="49" cy="15" r="10" fill="A"/>',
    '<circle cx="14" cy="14" r="8" fill="A"/><circle cx="19" cy="12" r="7" fill="P"/>',
    '<path d="M0 46q8-5 16 0t16 0 16 0 16 0v18H0z" fill="A"/>',
    '<path d="M0 40L14 26l12 12 12-16 26 24v18H0z" fill="A"/>',
    '<path d="M0 0h64v64H0z" fill="A"/>',
    '<path d="M4 64V30a28 28 0 0 1 56 0v34z" fill="A"/>',
)
_EARS = (
    # cat, bear, rabbit, owl, dog, deer, goat, mouse, crested bird, fox
    '<path d="M15 34L13 9l18 13zM49 34L51 9 33 22z" fill="I"/><path d="M18 24l-1-8 6 5zM46 24l1-8-6 5z" fill="A"/>',
    (
        '<g fill="I"><circle cx="17" cy="20" r="8"/><circle cx="47" cy="20" r="8"/></g>'
        '<g fill="P"><circle cx="17" cy="20" r="3.5"/><circle cx="47" cy="20" r="3.5"/></g>'
    ),
    (
        '<path d="M27 28C17 21 16 8 20 2c7 3 10 14 10 26zM37 28C47 21 48 8 44 2c-7 3-10 14-10 26z" fill="I"/>'
        '<path d="M21 7q5 6 5 14M43 7q-5 6-5 14" stroke="P" stroke-width="2.4" fill="none"/>'
    ),
    '<path d="M14 32L10 11q8 9 22 8 14 1 22-8l-4 21z" fill="I"/>',
    '<path d="M26 20C8 11 4 26 8 43c8 1 12-8 15-15zM38 20c18-9 22 6 18 23-8 1-12-8-15-15z" fill="I"/>',
    (
        '<path d="M25 24C20 18 20 12 20 5M20 15l-9-7M22 19l-10-1M39 24c5-6 5-12 5-19M44 15l9-7M42 19l10-1" '
        'stroke="I" stroke-width="3.2" fill="none" stroke-linecap="round"/>'
    ),
    (
        '<path d="M28 24C26 10 16 4 6 9c8 1 10 10 13 19zM36 24C38 10 48 4 58 9c-8 1-10 10-13 19z" fill="I"/>'
        '<path d="M17 12l4-3M20 17l5-3M47 12l-4-3M44 17l-5-3" stroke="P" stroke-width="1.6"/>'
    ),
    (
        '<g fill="I"><circle cx="14" cy="19" r="11"/><circle cx="50" cy="19" r="11"/></g>'
        '<g fill="A" stroke="P" stroke-width="1.6"><circle cx="14" cy="19" r="6"/><circle cx="50" cy="19" r="6"/></g>'
    ),
    (
        '<path d="M32 24C24 18 14 18 11 11q11 0 17 7-5-8-3-16 7 5 8 14 2-9 9-12 1 9-4 15 6-6 14-5-5 9-16 10z" '
        'fill="I"/><path d="M28 7l3 11M39 8l-4 10" stroke="A" stroke-width="1.6"/>'
    ),
    '<path d="M13 36L8 6l20 14h8L56 6l-5 30z" fill="I"/><path d="M15 25l-2-10 8 6zM49 25l2-10-8 6z" fill="P"/>',
)
_HEADS = (
    '<ellipse cx="32" cy="37" rx="19" ry="18" fill="I"/>',
    '<ellipse cx="32" cy="38" rx="22" ry="16" fill="I"/>',
    '<path d="M12 28q20-15 40 0-1 19-20 32Q13 47 12 28z" fill="I"/>',
    '<path d="M32 18c14 0 17 10 18 22 0 13-7 18-18 18s-18-5-18-18c1-12 4-22 18-22z" fill="I"/>',
    '<path d="M18 20h28l5 22-11 16H24L13 42z" fill="I"/>',
    '<path d="M32 17c11 0 15 7 15 17 0 8-4 10-5 17-1 6-5 8-10 8s-9-2-10-8c-1-7-5-9-5-17 0-10 4-17 15-17z" fill="I"/>',
)
_EYES = (
    (
        '<g fill="P"><circle cx="24" cy="33" r="6"/><circle cx="40" cy="33" r="6"/></g>'
        '<g fill="I"><circle cx="24" cy="33" r="2.8"/><circle cx="40" cy="33" r="2.8"/></g>'
    ),
    (
        '<path d="M17 34q7-8 12 1-7 4-12-1zM47 34q-7-8-12 1 7 4 12-1z" fill="P"/>'
        '<g fill="I"><circle cx="24" cy="33" r="2"/><circle cx="40" cy="33" r="2"/></g>'
    ),
    '<g fill="P"><circle cx="24" cy="33" r="3.2"/><circle cx="40" cy="33" r="3.2"/></g>',
    '<path d="M19 32q5 6 10 0M35 32q5 6 10 0" stroke="P" stroke-width="2.8" fill="none" stroke-linecap="round"/>',
    (
        '<path d="M18 31h12a6 6 0 0 1-12 0zM34 31h12a6 6 0 0 1-12 0z" fill="P"/>'
        '<g fill="I"><circle cx="25" cy="33" r="2"/><circle cx="39" cy="33" r="2"/></g>'
    ),
    '<g fill="A" stroke="P" stroke-width="2.4"><circle cx="24" cy="33" r="4.8"/><circle cx="40" cy="33" r="4.8"/></g>',
    (
        '<path d="M19 33q5-6 10 0" stroke="P" stroke-width="2.8" fill="none" stroke-linecap="round"/>'
        '<circle cx="40" cy="33" r="5" fill="P"/><circle cx="40" cy="33" r="2.4" fill="I"/>'
    ),
)
_MUZZLES = (
    (
        '<path d="M28 42h8l-4 5z" fill="A"/><path d="M32 47v3M32 50q-4 4-7 1M32 50q4 4 7 1" stroke="P" '
        'stroke-width="1.8" fill="none" stroke-linecap="round"/>'
    ),
    '<path d="M32 38l5 6-5 10-5-10z" fill="A" stroke="P" stroke-width="1.4"/>',
    '<ellipse cx="32" cy="47" rx="9" ry="6.5" fill="P"/><path d="M29 44h6l-3 4z" fill="I"/>',
    '<path d="M28 43h8l-4 4zM9 41l13 3M8 48l14-1M55 41l-13 3M56 48l-14-1" fill="P" stroke="P" stroke-width="1.5"/>',
    '<path d="M32 36q-6 10-5 17 5 4 10 0 1-7-5-17z" fill="P"/><path d="M29 50h6l-3 4z" fill="I"/>',
    (
        '<path d="M26 41h12l-6 5z" fill="A"/><path d="M32 45v5" stroke="P" stroke-width="1.6"/>'
        '<path d="M28 50h3.4v5H28zM32.6 50H36v5h-3.4z" fill="P"/>'
    ),
    (
        '<g fill="P"><circle cx="27.5" cy="48" r="5.5"/><circle cx="36.5" cy="48" r="5.5"/></g>'
        '<path d="M27 41h10l-5 6z" fill="A"/>'
    ),
)
_MARKS = (
    "",
    '<path d="M32 20v7M27 21l1 6M37 21l-1 6" stroke="P" stroke-width="2" stroke-linecap="round"/>',
    '<path d="M32 23.5v.1M27 25v.1M37 25v.1" stroke="P" stroke-width="3" stroke-linecap="round"/>',
    '<path d="M32 20l2 4 4 1-4 2-2 4-2-4-4-2 4-1z" fill="A"/>',
    '<path d="M30 18h4l2 20h-8z" fill="P"/>',
    '<path d="M19 27q5-4 9-1M45 27q-5-4-9-1" stroke="P" stroke-width="2" fill="none" stroke-linecap="round"/>',
    '<path d="M16 29l3 9M48 29l-3 9" stroke="P" stroke-width="3"/>',
)


def avatar_svg(account_id: int | None) -> str:
    """A standalone square SVG. The same id always gets the same SVG. None is a deleted member."""
    if account_id is None:
        return _svg(_GONE, "#e6e0d4", "#8f887d", "#cbc4b7")
    pick = _picks(account_id)
    paper, ink, accent = _PAPERS[next(pick) % 4], _INKS[next(pick) % 4], _ACCENTS[next(pick) % 10]
    sky, ears, head, eyes, muzzle, marks = (
        parts[next(pick) % len(parts)] for parts in (_SKIES, _EARS, _HEADS, _EYES, _MUZZLES, _MARKS)
    )
    return _svg(
        f'{sky}{_strokes(pick)}<g stroke="P" stroke-width="1.4">{ears}{head}</g>{_fur(pick)}{marks}{eyes}{muzzle}',
        paper,
        ink,
        accent,
    )


_GONE = (
    '<path d="M8 64q2-16 24-16t24 16z" fill="A"/><ellipse cx="32" cy="30" rx="14" ry="15" fill="A"/>'
    '<path d="M6 14h20M30 14h28M6 22h10M48 22h10M6 50h6M52 50h6M22 30h20M24 36h16" stroke="I" stroke-width="1.6"/>'
)


def _picks(account_id: int) -> Iterator[int]:
    digest = hashlib.sha256(b"avatar:%d" % account_id).digest()
    return (digest[at] << 8 | digest[at + 1] for at in range(0, 32, 2))


def _strokes(pick: Iterator[int]) -> str:
    """Short strokes in the sky. The id decides their slant."""
    lean, wide, first, kind = next(pick) % 21 - 10, 5 + next(pick) % 4, next(pick) % 5, next(pick) % 3
    if kind == 0:
        rows = "".join(f"M{first + 9 * n} {4 + n * 5 % 13}l{lean} {wide}" for n in range(8))
    elif kind == 1:
        rows = "".join(
            f"M0 {first + wide * n}h{4 + n * 7 % 9}M64 {first + wide * n}h-{4 + n * 5 % 9}" for n in range(9)
        )
    else:
        rows = "".join(f"M{first + 4 + 14 * (n % 5)} {5 + 8 * (n // 5) + n % 2 * 4}l{lean / 4:g} 2" for n in range(10))
    return f'<path d="{rows}" stroke="I" stroke-width="1.7" stroke-linecap="round"/>'


def _fur(pick: Iterator[int]) -> str:
    """Light strokes on both cheeks."""
    long, steps, lean = 3 + next(pick) % 4, 2 + next(pick) % 3, next(pick) % 5 - 1
    left = "".join(f"M{16 + n} {38 + 4 * n}l{long} {lean}" for n in range(steps))
    right = "".join(f"M{48 - n} {38 + 4 * n}l-{long} {lean}" for n in range(steps))
    return f'<path d="{left}{right}" stroke="P" stroke-width="1.5" stroke-linecap="round"/>'


def _svg(drawing: str, paper: str, ink: str, accent: str) -> str:
    drawing = f'<path d="M0 0h64v64H0z" fill="P"/>{drawing}'
    for letter, colour in (("P", paper), ("I", ink), ("A", accent)):
        drawing = drawing.replace(f'"{letter}"', f'"{colour}"')
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">{drawing}</svg>'
