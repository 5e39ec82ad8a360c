// The bar at a phone's foot: each section opens its pages; one that has a single page is its link.
const narrow = matchMedia("(max-width: 767.98px)");
let go = () => {};
let root = null; // where the bar is drawn
let told = null; // the sections and their pages

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

function leave(event) {
  const open = root?.querySelector("[aria-expanded=true]");
  if (!open) return;
  const outside = event.type === "pointerdown" && !event.composedPath().includes(root);
  if (event.key === "Escape" || outside) close(root);
  if (event.key === "Escape") open.focus();
}

function draw() {
  root.querySelector("nav")?.remove();
  if (!narrow.matches) return;
  const bar = made("nav", "", root);
  bar.ariaLabel = "Sections";
  const list = made("ul", "", bar);
  for (const [name, pages] of Object.entries(told.sections)) section(name, pages, told.first, list);
}

narrow.addEventListener("change", draw);
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, leave);

export default function ({ data, parentElement, setTriggerValue }) {
  go = (path) => setTriggerValue("go", path);
  if (root === parentElement && JSON.stringify(data) === JSON.stringify(told)) return;
  root = parentElement;
  told = data;
  draw();
}
