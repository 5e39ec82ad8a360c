// The bar at a phone's foot: each section opens its pages; one that has a single page is its link.
let go = () => {};
let drawn = "";

function made(kind, text, into) {
  const element = into.appendChild(document.createElement(kind));
  element.textContent = text;
  return element;
}

function link({ title, path, here }, into, text = title) {
  const element = made("a", text, into);
  element.href = `./${path}`;
  if (here) element.ariaCurrent = "page";
  element.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab of its own
    event.preventDefault();
    close(into.getRootNode());
    if (!here) go(path);
  };
  return element;
}

function close(root) {
  for (const button of root.querySelectorAll("[aria-expanded=true]")) {
    button.ariaExpanded = "false";
    button.nextElementSibling.hidden = true;
  }
}

function section(name, pages, first, list) {
  const item = made("li", "", list);
  const inside = pages.some((page) => page.here);
  if (pages.length === 1) {
    link(pages[0], item, name);
    return;
  }
  const button = made("button", name, item);
  button.ariaExpanded = "false";
  if (inside) button.ariaCurrent = "true";
  const sheet = made("ul", "", item);
  sheet.hidden = true;
  sheet.ariaLabel = `Pages of ${name}`;
  for (const page of [...pages, ...first]) link(page, made("li", "", sheet));
  button.onclick = () => {
    const opens = sheet.hidden;
    close(list.getRootNode());
    sheet.hidden = !opens;
    button.ariaExpanded = String(opens);
  };
}

function leave(event, root) {
  const open = root.querySelector("[aria-expanded=true]");
  if (!open) return;
  const outside = event.type === "pointerdown" && !event.composedPath().includes(root);
  if (event.key === "Escape" || outside) close(root);
  if (event.key === "Escape") open.focus();
}

export default function ({ data, parentElement, setTriggerValue }) {
  go = (path) => setTriggerValue("go", path);
  const told = JSON.stringify(data);
  if (told === drawn && parentElement.querySelector("nav")) return;
  drawn = told;
  parentElement.querySelector("nav")?.remove();
  const bar = made("nav", "", parentElement);
  bar.ariaLabel = "Sections";
  const list = made("ul", "", bar);
  for (const [name, pages] of Object.entries(data.sections)) section(name, pages, data.first, list);
  const leaves = (event) => leave(event, parentElement);
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, leaves);
  return () => {
    for (const kind of ["pointerdown", "keydown"]) removeEventListener(kind, leaves);
  };
}
