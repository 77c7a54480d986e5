// A paste area over the plain text field. What is pasted is kept as the HTML the clipboard gave, because browsers drop
// Word's list marks when they insert it themselves, and is shown as text. The server cleans it; nothing is trusted here.
// Once something was pasted, typing is refused and deleting starts over. Without this file the field itself remains.
const source = document.querySelector("textarea[data-paste-source]");

if (source) {
  const area = document.createElement("div");
  const label = source.labels[0];
  let pasted = source.value;

  area.className = "take-paste";
  area.contentEditable = "true";
  area.setAttribute("role", "textbox");
  area.setAttribute("aria-multiline", "true");
  if (label) {
    label.id ||= "take-paste-label";
    area.setAttribute("aria-labelledby", label.id);
  }
  area.innerText = new DOMParser().parseFromString(pasted, "text/html").body.innerText;

  area.addEventListener("paste", (event) => {
    const html = event.clipboardData.getData("text/html");
    const text = event.clipboardData.getData("text/plain");
    if (!html && !pasted) return; // plain text is typed text
    event.preventDefault();
    pasted += html || `<p>${new Option(text).innerHTML}</p>`;
    area.append(text, "\n");
  });
  area.addEventListener("beforeinput", (event) => {
    if (!pasted) return;
    event.preventDefault();
    if (event.inputType.startsWith("delete")) {
      pasted = "";
      area.textContent = "";
    }
  });
  source.form.addEventListener("submit", () => {
    source.value = pasted || area.innerText;
  });
  source.hidden = true;
  source.after(area);
}
