// Drop, paste and preview; the form works without any of it.

const input = document.querySelector("input[type=file]");
const drop = input.closest(".drop");
const chosen = drop.querySelector(".chosen");

for (const element of document.querySelectorAll(".when-scripted")) {
  element.hidden = false;
}

for (const type of ["dragenter", "dragover"]) {
  drop.addEventListener(type, () => drop.classList.add("is-over"));
}
for (const type of ["dragleave", "drop"]) {
  drop.addEventListener(type, () => drop.classList.remove("is-over"));
}

document.addEventListener("paste", (event) => {
  if (event.clipboardData.files.length) {
    input.files = event.clipboardData.files;
    show();
  }
});

input.addEventListener("change", show);

function show() {
  const [file] = input.files;
  if (!file) return;
  const preview = new Image();
  preview.alt = "";
  preview.src = URL.createObjectURL(file);
  preview.onload = () => URL.revokeObjectURL(preview.src);
  preview.onerror = () => preview.remove(); // a format that this browser cannot show
  const name = document.createElement("bdi");
  name.textContent = file.name;
  chosen.replaceChildren(preview, name);
}
