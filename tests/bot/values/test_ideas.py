"""Numbers of ideas."""

from __future__ import annotations

from tests.bot.values.reading import table, values_of


@table(
    """
    idea 12 → 12
    l'idea n. 12 → 12
    l’idea n° 12 → 12
    idea numero 24, ci sto → 24
    idea #12 → 12
    #12 ha il mio voto → 12
    voto la 12 → 12
    voto la numero 14 → 14
    il mio voto va alla 3 → 3
    esprimo voto favorevole alla 2 → 2
    voto contro la 8 si può? → 8
    sposto il voto dalla 3 alla 5 → 3, 5
    idee 3 e 5 → 3, 5
    che fine ha fatto la proposta 9? → 9
    👍 alla 31 → 31
    +1 idea 6 → 6
    ｉｄｅａ １２ → 12
    I vote for 12 → 12
    my vote goes to number 7 → 7
    number 3 gets my vote → 3
    supporting number 21 → 21
    fully behind number 6 → 6
    put me down for number 14 → 14
    idea 5: still going? → 5
    a vote for nr 11 → 11
    suggestion number 22 → 22
    ideas 3 and 5 → 3, 5
    """
)
def test_an_idea_is_found_by_its_number(text: str, values: list[str]) -> None:
    assert values_of("idea_number", text) == values


@table(
    """
    mi è venuta un'idea 2 giorni fa
    un'idea 12
    idea: 3 colori nuovi
    idea 100% lana
    ho 3 idee
    voto 10 e lode
    do un voto 10
    I support 3 charities
    please deliver to my neighbour at number 9
    they left it behind number 9
    la 12 è esaurita
    #12
    numero 12
    the 12 of us vote
    no idea, 40 euros?
    un'idea da 50 euro
    ordine LA-20417, votate la lana
    idea 0
    idea 123456
    number 14, Mill Lane
    ho avuto idee 4 volte
    """
)
def test_other_numbers_are_no_idea(text: str, values: list[str]) -> None:
    assert values_of("idea_number", text) == values
