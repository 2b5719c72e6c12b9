// Says that something is going on, and keeps a form from being sent twice. Everything works
// without it: the link itself lets one try through at a time.
"use strict";

for (const form of document.querySelectorAll("form[data-busy]")) {
  const button = form.querySelector("button");
  const status = form.querySelector("[role=status]");
  const words = button.textContent;

  form.addEventListener("submit", (event) => {
    if (button.disabled) {
      event.preventDefault();
      return;
    }
    button.disabled = true;
    button.classList.add("waiting");
    button.textContent = form.dataset.busy;
    status.textContent = "This takes a few seconds.";
  });

  // A page that comes back from the browser's own memory can be used again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      button.disabled = false;
      button.classList.remove("waiting");
      button.textContent = words;
      status.textContent = "";
    }
  });
}
