// Passkeys, and recovery codes to print or keep. Without this module one-time passwords work all the same.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function given(options) {
  const copy = { ...options, challenge: bytes(options.challenge) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (copy[list]) copy[list] = copy[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  if (copy.user) copy.user = { ...copy.user, id: bytes(copy.user.id) };
  return copy;
}

function told(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} });
}

for (const box of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  box.hidden = false;
  box.querySelector("button").addEventListener("click", async () => {
    const options = given(JSON.parse(box.querySelector("script").textContent));
    const form = box.closest("form");
    try {
      const credential = await navigator.credentials[box.dataset.passkey]({ publicKey: options });
      form.querySelector("[data-passkey-answer]").value = told(credential);
      form.submit();
    } catch {
      box.querySelector("[role=alert]").textContent = box.dataset.failed;
    }
  });
}

for (const list of document.querySelectorAll("[data-codes]")) {
  const row = document.querySelector("[data-codes-do]");
  const codes = [...list.querySelectorAll("code")].map((code) => code.textContent).join("\r\n");
  row.hidden = false;
  row.querySelector("[data-print]").addEventListener("click", () => window.print());
  row.querySelector("[data-download]").href = URL.createObjectURL(new Blob([codes + "\r\n"], { type: "text/plain" }));
}
