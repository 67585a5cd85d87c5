// Show a page that has come without leaving this one; back and forward go on working.

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const kept = new Map(); // what stood at each address
let shownAt = location.pathname;
let wanted = shownAt; // the address of what is shown next; a transition puts it off

export async function show(page, address) {
  keep();
  const next = { nodes: [...page.body.childNodes], title: page.title };
  await put(next, new URL(address).pathname, () => history.pushState(null, "", address));
  scrollTo(0, 0);
  const heading = document.querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

// A link to a part of the page pops a state, too.
addEventListener("popstate", () => {
  if (location.pathname === wanted) return;
  keep();
  const there = kept.get(location.pathname);
  if (there) put(there, location.pathname);
  else location.reload();
});

function keep() {
  kept.set(shownAt, { nodes: [...document.body.childNodes], title: document.title });
}

// The address changes in the same moment as the page.
async function put({ nodes, title }, path, move = () => {}) {
  wanted = path;
  const swap = () => {
    move();
    shownAt = path;
    document.body.replaceChildren(...nodes);
    document.title = title;
    document.dispatchEvent(new Event("page-shown"));
  };
  if (!document.startViewTransition || calm.matches) return swap();
  await document.startViewTransition(swap).updateCallbackDone;
}
