// The log-in form: show the password, change the language at once, remember the name.

const agent = document.getElementById("agent");
const password = document.getElementById("password");
const show = document.getElementById("show-password");
const NAME = "ascolto:name";

try {
  if (!agent.value) agent.value = localStorage.getItem(NAME) ?? "";
} catch {
  // Not kept; the agent types it.
}
if (agent.value && agent.ariaInvalid !== "true") password.focus();
else agent.focus();

show.hidden = false;
show.addEventListener("click", () => {
  const visible = password.type === "password";
  password.type = visible ? "text" : "password";
  show.setAttribute("aria-pressed", String(visible));
  show.textContent = visible ? show.dataset.hide : show.dataset.show;
});

const keepName = () => {
  try {
    localStorage.setItem(NAME, agent.value);
  } catch {
    // See above.
  }
};
document.forms[0].addEventListener("submit", keepName);
for (const radio of document.querySelectorAll("input[name=language]")) {
  radio.addEventListener("change", () => {
    keepName();
    const address = new URL("/console/login", location.href);
    address.searchParams.set("language", radio.value);
    address.searchParams.set("to", document.querySelector("input[name=to]").value);
    location.replace(address);
  });
}
