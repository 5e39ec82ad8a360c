// Tells a screen reader what is new on a page; what stands there when the page opens is no news.
const region = document.body.appendChild(document.createElement("div"));
region.role = "status";
region.ariaLive = "polite";
region.style.cssText = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)";
let page = null;
let told = {};

export default function ({ data: { of, answer } }) {
  if (page !== location.pathname) told = {};
  page = location.pathname;
  const news = of in told && told[of] !== answer;
  told[of] = answer;
  // Late enough for a region that has just been made to be listened to.
  if (news) setTimeout(() => (region.textContent = answer), 300);
}
