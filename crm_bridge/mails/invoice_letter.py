"""A copy of an invoice, in plain text."""

from __future__ import annotations

from crm_bridge.calendar import day_of
from crm_bridge.invoices.models import Invoice
from crm_bridge.mails.house import House
from crm_bridge.mails.texts import greeted, one_line
from crm_bridge.mails.wording import day, money
from crm_bridge.orders.models import Order
from crm_bridge.people.models import Person

# Prices include it: the shop's articles are all sold at the full Italian rate.
VAT_PERCENT = 22

_SUBJECT = {"it": "Copia della fattura {number}", "en": "Copy of invoice {number}"}
_BODY = {
    "it": """\
Ciao{name},

ecco la copia della fattura {number} del {issued}
per l'ordine {order} del {placed}.

{lines}

Emessa da:
{seller}
    Partita IVA {vat}

Intestata a:
{buyer}

È una copia di cortesia. Se con l'ordine hai chiesto la fattura elettronica, l'originale è nel
tuo cassetto fiscale.

Un caro saluto da Biella,
{company}
""",
    "en": """\
Hello{name},

here is the copy of invoice {number} of {issued}
for order {order} of {placed}.

{lines}

Issued by:
{seller}
    VAT number {vat}

Made out to:
{buyer}

This is a courtesy copy. If you asked for an invoice with your VAT number when you ordered, that
one is the original.

Warm wishes from Biella,
{company}
""",
}
_WORDS = {
    "it": ("Spedizione", "Sconti e arrotondamenti", "Totale", "di cui IVA {vat}%", "imponibile"),
    "en": ("Shipping", "Discounts and rounding", "Total", "VAT {vat}% included", "net amount"),
}


def vat_cents(total_cents: int) -> int:
    """The VAT that a total including it holds."""
    return total_cents - round(total_cents * 100 / (100 + VAT_PERCENT))


def written(
    invoice: Invoice, order: Order, person: Person, language: str, house: House
) -> tuple[str, str]:
    """Subject and text; the order's lines must be loaded."""
    text = _BODY[language].format(
        name=greeted(person.first_name),
        number=invoice.number,
        issued=day(day_of(invoice.issued_at), language),
        order=order.number,
        placed=day(day_of(order.placed_at), language),
        lines=_table(order, language),
        seller=_indented([house.company, *house.lines]),
        vat=house.vat,
        buyer=_indented(_buyer(order, person)),
        company=house.company,
    )
    return _SUBJECT[language].format(number=invoice.number), text


def _buyer(order: Order, person: Person) -> list[str]:
    names = [one_line(name) for name in (person.first_name, person.last_name) if name]
    return [" ".join(names), *(order.ships_to or "").splitlines()]


def _indented(lines: list[str]) -> str:
    return "\n".join(f"    {line}" for line in lines if line)


def _table(order: Order, language: str) -> str:
    shipping, other, total, vat, net = _WORDS[language]
    rows = [
        (f"{item.quantity} × {one_line(item.name, 120)}", item.quantity * item.price_cents)
        for item in order.items
    ]
    rows.append((shipping, order.shipping_cents))
    if rest := order.total_cents - sum(cents for _, cents in rows):
        rows.append((other, rest))
    tax = vat_cents(order.total_cents)
    sums = [
        (total, order.total_cents),
        (vat.format(vat=VAT_PERCENT), tax),
        (net, order.total_cents - tax),
    ]
    amounts = [money(cents, language, order.currency) for _, cents in (*rows, *sums)]
    wide = max(len(name) for name, _ in (*rows, *sums))
    right = max(map(len, amounts))
    lines = [
        f"    {name.ljust(wide)}  {amount.rjust(right)}"
        for (name, _), amount in zip((*rows, *sums), amounts, strict=True)
    ]
    lines.insert(len(rows), "    " + "-" * (wide + right + 2))
    return "\n".join(lines)
