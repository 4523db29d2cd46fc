"""One page for everybody: verb first, by when, in which role."""

from flask import g, render_template

from fundapp.pages.desk import blueprint, own, panel, running, things
from fundapp.pages.gate import gate, held_roles
from fundapp.words.tongue import gettext as _


@blueprint.get("/desk")
@gate("signed_in")
def desk() -> str:
    """Everything that waits for this person, the oldest deadline first; below it, what others have."""
    roles = held_roles()
    waiting, elsewhere = own.things()
    waiting += own.requests()
    if "reviewer" in roles:
        waiting += panel.reading() + panel.talking()
    if "chair" in roles:
        waiting += panel.chairing()
    if "treasurer" in roles:
        waiting += running.paying() + running.giving()
    if "officer" in roles:
        waiting += running.running()
    ordered = things.in_order(waiting)
    items = [things.drawn(thing, number == 0) for number, thing in enumerate(ordered)]
    return render_template(
        "desk/desk.html", items=items, elsewhere=elsewhere, greeting=heading(len(items), g.person.name), roles=roles,
        today=g.arrived,
    )  # fmt: skip


def heading(count: int, name: str) -> str:
    """`Three things wait for you, Ruth`."""
    first = name.split()[0] if name.split() else name
    counted = {
        0: _("Nothing waits for you, %(name)s", name=first),
        1: _("One thing waits for you, %(name)s", name=first),
        2: _("Two things wait for you, %(name)s", name=first),
        3: _("Three things wait for you, %(name)s", name=first),
        4: _("Four things wait for you, %(name)s", name=first),
        5: _("Five things wait for you, %(name)s", name=first),
        6: _("Six things wait for you, %(name)s", name=first),
        7: _("Seven things wait for you, %(name)s", name=first),
        8: _("Eight things wait for you, %(name)s", name=first),
        9: _("Nine things wait for you, %(name)s", name=first),
    }
    return str(counted.get(count) or _("%(count)s things wait for you, %(name)s", count=count, name=first))
