// Where pictures come from: samples, files, the camera, the clipboard, or dropped on the page.

// Pixels of an image, upright, as planes of levels; see-through places become white.
function pixelsOf(image) {
  const { width, height } = image, canvas = element("canvas", { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height), plane = width * height;
  const planes = new Float32Array(3 * plane);
  for (let at = 0; at < plane; at++) for (let c = 0; c < 3; c++) planes[at + c * plane] = data[4 * at + c];
  return { width, height, data: planes };
}

async function readFile(file, use) {
  if (!file) return;
  try {
    use(pixelsOf(await createImageBitmap(file)));
  } catch {
    find("status").textContent = `${file.name || "This file"} is no picture that the browser can read.`;
  }
}

function readAddress(address, use) {
  const image = new Image();
  image.onload = () => use(pixelsOf(Object.assign(image, { width: image.naturalWidth, height: image.naturalHeight })));
  image.src = address;
}

function listenForPictures(use) {
  for (const id of ["file", "camera"]) {
    find(id).addEventListener("change", (event) => readFile(event.target.files[0], use));
  }
  document.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find(({ type }) => type.startsWith("image/"));
    readFile(file, use);
  });
  const mark = (on) => document.body.classList.toggle("dropping", on);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", () => mark(false));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    readFile(event.dataTransfer.files[0], use);
  });
}

function listSamples(samples, use) {
  const pick = (button, address) => {
    for (const other of find("samples").children) other.setAttribute("aria-pressed", String(other === button));
    readAddress(address, use);
  };
  samples.forEach((address, place) => {
    const label = `Sample ${place + 1}`;
    const button = element("button", { type: "button", "aria-pressed": "false", "aria-label": label },
      element("img", { src: address, alt: "" }));
    button.addEventListener("click", () => pick(button, address));
    find("samples").append(button);
  });
  find("samples").firstElementChild?.click();
}
