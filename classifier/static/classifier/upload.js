// One picture goes at once and is answered in place; several have a row each.
// The form works without any of it, and each picture is sent just as the form does.

import "./answer.js";
import { show } from "./in_place.js";
import { get, post, refusal, sizeOf, smaller } from "./sending.js";

const form = document.querySelector(".upload");
const examples = document.querySelector(".examples");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector(".drop");
const camera = form.querySelector(".camera");
const webcam = form.querySelector(".webcam");
const list = form.querySelector(".queue");
const errors = form.querySelector("#file-error");
const button = form.querySelector("button.primary");
const status = form.querySelector("[role=status]");
const types = JSON.parse(form.querySelector("#refused-types").textContent);
const text = form.dataset;

let queue = []; // what waits to be sent, in the order of the list

input.addEventListener("change", () => add(input.files));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});

for (const type of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(type, (event) => {
    event.preventDefault();
    drop.classList.toggle("is-over", type === "dragover");
    if (type === "drop") add(event.dataTransfer.files);
  });
}
document.addEventListener("paste", (event) => add(event.clipboardData.files));

camera.addEventListener("click", () => {
  const shot = input.cloneNode();
  shot.capture = "environment";
  shot.addEventListener("change", () => add(shot.files));
  shot.click();
});

// A desktop's webcam; a phone has its camera in the file dialogue.
async function offerWebcam() {
  if (matchMedia("(any-pointer: coarse)").matches) return;
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  webcam.hidden = !devices.some(({ kind }) => kind === "videoinput");
}
offerWebcam();

webcam.addEventListener("click", async () => {
  const { picture } = await import("./webcam.js");
  const template = document.querySelector("#webcam");
  const file = await picture(template, form.csrfmiddlewaretoken.value);
  if (file) add([file]);
  else webcam.focus();
});

examples?.addEventListener("submit", (event) => {
  if (queue.length) return; // the page that follows lists them
  event.preventDefault();
  const { name, value } = event.submitter;
  const { src } = event.submitter.querySelector("img");
  queue.push(row({ name: "", src, isExample: true, fields: [[name, value]] }));
  send();
});

// Back: what was chosen is still there, sent or not, and can be sent again.
addEventListener("pageshow", back);
document.addEventListener("page-shown", back);

function back({ type }) {
  if (!form.isConnected) return;
  button.disabled = false;
  if (type === "page-shown") listOwn();
  if (!queue.length) return add(input.files, false);
  for (const item of queue) waiting(item);
}

// What was sent from here is among the last pictures by now.
async function listOwn() {
  const { page } = await get(form.action);
  const fresh = page?.querySelector(".own-uploads");
  if (fresh) document.querySelector(".own-uploads").replaceWith(fresh);
}

function add(files, isNew = true) {
  if (!files.length) return;
  if (!form.isConnected) return comeBack(files);
  for (const item of queue.filter((each) => each.isAnswered)) remove(item);
  for (const file of files) {
    if (queue.some((item) => item.file === file)) continue;
    const src = URL.createObjectURL(file);
    queue.push(row({ file, src, name: file.name, fields: [] }));
  }
  errors.replaceChildren();
  drop.classList.remove("has-error");
  input.removeAttribute("aria-invalid");
  keep();
  if (isNew && isAlone() && !button.disabled) send();
}

// A picture came while an answer is shown: it takes the place of the one before.
function comeBack(files) {
  document.addEventListener("page-shown", () => add(files), { once: true });
  history.back();
}

// Let the input hold what waits, so that the browser's own checks go on working.
function keep() {
  const held = new DataTransfer();
  for (const { file } of queue) if (file) held.items.add(file);
  input.files = held.files;
}

function row(item) {
  item.element = element("li");
  item.said = element("div", "said");
  item.removal = element("button");
  const look = element("img", "look");
  look.alt = "";
  look.src = item.src;
  look.onerror = () => look.replaceWith(element("span", "look")); // no such format here
  item.removal.type = "button";
  item.removal.textContent = "×";
  item.removal.setAttribute("aria-label", text.remove.replace("NAME", item.name));
  item.removal.addEventListener("click", () => {
    remove(item);
    keep();
    input.focus();
  });
  item.element.append(look, item.said, item.removal);
  waiting(item);
  list.append(item.element);
  return item;
}

function remove(item) {
  queue = queue.filter((other) => other !== item);
  item.element.remove();
}

function waiting(item) {
  item.removal.disabled = false;
  item.element.classList.remove("is-alone");
  say(item, text.waiting);
}

function say(item, sentence, ...more) {
  const name = element("bdi");
  name.textContent = item.name;
  const small = element("small");
  small.textContent = sentence;
  item.said.replaceChildren(name, ...more, small);
}

async function send() {
  const wasAlone = isAlone();
  button.disabled = true;
  if (wasAlone) queue[0].element.classList.add("is-alone");
  for (const item of [...queue]) {
    item.removal.disabled = true;
    item.element.classList.remove("is-refused");
    const answer = await answered(item);
    if (answer.isKept && wasAlone && isAlone()) {
      item.isAnswered = true;
      if (item.isExample) remove(item);
      return show(answer.page, answer.address);
    }
    finish(item, answer);
  }
  button.disabled = false;
  keep();
}

// Tell whether nothing else waits or was answered before.
function isAlone() {
  const good = list.querySelectorAll("li:not(.is-refused)");
  return queue.length === 1 && good.length === 1;
}

function finish(item, { isKept, isRefused, address, headline, sentence }) {
  item.element.classList.remove("is-alone");
  item.element.classList.toggle("is-refused", !isKept);
  const link = element("a");
  link.href = address;
  link.textContent = headline;
  say(item, sentence ?? text.failed, ...(isKept ? [link] : []));
  status.textContent = [...item.said.children].map((each) => each.textContent).join(". ");
  // What could not be sent waits for the next press of the button.
  if (isKept || isRefused) queue = queue.filter((other) => other !== item);
  if (isKept) item.removal.remove();
  else item.removal.disabled = false;
}

async function answered(item) {
  const file = item.file && (await smaller(item.file));
  const refused = file && (await refusal(file, text, types));
  if (refused) return { isRefused: true, sentence: refused };
  const bar = element("progress");
  bar.setAttribute("aria-label", text.sending);
  bar.value = 0;
  const note =
    file === item.file
      ? ""
      : text.smaller.replace("BEFORE", sizeOf(item.file)).replace("AFTER", sizeOf(file));
  say(item, note || text.sending, bar);
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
  if (file) body.set("file", file, file.name);
  for (const [name, value] of item.fields) body.set(name, value);
  return post(form.action, body, (share) => {
    bar.value = share;
    if (share === 1 && !note) say(item, text.looking, bar);
  });
}

function element(name, className = "") {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
