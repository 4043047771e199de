// The answer pixel by pixel: probabilities of a pixel, parts of the input that are hidden, connections that are cut.

function showAnswer() {
  const { seen, classes, place } = state, plane = seen.width * seen.height, graph = NETWORK.graph;
  const levels = state.hidden ? seen.data.map((level, at) => (state.hidden[at % plane] ? 128 : level)) : seen.data;
  drawEnlarged(find("seen"), { ...seen, data: levels }, 352);
  const answer = new Float32Array(3 * plane);
  for (let at = 0; at < plane; at++) for (let c = 0; c < 3; c++) answer[at + c * plane] = TASK.colors[classes[at]][c];
  drawEnlarged(find("answer"), { ...seen, data: answer }, 352);
  if (place) {
    showStrength();
    const field = state.field.get(graph.input);
    if (field) drawOutline(find("seen"), anyPlane(field, plane), seen.width, seen.height);
    if (place.name === graph.output) drawPlace(find("answer"), place.x, place.y, seen.width);
  }
  showBars();
  showChange();
}

// Lays the gradient's size over the input, full where it is largest.
function showStrength() {
  const slopes = state.slopes.get(NETWORK.graph.input);
  if (!slopes) return;
  const { width, height } = state.seen, strength = strongest(slopes, width * height), largest = largestOf(strength);
  const canvas = find("seen"), context = canvas.getContext("2d"), scale = canvas.width / width;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share = strength[y * width + x] / (largest || 1);
      if (share < 0.02) continue;
      context.fillStyle = `rgba(255, 205, 40, ${0.75 * Math.sqrt(share)})`;
      context.fillRect(x * scale, y * scale, scale, scale);
    }
  }
}

function showBars() {
  const list = find("bars"), { place, seen } = state;
  list.replaceChildren();
  const ours = place && place.name === NETWORK.graph.output;
  find("bars-heading").textContent = ours
    ? `Probabilities at column ${place.x}, row ${place.y}` : "Point at a pixel to see its probabilities";
  if (!ours) return;
  const plane = seen.width * seen.height;
  probabilities(state.logits, TASK.classes, plane, place.y * seen.width + place.x)
    .map((share, k) => ({ share, k })).sort((a, b) => b.share - a.share)
    .forEach(({ share, k }) => {
      const color = TASK.colors[k], hex = `#${color.map((level) => level.toString(16).padStart(2, "0")).join("")}`;
      const swatch = element("i"), bar = element("b");
      swatch.style.background = hex;
      bar.style.width = `${100 * share}%`;
      list.append(element("li", {}, swatch, element("span", {}, TASK.kind === "colorization" ? hex : `class ${k}`),
        element("span", {}, bar), element("span", {}, `${(100 * share).toFixed(1)} %`)));
      bar.style.display = "block";
    });
}

function showChange() {
  const { plain, classes } = state, altered = state.hidden || state.silenced.size;
  const count = altered && plain ? classes.filter((k, at) => k !== plain[at]).length : 0;
  find("change").textContent = altered && plain
    ? `${count} of ${classes.length} pixels (${((100 * count) / classes.length).toFixed(1)} %) now have another class.` : "";
}

function tool() {
  return document.querySelector("input[name=tool]:checked").value;
}

function hideAround(x, y) {
  const { width, height } = state.seen, half = Number(find("patch").value) / 2;
  state.hidden ??= new Uint8Array(width * height);
  for (let row = Math.max(0, Math.ceil(y - half)); row < Math.min(height, y + half); row++) {
    for (let at = Math.max(0, Math.ceil(x - half)); at < Math.min(width, x + half); at++) state.hidden[row * width + at] = 1;
  }
  compute();
}

// Every input of a join that is not a constant can be cut: the way up, or the skip connection.
function listJoins() {
  const operations = NETWORK.graph.operations, order = new Map(operations.map(({ name }, place) => [name, place]));
  for (const { name, op, args } of operations) {
    const inputs = op === "cat" ? args.tensors : op === "add" ? [args.self, args.other] : [];
    if (inputs.length < 2 || inputs.some((input) => !input?.node)) continue;
    const earliest = inputs.reduce((a, b) => ((order.get(b.node) ?? -1) < (order.get(a.node) ?? -1) ? b : a));
    const box = element("input", { type: "checkbox", checked: true });
    box.addEventListener("change", () => {
      const tag = `${name}:${inputs.indexOf(earliest)}`;
      if (box.checked) state.silenced.delete(tag);
      else state.silenced.add(tag);
      compute();
    });
    find("skips").append(element("label", {}, box, ` ${titleOf(earliest.node)} → ${titleOf(name)}`));
  }
  if (find("skips").childElementCount) find("skips").prepend(element("span", { class: "faint" }, "Skip connections:"));
}

function listenToAnswer() {
  const size = () => [state.seen.width, state.seen.height];
  const at = () => state.place && [state.place.x, state.place.y];
  const visit = (x, y) => {
    if (tool() === "hide") hideAround(x, y);
    else point(NETWORK.graph.output, state.classes[y * state.seen.width + x], x, y);
  };
  for (const id of ["seen", "answer"]) pointable(find(id), size, at, visit, { drag: true });
  const tell = () => (find("patch-value").textContent = `${find("patch").value} pixels`);
  find("patch").addEventListener("input", tell);
  tell();
  find("undo").addEventListener("click", () => {
    state.hidden = null;
    compute();
  });
  listJoins();
  onChange((part) => ["answer", "place"].includes(part) && showAnswer());
}
