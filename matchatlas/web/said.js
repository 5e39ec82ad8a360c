// Tells a screen reader what is new on a page; what stands there when the page opens is no news.
const region = document.body.appendChild(document.createElement("div"));
region.role = "status";
region.ariaLive = "polite";
region.style.cssText = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)";
let page = null;
let told = {};
let news = [];

function say() {
  region.textContent = news.join(". ");
  news = [];
}

export default function ({ data: { of, answer } }) {
  if (page !== location.pathname) told = {};
  page = location.pathname;
  // Late enough for a region just made to be listened to, and for what else has changed.
  if (of in told && told[of] !== answer && news.push(answer) === 1) setTimeout(say, 500);
  told[of] = answer;
}
