// What the chat itself says. What is said in the conversation comes from the gateway.

const WORDS = {
  it: {
    open: "Apri la chat",
    open_unread: (count) => (count === 1 ? "Apri la chat, un messaggio non letto" : `Apri la chat, ${count} messaggi non letti`),
    close: "Chiudi la chat",
    title: (company) => company,
    presence_bot: "Bot, e una persona se serve",
    presence_agent: (name) => (name ? `Ti segue ${name}` : "Ti segue una persona del team"),
    greeting: "Ciao! Come possiamo aiutarti?",
    greeting_more: "Ti risponde subito il nostro bot. Se preferisci una persona, basta chiederlo.",
    starters: ["Dov'è il mio ordine?", "Vorrei fare un reso", "Come si lava la lana merino?", "Voglio parlare con una persona"],
    privacy: "Come trattiamo i tuoi dati",
    messages: "Messaggi",
    write: "Scrivi un messaggio",
    send: "Invia",
    attach: "Allega un’immagine o un PDF",
    remove_file: (name) => `Togli ${name}`,
    uploading: (name) => `Carico ${name}…`,
    you: "Tu",
    bot: "Bot",
    agent: "Una persona del team",
    system: "Avviso",
    today: "Oggi",
    yesterday: "Ieri",
    sending: "In invio…",
    waiting: "Parte appena torni in rete",
    sent: "Inviato",
    failed: "Non inviato",
    fix: "Correggi e riprova",
    deleted: "Messaggio eliminato",
    corrected: "Corretto dopo l’invio",
    attachment: "Allegato",
    image: "Immagine",
    choices: "Risposte possibili",
    chosen: (title) => `${title}, scelto`,
    earlier: "Messaggi precedenti",
    below: "Nuovi messaggi",
    offline: "Sei offline. Quello che scrivi parte appena torni in rete.",
    connecting: "Riprovo a collegarmi…",
    connected: "Di nuovo in linea.",
    refused: "La chat non è abilitata su questa pagina.",
    typing_bot: "Il bot sta scrivendo",
    typing_agent: "Una persona sta scrivendo",
    said: (who, text) => `${who}: ${text}`,
    sound_on: "Suono dei messaggi",
    forget: "Dimentica questa chat",
    forget_sure: "Cancello la chat da questo browser? Le domande aperte restano al team, ma da qui non vedrai le risposte.",
    forget_yes: "Sì, dimentica",
    forget_no: "Annulla",
    too_long: (over) => `${over} caratteri di troppo`,
    left: (count) => `Ancora ${count} caratteri`,
    file_too_large: (name, limit) => `${name} è troppo grande: il massimo è ${limit} MB.`,
    file_kind: (name) => `${name} non va bene: mandaci un’immagine o un PDF.`,
    file_too_many: () => "Troppi file in una volta: aspetta un momento.",
    file_failed: (name) => `${name} non è arrivato. Riprova.`,
    files_at_most: (limit) => `Al massimo ${limit} file per messaggio.`,
    mask_card: "numero di carta rimosso",
    mask_iban: "IBAN rimosso",
    mask_password: "password rimossa",
    new_tab: "si apre in un’altra scheda",
  },
  en: {
    open: "Open the chat",
    open_unread: (count) => (count === 1 ? "Open the chat, one unread message" : `Open the chat, ${count} unread messages`),
    close: "Close the chat",
    title: (company) => company,
    presence_bot: "Bot, and a person if needed",
    presence_agent: (name) => (name ? `You’re talking to ${name}` : "You’re talking to a person from our team"),
    greeting: "Hello! How can we help?",
    greeting_more: "Our bot answers right away. If you’d rather have a person, just ask.",
    starters: ["Where is my order?", "I'd like to return something", "How do I wash merino wool?", "I want to talk to a person"],
    privacy: "How we look after your data",
    messages: "Messages",
    write: "Write a message",
    send: "Send",
    attach: "Attach an image or a PDF",
    remove_file: (name) => `Remove ${name}`,
    uploading: (name) => `Uploading ${name}…`,
    you: "You",
    bot: "Bot",
    agent: "A person from our team",
    system: "Notice",
    today: "Today",
    yesterday: "Yesterday",
    sending: "Sending…",
    waiting: "Goes out as soon as you’re online",
    sent: "Sent",
    failed: "Not sent",
    fix: "Change it and try again",
    deleted: "Message deleted",
    corrected: "Corrected after it was sent",
    attachment: "Attachment",
    image: "Image",
    choices: "Possible answers",
    chosen: (title) => `${title}, chosen`,
    earlier: "Earlier messages",
    below: "New messages",
    offline: "You’re offline. What you write goes out as soon as you’re back.",
    connecting: "Connecting again…",
    connected: "Back online.",
    refused: "The chat is not enabled on this page.",
    typing_bot: "The bot is typing",
    typing_agent: "A person is typing",
    said: (who, text) => `${who}: ${text}`,
    sound_on: "Message sound",
    forget: "Forget this chat",
    forget_sure: "Remove the chat from this browser? Open questions stay with the team, but you won’t see the answers here.",
    forget_yes: "Yes, forget it",
    forget_no: "Cancel",
    too_long: (over) => `${over} characters too many`,
    left: (count) => `${count} characters left`,
    file_too_large: (name, limit) => `${name} is too large: the limit is ${limit} MB.`,
    file_kind: (name) => `${name} can’t be sent: we take images and PDFs.`,
    file_too_many: () => "Too many files at once: wait a moment.",
    file_failed: (name) => `${name} didn’t arrive. Try again.`,
    files_at_most: (limit) => `At most ${limit} files a message.`,
    mask_card: "card number removed",
    mask_iban: "IBAN removed",
    mask_password: "password removed",
    new_tab: "opens in another tab",
  },
};

/** The first of the wishes that we speak. */
export function language(...wishes) {
  for (const wish of wishes.flat()) {
    const short = String(wish ?? "").slice(0, 2).toLowerCase();
    if (short in WORDS) return short;
  }
  return "it";
}

/** `t(key, ...values)` in a language; the embedder's own words, if any, come first. */
export function wording(chosen, own = {}) {
  return (key, ...values) => {
    const word = own[key] ?? WORDS[chosen][key];
    return typeof word === "function" ? word(...values) : word;
  };
}

/** How moments are written: `{time, day, full}` of a Date. */
export function moments(chosen, t) {
  const locale = chosen === "it" ? "it-IT" : "en-GB";
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  const full = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" });
  return {
    time: (date) => time.format(date),
    full: (date) => full.format(date),
    day: (date) => {
      const days = Math.round((midnight(new Date()) - midnight(date)) / 86_400_000);
      if (days === 0) return t("today");
      return days === 1 ? t("yesterday") : day.format(date);
    },
  };
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
