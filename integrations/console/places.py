"""The console's pages that its bar leads to, each with the role that opens it."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.console.sessions import AGENT, DESIGNER, Session


@dataclass(frozen=True)
class Place:
    """A page: its address, its name's key in the catalogue, and whose it is.

    `below`: addresses that begin with it belong to it, too. `demo_only`: nothing outside the demo.
    """

    path: str
    text: str
    role: str
    below: str = ""
    demo_only: bool = False

    def holds(self, address: str) -> bool:
        """Whether a page's address is this place or in it."""
        return address == self.path or bool(self.below and address.startswith(self.below))


PLACES = (
    Place("/console", "app.conversations", AGENT, below="/console/c/"),
    Place("/console/review", "review.place", DESIGNER, below="/console/review/"),
    Place("/console/insights", "insights.place", DESIGNER, below="/console/insights/c/"),
    Place("/console/models", "models.place", DESIGNER),
    Place("/console/mails", "app.mails", AGENT, demo_only=True),
)


def open_to(session: Session, *, demo: bool) -> list[Place]:
    """The places that this person's bar shows; the first is where they begin."""
    return [place for place in PLACES if session.may(place.role) and (demo or not place.demo_only)]


def home(session: Session, *, demo: bool) -> str:
    """Where somebody begins who asked for no page."""
    places = open_to(session, demo=demo)
    return places[0].path if places else "/console"
