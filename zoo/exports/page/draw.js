// Drawing: pictures, maps and outlines on canvases, and small helpers for elements.

const find = (id) => document.getElementById(id);

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// A picture (planes of levels) on a canvas of its own size.
function drawPicture(canvas, { width, height, data }) {
  const plane = width * height, planes = data.length / plane, image = new ImageData(width, height);
  for (let at = 0; at < plane; at++) {
    for (let c = 0; c < 3; c++) image.data[4 * at + c] = data[at + (planes === 3 ? c : 0) * plane];
    image.data[4 * at + 3] = 255;
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// How many pixels of the screen one value gets.
function enlargement(width, height, side) {
  return Math.max(1, Math.floor(side / Math.max(width, height)));
}

// A picture enlarged without smoothing, to be pointed at.
function drawEnlarged(canvas, picture, side) {
  const small = document.createElement("canvas"), scale = enlargement(picture.width, picture.height, side);
  drawPicture(small, picture);
  canvas.width = picture.width * scale;
  canvas.height = picture.height * scale;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
}

// One map as a picture: blue below zero, orange above, dark at zero; the largest size of all maps is full color.
function colorsOf(values, largest) {
  const plane = values.length, data = new Float32Array(3 * plane);
  for (let at = 0; at < plane; at++) {
    const share = Math.min(1, Math.abs(values[at]) / (largest || 1));
    const [r, g, b] = values[at] >= 0 ? [255, 170, 60] : [70, 150, 255];
    data[at] = 18 + share * (r - 18);
    data[at + plane] = 18 + share * (g - 18);
    data[at + 2 * plane] = 18 + share * (b - 18);
  }
  return data;
}

function drawMap(canvas, values, width, height, largest, side) {
  drawEnlarged(canvas, { width, height, data: colorsOf(values, largest) }, side);
}

function largestOf(values) {
  let largest = 0;
  for (const value of values) if (Math.abs(value) > largest) largest = Math.abs(value);
  return largest;
}

// The border of the places that a mask (Uint8Array or the like) marks.
function drawOutline(canvas, mask, width, height, color = "#ff3da5") {
  const scale = canvas.width / width, context = canvas.getContext("2d"), line = Math.max(2, Math.round(scale / 6));
  context.fillStyle = color;
  const inside = (x, y) => x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] > 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!inside(x, y)) continue;
      const [left, top] = [x * scale, y * scale];
      if (!inside(x - 1, y)) context.fillRect(left, top, line, scale);
      if (!inside(x + 1, y)) context.fillRect(left + scale - line, top, line, scale);
      if (!inside(x, y - 1)) context.fillRect(left, top, scale, line);
      if (!inside(x, y + 1)) context.fillRect(left, top + scale - line, scale, line);
    }
  }
}

function drawPlace(canvas, x, y, width) {
  const mask = new Uint8Array(width * Math.ceil(canvas.height / (canvas.width / width)));
  mask[y * width + x] = 1;
  drawOutline(canvas, mask, width, mask.length / width, "#fff");
}

// Any channel of planes (C, height, width): where something is marked.
function anyPlane(values, plane) {
  const mask = new Uint8Array(plane);
  for (let at = 0; at < values.length; at++) if (values[at]) mask[at % plane] = 1;
  return mask;
}

// Strength of planes: the largest size over channels.
function strongest(values, plane) {
  const out = new Float32Array(plane);
  for (let at = 0; at < values.length; at++) out[at % plane] = Math.max(out[at % plane], Math.abs(values[at]));
  return out;
}

// Calls visit(x, y) for the place that is pointed at, by mouse, finger or arrow keys.
function pointable(canvas, sizeOf, placeOf, visit, { drag = false } = {}) {
  const at = (event) => {
    const box = canvas.getBoundingClientRect(), [width, height] = sizeOf();
    const x = Math.floor(((event.clientX - box.left) / box.width) * width);
    const y = Math.floor(((event.clientY - box.top) / box.height) * height);
    visit(Math.min(width - 1, Math.max(0, x)), Math.min(height - 1, Math.max(0, y)));
  };
  canvas.addEventListener("pointerdown", at);
  if (drag) canvas.addEventListener("pointermove", (event) => event.buttons && at(event));
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [width, height] = sizeOf(), [x, y] = placeOf() || [width >> 1, height >> 1];
    visit(Math.min(width - 1, Math.max(0, x + step[0])), Math.min(height - 1, Math.max(0, y + step[1])));
  });
}

// A number as people read it: four digits that matter.
function number(value) {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  return (size >= 100 ? value.toFixed(1) : size >= 1 ? value.toFixed(2) : value.toFixed(3)).replace("-", "−");
}
