// The photograph lights up: what speaks for a class lies over the picture, after it.

const PATIENCE = 3; // tries, while another map is being made

export function light(answer) {
  const stage = answer.querySelector(".lit");
  const line = answer.querySelector(".map-line");
  if (!line) return;
  const [text, toggle] = [line.querySelector("p"), line.querySelector("button")];
  const map = document.createElement("img");
  map.className = "map";
  map.alt = "";
  stage.append(map);
  let asked;

  function turn(isOn) {
    toggle.setAttribute("aria-pressed", isOn);
    map.classList.toggle("is-on", isOn && map.src !== "");
  }

  async function show(row) {
    asked = row;
    const source = await fetched(row.dataset.map);
    if (asked !== row || !source) return;
    for (const each of rows) {
      each.querySelector("button").setAttribute("aria-pressed", each === row);
    }
    map.src = source;
    await map.decode();
    text.textContent = text.dataset.text.replace("NAME", row.dataset.name);
    turn(true);
  }

  const rows = [...answer.querySelectorAll("tr[data-map]")];
  for (const row of rows) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...row.cells[0].childNodes);
    row.cells[0].append(button);
    row.addEventListener("click", () => show(row));
  }
  const turnOver = () => turn(toggle.getAttribute("aria-pressed") !== "true");
  toggle.addEventListener("click", turnOver);
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input") || event.ctrlKey || event.metaKey;
    if (event.key === "m" && toggle.isConnected && !isTyping) turnOver();
  });
  show(rows.find((row) => "answered" in row.dataset));
}

// Maps are drawn one at a time: a busy server says when to ask again.
async function fetched(address) {
  for (let tries = 0; tries < PATIENCE; tries += 1) {
    const response = await fetch(address).catch(() => null);
    if (response?.ok) return URL.createObjectURL(await response.blob());
    if (response?.status !== 503) return null;
    await new Promise((done) => setTimeout(done, 1000 * (tries + 1)));
  }
  return null;
}
