// Puts the chat on a page: <script src="https://care.example/chat/widget.js" async></script>
// What it can be told stands in docs/channels/webchat.md.
(() => {
  "use strict";
  const known = /* settings */ {};
  const script = document.currentScript ?? document.querySelector('script[src*="/chat/widget.js"]');
  const base = new URL("./", script.src);
  import(new URL(`${known.modules}chat.js`, base).href).then(({ start }) =>
    start({ ...known, base: base.href }, script.dataset),
  );
})();
