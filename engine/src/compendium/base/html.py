"""HTML from templates: what is filled in is text and shown as it stands, unless a template made it."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from compendium.base import escape
from compendium.base.texts import TomlTranslations, TranslatedText, of
from compendium.base.vocabulary import ANSWERS, SINCE, STRENGTHS, TRUSTS, VERDICTS, WEIGHTS


@cache
def environment() -> Environment:
    """Return the environment of the templates in compendium/templates; a name without a value is an error."""
    found = Environment(
        loader=PackageLoader("compendium"), autoescape=True, finalize=escape_unless_markup, undefined=StrictUndefined
    )
    found.trim_blocks = found.lstrip_blocks = True
    found.globals |= {"ANSWERS": ANSWERS, "SINCE": SINCE, "STRENGTHS": STRENGTHS, "TRUSTS": TRUSTS}
    found.globals |= {
        "VERDICTS": VERDICTS,
        "WEIGHTS": WEIGHTS,
        "Spoken": TomlTranslations,
        "of": of,
        "each": render_in_page_languages,
    }
    return found


@pass_context
def render_in_page_languages(context: Context, text: TranslatedText | TomlTranslations, separator: str = " ") -> Markup:
    """Return a text in each of the `languages` of a page: the first is that of the page, another is marked as such."""
    first, *others = context["languages"]
    marked = [Markup('<span lang="{}">{}</span>').format(one, escape_unless_markup(text[one])) for one in others]
    return Markup(separator).join([escape_unless_markup(text[first]), *marked])


def escape_unless_markup(value: object) -> Markup:
    """Return a value as HTML: what is HTML already as it is, text escaped so that no formula or tag begins in it."""
    return value if isinstance(value, Markup) else Markup(escape.html(value))


def render(template: str, /, **values: object) -> Markup:
    """Return the template compendium/templates/`template`.html filled with values."""
    return Markup(environment().get_template(f"{template}.html").render(values))
