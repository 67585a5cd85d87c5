// Send one picture as the form does, smaller where that helps; read the page it gets.

const LONGEST_SIDE = 2048; // the server decodes about half of it: docs/decisions/0030
const WORTH_SHRINKING = 1_000_000; // bytes
const HEAD = 16; // bytes
// JPEG, PNG, GIF, BMP, TIFF, WebP, HEIC and AVIF, whatever their names say.
const PICTURE =
  /^(\xff\xd8|\x89PNG|GIF8|BM|II\*\0|MM\0\*|RIFF[^]{4}WEBP|[^]{4}ftyp(hei|hev|mif|msf|avi))/;

// Return the sentence in which the server would refuse a file, or "".
export async function refusal(file, { limit, tooLarge }, types) {
  if (file.size > Number(limit)) return tooLarge.replace("SIZE", sizeOf(file));
  const start = Object.keys(types).find((each) => file.type.startsWith(each));
  if (!start) return "";
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  if (PICTURE.test(String.fromCharCode(...head))) return "";
  return types[start];
}

export async function smaller(file) {
  if (file.type !== "image/jpeg" || file.size < WORTH_SHRINKING) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = LONGEST_SIDE / Math.max(picture.width, picture.height);
    if (scale >= 1) return file;
    const canvas = document.createElement("canvas");
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

export function get(address) {
  return ask("GET", address);
}

// Post a form's data; `progress` is told the share that has left.
export function post(address, body, progress) {
  return ask("POST", address, body, progress);
}

function ask(method, address, body = null, progress = () => {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
    request.onload = () => resolve(read(request.response, request.responseURL));
    request.onerror = () => resolve({});
    request.open(method, address);
    request.send(body);
  });
}

// The server answers with the pages that a browser without a script would get.
function read(page, address) {
  const headline = page?.querySelector("h1")?.textContent;
  if (page?.querySelector("#class-name")) {
    const probability = page.querySelector(".probability strong")?.parentElement;
    const sentence = probability?.textContent.trim() ?? "";
    return { isKept: true, page, address, headline, sentence };
  }
  const refusal = page?.querySelector("#file-error")?.textContent.trim();
  if (refusal) return { isRefused: true, sentence: refusal };
  return { page, sentence: headline };
}

export function sizeOf(file) {
  const megabytes = file.size / 1024 / 1024;
  const digits = { maximumFractionDigits: 1 };
  return `${megabytes.toLocaleString(document.documentElement.lang, digits)}\u00a0MB`;
}
