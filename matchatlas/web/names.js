// Streamlit names the buttons of its own parts alike wherever they stand ("Increment", "Fullscreen",
// "Open"): here each that shares its name is also told what it acts on, the field it belongs to or
// the heading above it.
const OWN = "button[aria-label], [data-testid=stFileUploaderDropzone] button";

function subject(button) {
  const widget = button.closest("[data-testid=stElementContainer]");
  const label = widget?.querySelector("[data-testid=stWidgetLabel]")?.textContent.trim();
  if (label) return label;
  let last = "";
  for (const heading of document.querySelectorAll("h1, h2, h3, h4")) {
    if (heading.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_PRECEDING) break;
    last = heading.textContent.trim();
  }
  return last;
}

function name() {
  const buttons = [...document.querySelectorAll(OWN)];
  const counts = {};
  for (const button of buttons) {
    const { ariaLabel, dataset } = button;
    if (ariaLabel !== dataset.full) // new, or named anew by Streamlit
      dataset.own = ariaLabel ?? button.querySelector("p")?.textContent ?? "";
    counts[dataset.own] = (counts[dataset.own] ?? 0) + 1;
  }
  const taken = new Set();
  for (const button of buttons) {
    const { own } = button.dataset;
    if (counts[own] === 1) continue;
    const full = `${own}: ${subject(button)}`;
    let told = full;
    for (let number = 2; taken.has(told); number += 1) told = `${full} (${number})`;
    taken.add(told);
    button.dataset.full = told;
    if (button.ariaLabel !== told) button.ariaLabel = told;
  }
}

let waits = false;
function soon() {
  if (waits) return;
  waits = true;
  setTimeout(() => {
    waits = false;
    name();
  }, 300);
}
new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });

export default soon;
