// Wagtail's editor writes style sheets while it runs. They get the number of the answer, as our own scripts do, so that
// no other style sheet counts: one that came in with somebody's text has none.
const { nonce } = document.currentScript;
const create = Document.prototype.createElement;

Document.prototype.createElement = function createElement(name, ...more) {
  const element = create.call(this, name, ...more);
  if (element instanceof HTMLStyleElement) element.nonce = nonce;
  return element;
};
