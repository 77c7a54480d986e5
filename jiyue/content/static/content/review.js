/* Keyboard and quick reasons of the review screen. Everything also works without. A passes, R opens the return form,
   J and K lead to the next and the previous submission. */

const reason = document.querySelector("#id_reason");

document.querySelectorAll("[data-reason]").forEach((button) => {
  button.addEventListener("click", () => {
    const text = button.dataset.reason;
    if (!reason.value.includes(text)) reason.value = [reason.value.trim(), text].filter(Boolean).join("；");
    reason.focus();
  });
});

const press = (id) => document.querySelector(id)?.click();

const keys = {
  a: () => press("#review-pass"),
  r: () => {
    press("#review-return");
    reason?.focus();
  },
  j: () => press("#review-next"),
  k: () => press("#review-previous"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const act = keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

document.querySelector("#decision")?.addEventListener("submit", (event) => {
  const button = event.submitter;
  window.setTimeout(() => (button.disabled = true)); // a second click must not decide on the next row
});
