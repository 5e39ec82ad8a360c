// The address bar follows the plan. Streamlit's page and ours both write it, so what Streamlit
// writes for the page on screen passes through here: ours stays in it, and it leaves no entry in
// the history, so that Back leaves the page.
const COSTS = /^(plan\d|n\d .+)$/;
let owned = new Set();
let carried = "";
let view = null;

function ours(target) {
  const url = new URL(target ?? location.href, location.href);
  if (url.pathname !== location.pathname) return url;
  for (const name of [...url.searchParams.keys()])
    if (owned.has(name) || COSTS.test(name)) url.searchParams.delete(name);
  for (const [name, value] of new URLSearchParams(carried)) url.searchParams.append(name, value);
  return url;
}

const { pushState, replaceState } = history;
history.replaceState = (state, title, target) =>
  replaceState.call(history, state, title, ours(target));
history.pushState = (state, title, target) => {
  const url = ours(target);
  const write = url.pathname === location.pathname ? replaceState : pushState;
  write.call(history, state, title, url);
};

export default function ({ data }) {
  owned = new Set(data.owned);
  carried = data.carried;
  const url = ours(location.href);
  if (url.href !== location.href) history.replaceState(history.state, "", url);
  if (view !== null && view !== data.view)
    document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
  view = data.view;
}
