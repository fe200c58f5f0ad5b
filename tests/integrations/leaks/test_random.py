"""Any order of what people and platforms do: nothing internal leaks, nothing written is lost."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import select

from integrations.conversations.tables import inbound
from tests.integrations.leaks.floor import ASKS, INSIDE, Floor
from tests.integrations.leaks.test_table import CHANNELS
from tests.people.customers import CustomerOn
from tests.people.in_slack import WORDS, AgentInSlack, CaseInSlack, arrived

CUSTOMERS = st.sampled_from(range(len(CHANNELS)))
AGENTS = st.sampled_from(range(2))
CLOSING = st.sampled_from(["ascolto_return", "ascolto_resolve"])


class Day(RuleBasedStateMachine):
    """A customer on each channel, two agents of the team and somebody of another company.

    Who holds a case is looked up when all is quiet, and changes by presses alone: so it is known
    of everything that an agent writes whether it is for the customer. What is, must arrive once;
    what isn't carries the word that may reach nobody.
    """

    def __init__(self, floor: Floor) -> None:
        super().__init__()
        self.floor = floor
        self.slack = floor.slack
        self.customers: list[CustomerOn] = []
        self.said: list[tuple[int, str]] = []
        self.corrected: list[str] = []
        self.messages: dict[int, list[str]] = {}
        self.for_customers: list[tuple[int, str]] = []
        self.agents = [floor.agent("Marta", real_name="Marta Rossi"), floor.agent("Luca")]
        self.guest = floor.agent("Ospite", team="T0ALTRI")

    @initialize(holders=st.lists(st.sampled_from([None, 0, 0, 1]), min_size=4, max_size=4))
    def everybody_asks_for_a_person(self, holders: list[int | None]) -> None:
        """And most have one when the day begins."""
        self.customers = [self.floor.customer(channel) for channel in CHANNELS]
        for who in range(len(CHANNELS)):
            self._says(who, f"{ASKS} ({self._number()})")
        self._settle()
        for who, by in enumerate(holders):
            if by is not None:
                self._press(self.agents[by], self._case(who), "ascolto_claim")
        self._settle()

    # -- customers -------------------------------------------------------------------------------

    @rule(who=CUSTOMERS, asks=st.booleans())
    def customer_writes(self, who: int, asks: bool) -> None:
        self._says(who, f"{ASKS if asks else 'cliente dice'} ({self._number()})")

    @rule(who=CUSTOMERS)
    def customer_corrects(self, who: int) -> None:
        text = f"cliente corregge ({self._number()})"
        if self.customers[who].edits:
            self.customers[who].corrects(self.messages[who][-1], text)
            self.corrected.append(text)

    @rule(who=CUSTOMERS)
    def platform_repeats(self, who: int) -> None:
        self._settle()
        self.customers[who].again(self.messages[who][-1])

    @rule(who=CUSTOMERS)
    def customer_writes_late(self, who: int) -> None:
        texts = [f"cliente in ritardo ({self._number()})" for _ in range(2)]
        self.customers[who].writes_late(texts)
        self.said += [(who, text) for text in texts]

    # -- agents ----------------------------------------------------------------------------------

    @rule(who=CUSTOMERS, by=AGENTS)
    def agent_claims(self, who: int, by: int) -> None:
        self._settle()
        self._press(self.agents[by], self._case(who), "ascolto_claim")
        self._settle()

    @rule(who=CUSTOMERS, by=AGENTS, action=CLOSING)
    def agent_closes(self, who: int, by: int, action: str) -> None:
        """What is noted at the end stays inside; the bot may quote its word, so there is none."""
        self._settle()
        agent = self.agents[by]
        self._press(agent, self._case(who), action)
        self._settle()
        view = self.slack.modal(agent.id)
        if view is not None and "submit" in view.view:
            words = "" if action == "ascolto_return" else f"{INSIDE} {self._number()}"
            arrived(self.slack.submit(view.id, {WORDS: words}))
        self._settle()
        if view is not None and view.open:
            self.slack.close(view.id)

    @rule(who=CUSTOMERS, by=AGENTS)
    def agent_sends(self, who: int, by: int) -> None:
        self._write(self.agents[by], who, f"!{self._words(by, who)}")

    @rule(who=CUSTOMERS, by=AGENTS)
    def agent_sends_by_shortcut(self, who: int, by: int) -> None:
        agent = self.agents[by]
        ts = self._write(agent, who, self._words(by, who))
        self.slack.shortcut(agent.id, ts, "send_to_customer")

    @rule(who=CUSTOMERS, by=AGENTS, then=st.sampled_from(["", "broadcast", "edit", "delete"]))
    def agent_remarks(self, who: int, by: int, then: str) -> None:
        """Among the team, perhaps changed to what would have gone out, or taken back."""
        agent, words = self.agents[by], f"{INSIDE} {self._number()}"
        ts = self._write(agent, who, words, broadcast=then == "broadcast")
        if then == "edit":
            self.slack.edit(agent.id, ts, f"!{words}")
        elif then == "delete":
            self.slack.delete(agent.id, ts)

    @rule(who=CUSTOMERS, bang=st.sampled_from(["", "!"]))
    def outsider_writes(self, who: int, bang: str) -> None:
        self._write(self.guest, who, f"{bang}{INSIDE} {self._number()}")

    @rule(by=AGENTS)
    def agent_writes_beside_the_threads(self, by: int) -> None:
        self.slack.post(self.agents[by].id, f"!{INSIDE} {self._number()}")

    # -- Slack -----------------------------------------------------------------------------------

    @rule()
    def slack_repeats(self) -> None:
        self.slack.outbox.again(self.slack.outbox.sent[-1])

    @rule()
    def slack_is_late(self) -> None:
        self.slack.faults.hold = True

    @rule(reverse=st.booleans())
    def slack_catches_up(self, reverse: bool) -> None:
        self.slack.outbox.release(reverse=reverse)

    # -- promises --------------------------------------------------------------------------------

    def teardown(self) -> None:
        self._settle()
        assert self.floor.leaks() == []
        self._what_was_sent_arrived_once()
        self._what_was_said_is_known()

    def _what_was_sent_arrived_once(self) -> None:
        heard = [[each.text for each in customer.heard()] for customer in self.customers]
        for who, words in self.for_customers:
            assert [words in texts for texts in heard].count(True) == 1, words
            assert heard[who].count(words) == 1, (words, heard[who])

    def _what_was_said_is_known(self) -> None:
        """Stored once and disposed of, and the bot or the desk has it.

        A correction of what was answered already is kept for the desk, which need not look.
        """
        bot = self.floor.known_to_the_bot()
        for text in self.corrected:
            query = select(inbound.c.disposition).where(inbound.c.text == text)
            found = self.floor.read(lambda conn, q=query: conn.execute(q).scalars().all())
            assert len(found) == 1, (text, found)
        for who, text in self.said:
            query = select(inbound.c.disposition).where(inbound.c.text == text)
            found = self.floor.read(lambda conn, q=query: conn.execute(q).scalars().all())
            assert len(found) == 1, (text, found)
            # For what was superseded its correction stands.
            if found != ["superseded"] and text not in bot:
                assert text in self._desk(who), (CHANNELS[who], text)

    # -- parts -----------------------------------------------------------------------------------

    def _number(self) -> str:
        # Never the same in two runs: all days share one gateway.
        return f"{next(self.floor.numbers):05}."

    def _says(self, who: int, text: str) -> None:
        self.messages.setdefault(who, []).append(self.customers[who].says(text))
        self.said.append((who, text))

    def _words(self, by: int, who: int) -> str:
        """Words of an agent to a customer, if the case is theirs."""
        if self._holder(who) == self.agents[by].name:
            self.for_customers.append((who, f"per il cliente {self._number()}"))
            return self.for_customers[-1][1]
        return f"{INSIDE} {self._number()}"

    def _write(self, agent: AgentInSlack, who: int, text: str, **more: Any) -> str:
        ts, _ = self.slack.post(agent.id, text, thread_ts=self._case(who).ts, **more)
        return str(ts)

    def _press(self, agent: AgentInSlack, case: CaseInSlack, action: str) -> None:
        try:
            arrived(self.slack.click(agent.id, case.ts, action))
        except LookupError:
            return

    def _case(self, who: int) -> CaseInSlack:
        """Their newest case."""
        return CaseInSlack.of(self.slack, self.floor.conversation_of(self.customers[who]), 0)

    def _holder(self, who: int) -> str | None:
        # Who comes back to a case that was resolved finds its agent again.
        self.floor.quiet(slack=False)
        return self.floor.holder(self.customers[who])

    def _desk(self, who: int) -> str:
        """All that stands in Slack about them."""
        place = f"/console/c/{self.floor.conversation_of(self.customers[who])}"
        return "\n".join(
            text
            for card in self.slack.cards()
            if place in str(card.blocks)
            for text in CaseInSlack(self.slack, card).thread()
        )

    def _settle(self) -> None:
        self.slack.outbox.release()
        self.floor.quiet()


def test_no_day_leaks_or_loses(floor: Floor) -> None:
    run_state_machine_as_test(
        lambda: Day(floor),
        settings=settings(
            max_examples=25,
            stateful_step_count=24,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
