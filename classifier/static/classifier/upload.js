// Several pictures, each with its progress and its answer; drop, paste, camera.
// The form works without any of it, and each picture is sent just as the form does.

const LONGEST_SIDE = 2048; // the server decodes about half of it: docs/decisions/0030
const WORTH_SHRINKING = 1_000_000; // bytes

const form = document.querySelector(".upload");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector(".drop");
const camera = form.querySelector(".camera");
const list = form.querySelector(".queue");
const errors = form.querySelector("#file-error");
const button = form.querySelector("button.primary");
const status = form.querySelector("[role=status]");
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

function add(files) {
  for (const file of files) {
    if (queue.every((item) => item.file !== file)) queue.push(row(file));
  }
  errors.replaceChildren();
  drop.classList.remove("has-error");
  input.removeAttribute("aria-invalid");
  keep();
}

// Let the input hold what waits, so that the browser's own checks go on working.
function keep() {
  const waiting = new DataTransfer();
  for (const { file } of queue) waiting.items.add(file);
  input.files = waiting.files;
}

function row(file) {
  const item = { file, element: element("li"), said: element("div", "said") };
  const look = element("img", "look");
  look.alt = "";
  look.src = URL.createObjectURL(file);
  look.onload = () => URL.revokeObjectURL(look.src);
  look.onerror = () => look.replaceWith(element("span", "look")); // no such format here
  const remove = element("button");
  remove.type = "button";
  remove.textContent = "×";
  remove.setAttribute("aria-label", text.remove.replace("NAME", file.name));
  remove.addEventListener("click", () => {
    queue = queue.filter((other) => other !== item);
    item.element.remove();
    keep();
    input.focus();
  });
  item.element.append(look, item.said, remove);
  say(item, text.waiting);
  list.append(item.element);
  return item;
}

function say(item, sentence, ...more) {
  const name = element("bdi");
  name.textContent = item.file.name;
  const small = element("small");
  small.textContent = sentence;
  item.said.replaceChildren(name, ...more, small);
}

async function send() {
  const wasAlone = isAlone();
  button.disabled = true;
  for (const item of [...queue]) {
    item.element.querySelector("button").disabled = true;
    item.element.classList.remove("is-refused");
    const answer = await sent(item);
    const goesOn = answer.isKept && wasAlone && isAlone(); // more may have been added
    if (goesOn) return location.assign(answer.address);
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

function finish(item, { isKept, isRefused, address, className, sentence }) {
  item.element.classList.toggle("is-refused", !isKept);
  const link = element("a");
  link.href = address;
  link.textContent = className;
  say(item, sentence, ...(isKept ? [link] : []));
  const said = isKept ? `${className}. ${sentence}` : sentence;
  status.textContent = `${item.file.name}: ${said}`;
  // What could not be sent waits for the next press of the button.
  if (isKept || isRefused) queue = queue.filter((other) => other !== item);
  const remove = item.element.querySelector("button");
  if (isKept) remove.remove();
  else remove.disabled = false;
}

async function sent(item) {
  const file = await smaller(item.file);
  const bar = element("progress");
  bar.setAttribute("aria-label", text.sending);
  bar.value = 0;
  const note =
    file === item.file
      ? ""
      : text.smaller.replace("BEFORE", size(item.file)).replace("AFTER", size(file));
  say(item, note || text.sending, bar);
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.csrfmiddlewaretoken.value);
  body.set("file", file, file.name);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.upload.onprogress = ({ loaded, total }) => {
      bar.value = loaded / total;
      if (loaded === total && !note) say(item, text.looking, bar);
    };
    request.onload = () => resolve(read(request));
    request.onerror = () => resolve({ sentence: text.failed });
    request.open("POST", form.action);
    request.send(body);
  });
}

// The server answers with the pages that a browser without a script would get.
function read({ response: page, responseURL: address }) {
  const className = page?.querySelector("#class-name")?.textContent;
  if (className) {
    const parts = [".unsure", ".probability"].map((name) => page.querySelector(name));
    const sentence = parts.map((part) => part?.textContent.trim() ?? "").join(" ");
    return { isKept: true, address, className, sentence };
  }
  const refusal = page?.querySelector("#file-error")?.textContent.trim();
  if (refusal) return { isRefused: true, sentence: refusal };
  return { sentence: page?.querySelector("h1")?.textContent ?? text.failed };
}

async function smaller(file) {
  if (file.type !== "image/jpeg" || file.size < WORTH_SHRINKING) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = LONGEST_SIDE / Math.max(picture.width, picture.height);
    if (scale >= 1) return file;
    const canvas = element("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
    return blob.size < file.size ? new File([blob], file.name, blob) : file;
  } catch {
    return file; // the server says what is wrong with it
  }
}

function size(file) {
  const megabytes = file.size / 1024 / 1024;
  return `${megabytes.toLocaleString(document.documentElement.lang, {
    maximumFractionDigits: 1,
    minimumFractionDigits: 1,
  })} MB`;
}

function element(name, className = "") {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
