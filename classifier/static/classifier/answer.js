// The page of an answer: say what is right without leaving it, copy its address.

import { light } from "./map.js";
import { post } from "./sending.js";
import "./in_place.js";

document.addEventListener("page-shown", start);
start();

function start() {
  const answer = document.querySelector(".answer:not([data-started])");
  if (!answer) return;
  answer.dataset.started = "";
  answer.addEventListener("submit", say);
  light(answer);
  const button = answer.querySelector(".share button");
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const address = document.querySelector("#address");
  address.select();
  await navigator.clipboard.writeText(address.value);
  button.textContent = button.dataset.copied;
}

// The answer to a tap stands under it; the rest of the page stays where it is.
async function say(event) {
  const form = event.target;
  if (!form.matches(".chips")) return;
  event.preventDefault();
  const body = new FormData(form);
  body.set(event.submitter.name, event.submitter.value);
  const { page } = await post(form.action, body);
  if (!page?.querySelector("#said")) return location.reload();
  for (const part of [".said-first", ".said-rest"]) {
    const fresh = page.querySelector(part);
    if (fresh) document.querySelector(part)?.replaceChildren(...fresh.childNodes);
  }
  const thanks = document.querySelector("#said");
  thanks.focus({ preventScroll: true });
  thanks.scrollIntoView({ block: "nearest" });
}
