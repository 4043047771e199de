// The answer as a picture: the colored photo or the mask, a divider over it, and the reference beside it.

function pictureFrom(logits, temperature) {
  const { picture, seen } = state;
  if (TASK.kind === "colorization") {
    return colorized(picture, seen, logits, TASK.colors, temperature, TASK.differences);
  }
  const chosen = segmented(picture, seen, logits, TASK.classes);
  return overlaid(picture, chosen, TASK.colors, TASK.kind === "segmentation" ? TASK.tint : 1);
}

function showResult() {
  const before = TASK.channels === 1 ? greyOf(state.picture) : state.picture;
  drawPicture(find("before"), before);
  drawPicture(find("after"), pictureFrom(state.logits, state.temperature));
  const side = Math.max(state.picture.width, state.picture.height);
  for (const box of [find("before").parentElement, find("reference")]) {
    if (box) box.style.width = `${Math.min(480, Math.max(side, 320)) * Math.min(1, state.picture.width / side)}px`;
  }
  const { width, height } = state.seen;
  find("caption").textContent = TASK.kind === "colorization"
    ? "Lightness from the photo, color from the network; drag to compare"
    : "The classes over the photo; drag to compare";
  find("status").textContent = `The photo has ${state.picture.width} × ${state.picture.height} pixels; the network saw `
    + `${width} × ${height} and took ${Math.round(state.milliseconds)} ms.`;
  showReference();
}

async function showReference() {
  if (!REFERENCE) return;
  const { seen } = state, pass = await REFERENCE.run(REFERENCE.input(seen.data, seen.height, seen.width));
  if (seen === state.seen) drawPicture(find("reference"), pictureFrom(pass.logits.data, state.temperature));
}

function divide(percent) {
  find("divider").value = percent;
  find("after").style.clipPath = `inset(0 0 0 ${percent}%)`;
  find("bar").style.left = `${percent}%`;
}

function listenToResult() {
  divide(0);
  find("divider").addEventListener("input", (event) => divide(event.target.value));
  const split = find("before").parentElement;
  const drag = (event) => {
    const box = split.getBoundingClientRect();
    divide(Math.round(Math.min(100, Math.max(0, ((event.clientX - box.left) / box.width) * 100))));
  };
  split.addEventListener("pointerdown", drag);
  split.addEventListener("pointermove", (event) => event.buttons && drag(event));
  const slider = find("temperature");
  const tell = () => (find("temperature-value").textContent =
    state.temperature === null ? "least expected difference" : `temperature ${state.temperature.toFixed(2)}`);
  if (slider) {
    tell();
    slider.addEventListener("input", () => {
      state.temperature = Number(slider.value);
      tell();
      changed("look");
    });
  }
  find("save").addEventListener("click", () => find("after").toBlob((blob) => {
    const link = element("a", { href: URL.createObjectURL(blob), download: "zoo.png" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }));
  onChange((part) => ["answer", "look"].includes(part) && showResult());
}
