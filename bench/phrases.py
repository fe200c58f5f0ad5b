"""The words that the benchmark's customers have: by language, order numbers as `{n}`."""

from __future__ import annotations

# Questions about an order by subject; those on different subjects are far apart for the encoder.
ORDERS: dict[str, tuple[tuple[str, ...], ...]] = {
    "it": (
        (
            "dove si trova adesso il mio pacco, ordine {n}?",
            "dov'è in questo momento il mio ordine {n}?",
            "in che città è arrivato il mio pacco {n}?",
        ),
        (
            "in che data mi consegnate l'ordine {n}?",
            "per che giorno è prevista la consegna dell'ordine {n}?",
            "che giorno ricevo l'ordine {n}?",
        ),
        (
            "mi mandate il tracking dell'ordine {n}?",
            "mi serve il numero di tracking dell'ordine {n}",
            "il link del tracking dell'ordine {n}?",
        ),
        (
            "avete già spedito l'ordine {n}?",
            "l'ordine {n} è già partito dal lanificio?",
            "è stato spedito l'ordine {n}?",
        ),
        (
            "con quale corriere viaggia l'ordine {n}?",
            "chi è il corriere dell'ordine {n}, BRT o GLS?",
            "quale corriere porta l'ordine {n}?",
        ),
        (
            "mi dite lo stato dell'ordine {n}?",
            "qual è lo stato dell'ordine {n}",
            "stato dell'ordine {n} per favore",
        ),
    ),
    "en": (
        (
            "where is my parcel right now, order {n}?",
            "where exactly is my package, order {n}?",
            "where has my parcel {n} got to?",
        ),
        (
            "what day will order {n} be delivered?",
            "what is the expected delivery date of order {n}?",
            "which day do I get order {n}?",
        ),
        (
            "can you send me the tracking number of order {n}?",
            "I need the tracking link for order {n}",
            "tracking number for order {n} please",
        ),
        (
            "has order {n} been shipped yet?",
            "have you dispatched order {n}?",
            "has order {n} left the mill?",
        ),
        (
            "which courier is delivering order {n}?",
            "what carrier did you use for order {n}, DHL or UPS?",
            "which company brings order {n}?",
        ),
        (
            "what is the status of order {n}?",
            "status of my order {n} please",
            "could you give me a status update on order {n}",
        ),
    ),
}
ASIDES: dict[str, tuple[str, ...]] = {
    "it": (
        "",
        " grazie",
        " grazie mille",
        " per favore",
        " 🙂",
        " 🧶",
        " è un regalo per {name}",
        " l'ho fatto il {day}",
        " ordinato il {day}",
        " pagato il {day}",
        " per {name}",
    ),
    "en": (
        "",
        " thanks",
        " thank you",
        " please",
        " 🙂",
        " 🧶",
        " it's a present for {name}",
        " I ordered on {day}",
        " placed on {day}",
        " paid on {day}",
        " for {name}",
    ),
}
OPENINGS: dict[str, tuple[str, ...]] = {
    "it": ("", "scusa, ", "scusate, ", "senti, ", "volevo sapere: ", "per cortesia, "),
    "en": ("", "sorry, ", "excuse me, ", "please, ", "I'd like to know: ", "just wondering, "),
}
# By the intent that each is an example of.
SMALL_TALK: dict[str, dict[str, tuple[str, ...]]] = {
    "it": {
        "greet": (
            "ciao, sono {name}",
            "ciao {name}",
            "buongiorno, sono {name}",
            "salve, sono {name}",
            "buonasera, sono {name}",
            "buongiorno a tutti, qui {name}",
        ),
        "thank": (
            "grazie mille, {name}",
            "grazie davvero, {name}",
            "ti ringrazio tanto, {name}",
            "grazie infinite da {name}",
            "molte grazie per l'aiuto, {name}",
            "sei stata gentilissima, grazie da {name}",
        ),
        "goodbye": (
            "arrivederci {name}",
            "ciao ciao {name}",
            "a presto {name}",
            "buona serata {name}",
            "arrivederci e buona giornata {name}",
            "ora devo andare, ciao {name}",
        ),
        "ask_bot": (
            "sei un bot? {name}",
            "{name} sei un robot o una persona?",
            "sei una persona vera, {name}?",
            "parlo con {name} o con un bot?",
            "sei un programma o una persona? {name}",
        ),
    },
    "en": {
        "greet": (
            "hi {name}",
            "hello {name}",
            "hi there, I'm {name}",
            "good morning {name}",
            "good evening {name}",
            "hello everyone, {name}",
        ),
        "thank": (
            "thank you so much, {name}",
            "thanks a lot {name}",
            "many thanks for your help, {name}",
            "thank you very much {name}",
            "thanks {name}, very kind",
            "you've been very helpful {name}, thanks",
        ),
        "goodbye": (
            "goodbye {name}",
            "bye bye {name}",
            "see you soon {name}",
            "bye {name}, have a nice day",
            "have a good evening, bye {name}",
            "I have to go now, bye {name}",
        ),
        "ask_bot": (
            "are you a bot? {name}",
            "{name}, are you a robot or a person?",
            "are you a real person, {name}?",
            "am I talking to {name} or to a bot?",
            "are you a human or a computer? {name}",
        ),
    },
}
ENDS = ("", "!", " 🙂", " 😊", "!!", " 👋", "…", ".")
MONTHS = {
    "it": ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno"),
    "en": ("January", "February", "March", "April", "May", "June"),
}
NAMES: dict[str, tuple[str, ...]] = {
    "it": (
        *("Adele", "Agnese", "Alba", "Amelia", "Anna", "Beatrice", "Bianca", "Camilla"),
        *("Carla", "Caterina", "Chiara", "Clara", "Cristina", "Dalia", "Daria", "Diana"),
        *("Elena", "Elisa", "Emilia", "Enrica", "Erica", "Eva", "Federica", "Flavia"),
        *("Franca", "Gaia", "Gemma", "Ginevra", "Gloria", "Greta", "Ida", "Ilaria"),
        *("Irene", "Isabella", "Lara", "Laura", "Lidia", "Linda", "Livia", "Luisa"),
        *("Marco", "Matteo", "Michele", "Mirko", "Nadia", "Nicola", "Nora", "Olga"),
        *("Paola", "Piero", "Renata", "Rita", "Rosa", "Sandra", "Sara", "Silvia"),
        *("Sofia", "Stella", "Teresa", "Tina", "Ugo", "Vera", "Viola", "Vito"),
    ),
    "en": (
        *("Abigail", "Ada", "Alice", "Amy", "Andrew", "Beth", "Brian", "Carol"),
        *("Charlotte", "Clare", "Daisy", "Daniel", "Deborah", "Dora", "Edith", "Eleanor"),
        *("Ellen", "Esther", "Fiona", "Flora", "Frances", "Gail", "George", "Grace"),
        *("Hannah", "Harriet", "Hazel", "Helen", "Hugh", "Ian", "Iris", "Ivy"),
        *("James", "Jane", "Janet", "Jean", "Jill", "Joan", "Judith", "Julia"),
        *("Kate", "Keith", "Laura", "Leah", "Louise", "Lucy", "Mabel", "Margaret"),
        *("Martha", "Mary", "Maud", "Molly", "Nancy", "Nell", "Oliver", "Owen"),
        *("Pam", "Peter", "Rachel", "Robert", "Rose", "Ruth", "Sally", "Simon"),
        *("Susan", "Sylvia", "Thomas", "Wendy"),
    ),
}
INITIALS = "ABCDEFGLMNOPRSTVZ"
