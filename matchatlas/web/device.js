// The plan on the person's own device: written after every change, found again on the next visit.
// The server says what the plan is; this script keeps it, and tells what it finds and what fails.
const PLAN = "match-atlas plan";
const ASIDE = "match-atlas set aside";
const CLIENT = "match-atlas client";
const LARGEST = 1_000_000; // bytes, as of a plan's file

const LINK = /^#(plan|read)=/; // to open as one's own, or to read
const LONGEST = 20_000; // signs of a link's plan; more is none

let tell = () => {};
let link = () => {};
let visit = null; // the server's session that the rest speaks of
let again = false; // whether this page had another session before, whose address is old by now
let looked = false; // whether this visit has been told what is kept here
let given = null; // the plan as the server last gave it
let asked = 0; // how often a find was told; the server's answer bears the same number
let found = null; // a find that waits for its answer
let client = false;
let refused = false;
const obeyed = new Set();

const size = (text) => new Blob([text]).size;

function report(text, other) {
  asked += 1;
  const large = text !== null && size(text) > LARGEST;
  found = { turn: asked, text: large ? text.slice(0, 100) : text, large, other, again };
  tell({ found });
}

function attempt(work, failed) {
  try {
    return work();
  } catch (error) {
    if (!refused && failed) {
      refused = true;
      tell({ refused: error.name === "QuotaExceededError" ? "full" : "blocked" });
    }
    return null;
  }
}

// Another tab changed what is kept, or forgot it.
addEventListener("storage", (event) => {
  if (client || !looked || (event.key !== PLAN && event.key !== null)) return;
  const text = event.key === null ? null : event.newValue;
  if (text !== given) report(text, true);
});

// After a lost connection the server may have forgotten this visit: ask it at once, before anything
// is entered into a page that only looks as if it still held the plan.
const app = document.querySelector("[data-testid=stApp]");
let connected = true;
new MutationObserver(() => {
  const now = app.dataset.testConnectionState === "CONNECTED";
  if (now && !connected) tell({ back: true });
  connected = now;
}).observe(app, { attributes: true });

// A plan that came in the address is told once, and stands in it no longer.
function arrive() {
  if (!LINK.test(location.hash)) return;
  link(location.hash.slice(1, LONGEST));
  history.replaceState(history.state, "", location.pathname + location.search);
}
addEventListener("hashchange", arrive);

function obey({ forget, aside }) {
  if (forget && !obeyed.has(forget)) {
    obeyed.add(forget);
    attempt(() => [PLAN, ASIDE].forEach((key) => localStorage.removeItem(key)));
    attempt(() => sessionStorage.removeItem(CLIENT));
  }
  if (aside && !obeyed.has(aside)) {
    obeyed.add(aside);
    attempt(() => {
      const text = localStorage.getItem(PLAN);
      localStorage.removeItem(PLAN);
      if (text !== null) localStorage.setItem(ASIDE, text);
    });
  }
}

export default function ({ data, setTriggerValue }) {
  tell = (value) => setTriggerValue("told", value);
  link = (text) => setTriggerValue("linked", text);
  arrive();
  if (data.visit !== visit) {
    again = visit !== null;
    visit = data.visit;
    looked = refused = false;
    found = null;
    if (data.client === null && attempt(() => sessionStorage.getItem(CLIENT))) {
      client = true;
      tell({ client: true });
      return;
    }
  }
  obey(data);
  if (data.client !== null)
    attempt(() =>
      data.client ? sessionStorage.setItem(CLIENT, "yes") : sessionStorage.removeItem(CLIENT),
    );
  if (client && !data.client) looked = false; // what is kept here counts again
  client = Boolean(data.client);
  if (client) return;
  given = data.plan;
  if (found && data.answered < found.turn) return tell({ found });
  found = null;
  const kept = attempt(() => localStorage.getItem(PLAN), given !== null);
  if (!looked) {
    looked = true;
    if (kept !== null && kept !== given) return report(kept, false);
  }
  if (given === null || given === kept) return;
  attempt(() => {
    localStorage.setItem(PLAN, given);
    if (refused) tell({ kept: true });
    refused = false;
  }, true);
}
