"""What customers type when the gateway asks them to choose, and what it understands."""

import pytest

from integrations.conversations.choices import read_choice, read_rating

OPTIONS = ("wait", "leave_message", "back_to_bot")

WAIT = [
    "1", "1)", "1.", " 1 ", "(1)", "1️⃣", "la prima", "La 1", "prima opzione", "uno", "opzione 1",
    "numero 1", "n. 1", "the first one", "first", "number one", "ok 1 grazie", "1 - aspetto",
    "1) Aspetto qui", "Aspetto qui", "aspetto", "ASPETTO", "Aspetto!", "aspeto", "aspettto",
    "asptto", "ok aspetto", "va bene, aspetto", "sì aspetto grazie", "preferisco aspettare",
    "posso aspettare", "Aspetterò", "attendo", "attendo in linea", "resto in attesa",
    "rimango in atesa", "aspetto un operatore", "aspetto una persona, grazie", "vorrei aspettare",
    "I'll wait here", "I'll wait", "ill wait", "I will wait", "wait", "Wait please", "waiting",
    "wiat", "I can wait", "ok I'll wait, thanks", "I'd like to wait", "I don't mind waiting",
    "hold on", "I’ll hold", "stay in the queue", "aspetto 🙂",
]  # fmt: skip
LEAVE_MESSAGE = [
    "2", "2)", "la seconda", "il secondo", "due", "option two", "the second one", "opzione 2",
    "2 grazie", "②", "2ª", "Lascio un messaggio", "lascio un messagio", "lascio mesaggio",
    "lascia un messaggio", "vorrei lasciare un messaggio", "messaggio", "un messaggio, grazie",
    "preferisco lasciare un messaggio", "ricontattatemi", "fatemi sapere", "rispondetemi più tardi",
    "Leave a message", "leave a mesage", "leave message please", "I'd like to leave a message",
    "I'll leave a message", "message", "a message", "let me leave a message", "let me know",
    "get back to me later",
]  # fmt: skip
BACK_TO_BOT = [
    "3", "terza", "la terza", "tre", "number 3", "the third one", "option three", "3!",
    "Torno al bot", "torno al bto", "torna al bot", "bot", "il bot", "vado avanti con il bot",
    "continuo col bot", "continua tu", "continuo con te", "andiamo avanti", "annulla",
    "lascia stare", "non serve più", "non serve più una persona", "va bene il bot",
    "Back to the bot", "back to bot", "bot please", "the bot is fine", "continue with the bot",
    "carry on with you", "carry on", "never mind", "nevermind", "ok, go back to the bot",
    "I'd rather continue with the bot", "cancel",
]  # fmt: skip
NOT_A_CHOICE = [
    "", "   ", "…", "?", "🙂", "ok", "sì", "si grazie", "no", "grazie", "va bene", "yes", "thanks",
    "4", "0", "12", "1 2", "1 o 2", "prima", "prima possibile", "un secondo", "one second",
    "2 minuti", "1 ora", "3 gomitoli", "quanto devo aspettare?", "aspetto?", "quanto manca",
    "how long do I have to wait?", "non aspetto", "non voglio aspettare", "non posso aspettare",
    "I can't wait", "I cant wait", "I won't wait", "don't wait", "no bot", "niente bot",
    "non voglio il bot", "I don't want the bot", "aspetto il pacco da due settimane",
    "sto aspettando il mio ordine da lunedì", "I have been waiting for my parcel for two weeks",
    "wait, what", "want", "aspetto o torno al bot", "il messaggio che mi avete mandato è sbagliato",
    "the bot gave me the wrong order number", "LA-20417", "ordine 20417", "giulia@example.com",
    "il bot non capisce niente", "lascio l'ordine così com'è", "1 - torno al bot",
    "è arrivato il gomitolo sbagliato e vorrei restituirlo, ma non trovo l'etichetta del reso",
    "a" * 100_000, "1" * 61, "bot " * 40,
]  # fmt: skip


@pytest.mark.parametrize("text", WAIT)
def test_waiting_is_understood(text: str) -> None:
    assert read_choice(text, OPTIONS) == "wait"


@pytest.mark.parametrize("text", LEAVE_MESSAGE)
def test_leaving_a_message_is_understood(text: str) -> None:
    assert read_choice(text, OPTIONS) == "leave_message"


@pytest.mark.parametrize("text", BACK_TO_BOT)
def test_going_back_to_the_bot_is_understood(text: str) -> None:
    assert read_choice(text, OPTIONS) == "back_to_bot"


@pytest.mark.parametrize("text", NOT_A_CHOICE)
def test_anything_else_must_reach_the_person(text: str) -> None:
    assert read_choice(text, OPTIONS) is None


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("ripeti", "repeat"),
        ("non mi è arrivata", "repeat"),
        ("send it again please", "repeat"),
        ("1", "repeat"),
        ("sì, arrivata", "arrived"),
        ("got it thanks", "arrived"),
        ("2", "arrived"),
        ("aspetto", None),
        ("3", None),
    ],
)
def test_only_the_options_asked_about_count(text: str, option: str | None) -> None:
    assert read_choice(text, ("repeat", "arrived")) == option


def test_numbers_pick_options_that_have_no_phrases() -> None:
    assert read_choice("2", ("red", "blue")) == "blue"
    assert read_choice("blue", ("red", "blue")) is None


RATINGS = [
    ("1", 1), ("5", 5), (" 3 ", 3), ("4.", 4), ("5!", 5), ("5️⃣", 5), ("quattro", 4), ("five", 5),
    ("4/5", 4), ("4 / 5", 4), ("4 su 5", 4), ("do 4 su 5", 4), ("5 out of 5", 5), ("5/5 grazie", 5),
    ("5 stelle", 5), ("tre stelle", 3), ("una stella", 1), ("five stars", 5), ("one star", 1),
    ("voto 4", 4), ("voto: 5", 5), ("darei un 4", 4), ("I'd give it a 4", 4), ("4 grazie", 4),
    ("⭐⭐⭐⭐⭐", 5), ("⭐⭐", 2), ("★★★★☆", 4), ("***", 3), ("1 😞", 1), ("2 🙁", 2), ("3 😐", 3),
    ("4 🙂", 4), ("5 😀", 5), ("5 👍", 5), ("😀", 5), ("😍😍", 5), ("🙂", 4), ("👍", 4), ("😐", 3),
    ("🙁", 2), ("😡", 1), ("👎🏼", 1), ("👍🏽", 4), ("ottimo", 5), ("Ottimo!", 5), ("benissimo", 5),
    ("molto bene", 5), ("perfetto, grazie", 5), ("bene", 4), ("bene grazie", 4), ("tutto bene", 4),
    ("niente male", 4), ("così così", 3), ("sufficiente", 3), ("male", 2), ("non bene", 2),
    ("pessimo", 1), ("malissimo", 1), ("excellent", 5), ("great thanks", 5), ("very good", 5),
    ("good", 4), ("not bad", 4), ("so so", 3), ("not good", 2), ("poor", 2), ("terrible", 1),
    ("awful!!", 1),
]  # fmt: skip
NOT_A_RATING = [
    "", "0", "6", "10", "8/10", "8 su 10", "4.5", "4,5", "4-5", "-1", "4/5/2026", "5%", "5 €",
    "1 5", "grazie", "ok", "va bene", "👍👎", "5 😡", "⭐⭐⭐⭐⭐⭐", "5 gomitoli", "50",
    "ho ordinato 5 gomitoli", "bene ma il pacco non è arrivato", "perfetto, quando arriva?",
    "good morning, where is my order", "il mio ordine è LA-20417", "non ho capito", "4 giorni fa",
    "un'altra domanda", "1 ora",
    "x" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize(("text", "mark"), RATINGS)
def test_marks_are_understood(text: str, mark: int) -> None:
    assert read_rating(text) == mark


@pytest.mark.parametrize("text", NOT_A_RATING)
def test_anything_else_is_no_mark(text: str) -> None:
    assert read_rating(text) is None
