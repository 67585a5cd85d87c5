// The webcam in a dialogue, with a live guess; comes only when somebody asks for it.
// Frames are looked at and forgotten; only "Take it" sends a picture, as any other.

const PACE_MS = 1000; // between the starts of two guesses
const SIDE = 224; // pixels of a frame's longer side
const TAKEN = "image/jpeg";

// Show the dialogue; resolve to the File that was taken, or null.
export async function picture(template, token) {
  const dialog = template.content.firstElementChild.cloneNode(true);
  document.body.append(dialog);
  dialog.showModal();
  const closed = new Promise((done) => dialog.addEventListener("close", done));
  let stream = null;
  try {
    stream = await opened(dialog);
    if (stream) guesses(dialog, token);
    await closed;
    return dialog.returnValue === "take" ? await taken(dialog) : null;
  } finally {
    for (const track of stream?.getTracks() ?? []) track.stop();
    dialog.remove();
  }
}

// Somebody may close the dialogue while the browser asks for leave.
async function opened(dialog) {
  const said = dialog.querySelector("[role=status]");
  const video = dialog.querySelector("video");
  try {
    const size = { width: { ideal: 1280 }, height: { ideal: 960 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video: size });
    video.srcObject = stream;
    await video.play();
    dialog.querySelector("[value=take]").disabled = false;
    addEventListener("pagehide", () => dialog.close(), { once: true });
    return stream;
  } catch {
    said.textContent = dialog.dataset.refused;
    return null;
  }
}

async function guesses(dialog, token) {
  const said = dialog.querySelector("[role=status]");
  const figure = dialog.querySelector(".figure");
  while (dialog.open) {
    const pause = new Promise((done) => setTimeout(done, PACE_MS));
    const answer = document.hidden ? null : await guess(dialog, token);
    if (answer) {
      if (said.textContent !== answer.headline) said.textContent = answer.headline;
      figure.textContent = answer.probability;
    }
    await pause;
  }
}

// A server that is busy, or away, is asked again with the next frame.
async function guess(dialog, token) {
  const video = dialog.querySelector("video");
  const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
  const frame = drawn(video, scale).toDataURL(TAKEN, 0.8);
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, frame });
  try {
    const response = await fetch(dialog.dataset.address, { method: "POST", body });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

async function taken(dialog) {
  const canvas = drawn(dialog.querySelector("video"), 1);
  const blob = await new Promise((done) => canvas.toBlob(done, TAKEN, 0.92));
  return new File([blob], "webcam.jpg", { type: TAKEN });
}

function drawn(video, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas;
}
