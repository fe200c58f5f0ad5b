"""The verbs of story.yml that happen in Slack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from tests.care import until
from tests.e2e.scenario.telling import Customers
from tests.people.customers import CustomerOn
from tests.people.in_slack import DELIVERED, READ, AgentInSlack, CaseInSlack
from tests.simulators.slack import SlackSimulator
from tests.simulators.telegram.customers import PNG


class Desk(Customers):
    """Marta answers, Luca sits beside her."""

    def __init__(
        self,
        slack: SlackSimulator,
        conversation_of: Callable[[CustomerOn], str],
        *customer: object,
    ) -> None:
        super().__init__(*customer)
        self.slack = slack
        self.marta = AgentInSlack(slack, "Marta", real_name="Marta Rossi")
        self.luca = AgentInSlack(slack, "Luca", real_name="Luca Ferri")
        self._conversation_of = conversation_of
        self._cases: list[CaseInSlack] = []

    @property
    def case(self) -> CaseInSlack:
        return self._cases[-1]

    # -- what agents do --------------------------------------------------------------------------

    def agent_claims(self, _: None) -> None:
        self.marta.presses(self.case.ts, "ascolto_claim")

    def agent_tries_to_send(self, name: str) -> None:
        """Marta writes for the customer when the case isn't hers."""
        self._stays_inside(self.marta, name)

    def colleague_tries_to_send(self, name: str) -> None:
        self._stays_inside(self.luca, name)

    def agent_keeps(self, name: str) -> None:
        self._asked(name, "ascolto_keep")

    def agent_sends_when_asked(self, name: str) -> None:
        self._asked(name, "ascolto_send")

    def agent_sends(self, name: str) -> None:
        self.marta.writes(self.case, f"!{self.words[name]}")

    def agent_sends_by_shortcut(self, name: str) -> None:
        self.marta.sends_on(self.marta.writes(self.case, self.words[name]))

    def agent_sends_a_file(self, name: str) -> None:
        file = ("ricevuta.pdf", self.file, "application/pdf")
        self.marta.writes(self.case, f"!{self.words[name]}", file=file)

    def agent_fills_in(self, modal: Sequence[str]) -> None:
        button, name = modal
        self.marta.fills_in(self.case, button, self.words[name])

    # -- what Slack does -------------------------------------------------------------------------

    def slack_delivers_twice(self, what: str | Sequence[str]) -> None:
        """The same event, or press, comes once more while the first is being answered."""
        verb, name = (what, None) if isinstance(what, str) else what
        self.slack.faults.duplicate_next = 1
        getattr(self, verb.replace(" ", "_"))(name)

    def slack_delivers_late(self, names: Sequence[str]) -> None:
        """Marta sends several messages, and Slack delivers them late and the last one first."""
        post = partial(self.slack.post, self.marta.id, thread_ts=self.case.ts)
        self.marta.at_worst(*(partial(post, f"!{self.words[name]}") for name in names))

    # -- what stands there -----------------------------------------------------------------------

    def case_opens(self, facts: Sequence[str]) -> None:
        """A new card says all of it, with a link to the console."""
        conversation_id = self._conversation_of(self.customer)
        number = len(self._cases) + 1
        self._cases.append(CaseInSlack.of(self.slack, conversation_id, number))
        self.card_says(facts)

    def card_says(self, facts: Sequence[str]) -> None:
        self.case.says(*(self.words[fact] for fact in facts))

    def transcript_holds(self, names: Sequence[str]) -> None:
        """One message, the first of the thread."""
        transcript = self.case.thread()[0]
        missing = [name for name in names if self.words[name] not in transcript]
        assert not missing, (missing, transcript)

    def thread_shows(self, names: Sequence[str]) -> None:
        """Each once."""
        for name in names:
            self.case.shows(self.words[name])

    def thread_shows_a_correction(self, name: str) -> None:
        self.case.shows(self.words[name])
        if self.customer.edits:
            [shown] = [text for text in self.case.thread() if self.words[name] in text]
            assert "corretto" in shown

    def thread_shows_as_replaced(self, name: str) -> None:
        """What came after its own correction."""
        self.case.shows(self.words[name])
        if self.customer.turns_round:
            [shown] = [text for text in self.case.thread() if self.words[name] in text]
            assert "sostituito dalla correzione" in shown

    def thread_shows_the_picture(self, name: str) -> None:
        """Its bytes, or where Slack doesn't get those a line that names it under its words."""
        self.case.shows(self.words[name])
        if self.customer.brings_files:
            until(lambda: PNG in self.case.files(), "the picture in the thread")
        else:
            [shown] = [text for text in self.case.thread() if self.words[name] in text]
            assert ":paperclip: maglia.png" in shown

    def delivery_is_marked_on(self, names: Sequence[str]) -> None:
        for name in names:
            words = self.words[name]
            until(lambda w=words: self.case.mark(w) in (DELIVERED, READ), f"the mark on {words!r}")

    # -- parts -----------------------------------------------------------------------------------

    def _stays_inside(self, agent: AgentInSlack, name: str) -> None:
        """Said to them alone; that it never arrives is seen in what the customer hears next."""
        notices = len(self.slack.shown_to(agent.id))
        agent.writes(self.case, f"!{self.words[name]}")
        until(lambda: len(self.slack.shown_to(agent.id)) > notices, f"why {name} stays inside")

    def _asked(self, name: str, answer: str) -> None:
        self.marta.writes(self.case, self.words[name])
        self.marta.answers(self.words[name], answer)
