"""Templates hold no script or style of their own, stay in their rooms, and speak through gettext."""

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
PAGES = ROOT / "fundapp" / "pages"

#: Sheets of paper and mails are no pages: a mail must bring its style with it, and neither is served.
PAPERS = {"letters", "mail"}
#: What any room may use. `panel` holds the bid as sent, which reviewer, chair and staff read alike.
SHARED = {"layout.html", "parts", "errors", "panel"}

FILES = sorted(
    path for path in TEMPLATES.rglob("*.html") if path.relative_to(TEMPLATES).parts[0] not in PAPERS
)
#: No pages: macros, and a part of a page that its script asks for again.
HEADLESS = {
    "layout.html", "panel/copy.html", "treasurer/instalment.html", "treasurer/pot_of.html", "treasurer/to_send.html",
}  # fmt: skip
NAMED = [pytest.param(path, id=str(path.relative_to(TEMPLATES))) for path in FILES]

#: Words that are the same in every language, or no words.
SAME_EVERYWHERE = {"MB", "PDF", "CSV", "XLSX", "JSONL", "KB", "API"}

#: A macro that writes only attributes, or a tag whose name is an expression, leaves these between tags.
_ATTRIBUTES = re.compile(r'[\w-]+="[^"]*"|\brequired\b(?= (?:0=|$))')

_environment = Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True)


def bare(source: str) -> str:
    """The markup without what Jinja puts in; an expression leaves a mark, so that an attribute is not empty."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.S)
    # The shape of a page is the class of its grid, not words.
    source = re.sub(r"\{% block shape %\}.*?\{% endblock %\}", "", source, flags=re.S)
    source = re.sub(r"\{%.*?%\}", "", source, flags=re.S)
    return re.sub(r"\{\{.*?\}\}", "0", source, flags=re.S)


class Markup(HTMLParser):
    """Collects what must not be there, and the words that a person would read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.words: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Attributes are looked at one by one."""
        names = {name for name, _ in attrs}
        if "style" in names:
            self.faults.append(f"style= on <{tag}>")
        self.faults += [f"{name}= on <{tag}>" for name in names if name.startswith("on")]
        for name, value in attrs:
            if name in ("href", "src", "action", "formaction") and (value or "").strip().lower().startswith(
                "javascript:"
            ):
                self.faults.append(f"javascript: in {name} of <{tag}>")
            if name in ("aria-label", "alt", "title", "placeholder", "aria-description") and value:
                self.words.append(value)
        if tag == "style" or (tag == "script" and not names & {"src", "nonce"}):
            self.faults.append(f"inline <{tag}>")
        if tag not in ("br", "img", "input", "meta", "link", "hr", "wbr", "path", "circle"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Where a template closes what another opened, nothing is lost."""
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Text between tags."""
        if not {"script", "style", "code"} & set(self._inside):
            self.words.append(data)


def markup(source: str) -> Markup:
    """A template's markup, read."""
    found = Markup()
    found.feed(bare(source))
    found.close()
    return found


def spoken(words: list[str]) -> list[str]:
    """Words of two letters or more that no catalogue would ever see."""
    return [
        text.strip()
        for text in words
        if any(word not in SAME_EVERYWHERE for word in re.findall(r"[^\W\d_]{2,}", _ATTRIBUTES.sub("", text)))
    ]


def unmarked(source: str) -> list[str]:
    """Sentences written as plain strings in an expression, outside any gettext call."""
    found: list[str] = []

    def walk(node: nodes.Node, marked: bool) -> None:
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name):
            marked = marked or node.node.name in {"_", "gettext", "ngettext", "pgettext", "npgettext"}
        if isinstance(node, nodes.Const) and isinstance(node.value, str) and not marked:
            text = node.value
            if re.match(r"[A-Z][a-z]+(\b|$)", text) and text not in SAME_EVERYWHERE:
                found.append(text)
        for child in node.iter_child_nodes():
            walk(child, marked)

    walk(_environment.parse(source), False)
    return found


@pytest.mark.parametrize("path", NAMED)
def test_no_script_or_style_of_its_own(path: Path) -> None:
    """The content security policy would stop it, and somebody would loosen the policy."""
    assert markup(path.read_text()).faults == []


@pytest.mark.parametrize("path", NAMED)
def test_every_word_goes_through_gettext(path: Path) -> None:
    """Welsh is next: what stands between tags must come out of the catalogue."""
    source = path.read_text()
    assert spoken(markup(source).words) == []
    assert unmarked(source) == []


@pytest.mark.parametrize("path", NAMED)
def test_nothing_is_marked_safe(path: Path) -> None:
    """What people typed is data; `| safe` in a page would make it markup."""
    assert not re.search(r"\|\s*safe\b", path.read_text())
    assert "autoescape false" not in path.read_text()


def test_every_page_has_the_common_head() -> None:
    """With the way out in it. Parts, mails, papers and pieces that a script asks for are no pages."""
    bare_pages = {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if path.relative_to(TEMPLATES).parts[0] not in ("parts", "mail", "letters")
        and not path.name.startswith("_")
        and not re.match(r"\s*(\{#.*?#\}\s*)*\{%-? extends ", path.read_text(), re.DOTALL)
    }
    assert bare_pages == HEADLESS


def test_what_is_secret_is_hidden_while_it_is_typed() -> None:
    written = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    fields = re.findall(r"text\('(?:password|current|new)',.*?\) *\}\}", written)
    assert len(fields) >= 3
    assert [field for field in fields if "type='password'" not in field] == []


@pytest.mark.parametrize("path", NAMED)
def test_templates_use_only_their_room_and_what_is_shared(path: Path) -> None:
    """templates/<room> extends, includes and imports nothing of another room."""
    room = path.relative_to(TEMPLATES).parts[0]
    for name in re.findall(
        r"""\{%-?\s*(?:extends|include|import|from)\s+['"]([^'"]+)['"]""", path.read_text()
    ):
        assert name.split("/")[0] in SHARED | {room}, name
        assert (TEMPLATES / name).is_file(), name


def rendered() -> list[tuple[str, str, Path]]:
    """(room of the code, template, file) of every template that a page names."""
    found = []
    for path in sorted(PAGES.rglob("*.py")):
        first = path.relative_to(PAGES).parts[0]
        room = first.removesuffix(".py")
        tree = ast.parse(path.read_text())
        for joined in [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]:
            # A name put together from parts stands for every file that it could mean.
            parts = [str(part.value) if isinstance(part, ast.Constant) else "*" for part in joined.values]
            if "".join(parts).endswith(".html"):
                found += [
                    (room, str(one.relative_to(TEMPLATES)), path) for one in TEMPLATES.glob("".join(parts))
                ]
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                name = node.value
                if name.endswith(".html") and "/" in name and not name.startswith("."):
                    found.append((room, name, path))
    return found


def test_pages_render_only_their_own_templates() -> None:
    """A room shows what stands in its folder, or what is shared."""
    shown = rendered()
    assert len(shown) > 30
    for room, name, path in shown:
        assert name.split("/")[0] in SHARED | {room}, f"{path.name} renders {name}"
        assert (TEMPLATES / name).is_file(), f"{path.name} renders {name}, which is not there"


def test_no_template_lies_about_unused() -> None:
    """What no page renders and no template takes in is dead."""
    used = {name for _, name, _ in rendered()}
    for path in TEMPLATES.rglob("*.html"):
        used |= set(re.findall(r"""(?:extends|include|import|from)\s+['"]([^'"]+)['"]""", path.read_text()))
    by_number = re.compile(r"errors/\d{3}\.html")
    idle = {str(path.relative_to(TEMPLATES)) for path in FILES} - used
    assert {name for name in idle if not by_number.fullmatch(name)} == set()


def test_pages_speak_through_gettext() -> None:
    """No sentence is flashed, or handed back as a problem, as a bare string."""
    bare_words = []
    for path in sorted(PAGES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            given: list[ast.expr] = []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "flash":
                given = node.args[:1]
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                given = [
                    value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "words"
                ]
            bare_words += [
                f"{path.name}:{value.lineno}"
                for value in given
                if isinstance(value, ast.JoinedStr)
                or (isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value)
            ]
    assert bare_words == []


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ('<p style="color:red">{{ _("Hello") }}</p>', ["style= on <p>"]),
        ("<a onclick='go()'>{{ x }}</a>", ["onclick= on <a>"]),
        ("<script>alert(1)</script>", ["inline <script>"]),
        ('<script nonce="{{ csp_nonce }}">go()</script>', []),
        ('<a href="javascript:go()">{{ x }}</a>', ["javascript: in href of <a>"]),
        ("<style>p { color: red }</style>", ["inline <style>"]),
        ('<p{% if wide %} class="{{ wide }}"{% endif %}>{{ x }}</p>', []),
    ],
)
def test_the_scan_sees_what_it_looks_for(source: str, faults: list[str]) -> None:
    """The control."""
    assert markup(source).faults == faults


def test_the_scan_hears_unmarked_words() -> None:
    """The control: words between tags, in attributes, in expressions."""
    assert spoken(markup("<p>Hello {{ name }}</p><img alt='A table'>").words) == ["Hello 0", "A table"]
    assert spoken(markup("<p>{{ _('Hello') }}: {{ name }} · £</p>").words) == []
    assert unmarked("{{ go('Sign in') }}{{ go(_('Sign out')) }}{{ 'is-good' }}") == ["Sign in"]
