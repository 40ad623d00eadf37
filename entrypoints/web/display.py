"""The language and the colours of a page: a member's setting, else a visitor's cookie, else the Accept-Language header
of the browser."""

from flask import Blueprint, g, has_request_context, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from application.members import Members
from application.ports.rendering import Renderer
from domain.display import Language, Theme
from domain.errors import Invalid, Problem, Problems
from domain.once import VISITOR
from entrypoints.settings import Settings
from entrypoints.web.decorators import button, open_to_suspended, signed_in
from entrypoints.web.flashes import flash
from entrypoints.web.forms import Form
from entrypoints.web.redirects import own_path
from entrypoints.web.viewer import member, viewer
from entrypoints.words import N_

_SPECIMEN = """\
A paragraph of *some* **length**, with `code`, a [link](/) and a footnote[^1], so that its measure of some 66 characters
can be seen; and a second sentence, because one is not a paragraph.

## A heading

> A quotation, from somebody who knew.

> [!NOTE]
> A note.
>
> *In* two paragraphs.

> [!TIP]
> A tip.

> [!IMPORTANT]
> What is important.

> [!WARNING]
> A warning.

> [!CAUTION]
> A caution.

<details>
<summary>What opens</summary>

> [!NOTE]
> What it holds.

- in a list

</details>

- a list
  - in a list
- [x] a task that is done

1. one
2. two

| Moth | Seen |
|---|---:|
| silver y | 87 |

```python
def greet(name: str) -> str:
    return f"Hello, {name}"  # and nothing more
```

---

[^1]: A note.
"""

# The choices of forms: value and words. Each language is named in its own words.
LANGUAGES = ((Language.ENGLISH.value, "English"), (Language.SIMPLIFIED_CHINESE.value, "简体中文"))
THEMES = (
    (Theme.AUTO.value, N_("As the device has them")),
    (Theme.LIGHT.value, N_("Day")),
    (Theme.DARK.value, N_("Night")),
)

_COOKIE = "display"
_A_YEAR = 31_536_000


def language() -> Language:
    someone = viewer()
    if someone is not None:
        return someone.language
    found: Language | None = g.get("visitors_language")
    if found is None:
        found = g.visitors_language = _chosen()[0] or _accepted()
    return found


def locale() -> str:
    """The language of the page, in the spelling of gettext and CLDR: zh_Hans. Outside of a request it is English."""
    chosen = language() if has_request_context() else Language.ENGLISH
    return chosen.value.replace("-", "_")


def theme() -> Theme:
    someone = viewer()
    if someone is not None:
        return someone.theme
    return _chosen()[1] or Theme.AUTO


def blueprint(members: Members, renderer: Renderer, settings: Settings) -> Blueprint:
    views = Blueprint("display", __name__)

    @views.get("/display")
    @open_to_suspended
    def choose() -> str | Response:
        if viewer() is not None:
            return redirect("/settings/display", 303)
        typed = {"language": language().value, "theme": theme().value, "next": own_path(request.args.get("next"))}
        return render_template("display.html", form=Form(typed))

    @views.post("/display")
    def chosen() -> str | Response | tuple[str, int]:
        form = Form.sent()
        problems = Problems()
        with problems:
            Language.named(form.values["language"])
        with problems:
            Theme.named(form.values["theme"])
        try:
            problems.stop()
        except Invalid as error:
            form.refuse(error)
            return render_template("display.html", form=form), 422
        answer = make_response(redirect(own_path(form.values["next"]), 303))
        # Unsigned: the cookie says nothing about a person, and a visitor may change it.
        answer.set_cookie(
            f"__Host-{_COOKIE}" if settings.is_https else _COOKIE,
            f"{form.values['language']}.{form.values['theme']}",
            max_age=_A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.is_https,
        )
        return answer

    @views.route("/settings/display", methods=["GET", "POST"])
    @signed_in()
    @button(N_("Save"))
    @open_to_suspended
    def own() -> str | Response | tuple[str, int]:
        if request.method != "POST":
            chosen = {"language": member().language.value, "theme": member().theme.value}
            return render_template("members/display.html", form=Form(chosen))
        form = Form.sent()
        try:
            members.edit_profile(actor_id=member().id, language=form.values["language"], theme=form.values["theme"])
        except Invalid as error:
            form.refuse(error)
            return render_template("members/display.html", form=form), 422
        flash(N_("Saved."), "success")
        return redirect("/settings/display", 303)

    def styleguide() -> str:
        written = "Something *with* emphasis, and its preview."
        form = Form({"name": "What was typed", "about": "Several lines\nof it", "choice": "b", "body": written})
        form.add(Problem("wrong", "required"))
        form.add(Problem("choice", "choice"))
        return render_template(
            "styleguide.html",
            form=form,
            post_html=renderer.post(_SPECIMEN, account_id=VISITOR).html,
            preview_html=renderer.comment(written, account_id=VISITOR).html,
        )

    if settings.env == "development":
        views.add_url_rule("/styleguide", view_func=styleguide)
    return views


def _chosen() -> tuple[Language | None, Theme | None]:
    text = request.cookies.get(f"__Host-{_COOKIE}") or request.cookies.get(_COOKIE)
    if not text:
        return None, None
    tag, _, name = text.partition(".")
    try:
        return Language.named(tag), Theme.named(name)
    except Invalid:
        return None, None


def _accepted() -> Language:
    """From Accept-Language (RFC 9110, 12.5.4). Any Chinese language tag gives Simplified Chinese, not English."""
    for tag, quality in request.accept_languages:
        if quality <= 0:
            continue
        if tag.lower().startswith("zh"):
            return Language.SIMPLIFIED_CHINESE
        if tag.lower().startswith("en"):
            return Language.ENGLISH
    return Language.ENGLISH
