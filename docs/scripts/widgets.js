// Things to play with in the tutorials. Each fills the elements that name it: <div class="widget" data-widget="kernel">.
// Without scripts these stay empty, and the page loses nothing that it says. `engine.js` is the zoo's own engine.

(() => {
  "use strict";

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  const number = (value, digits = 2) => value.toFixed(digits).replace(/^-/, "−");

  // A labelled slider that shows its value; `changed` is called when it moves.
  function slider(label, { low, high, step, value }, changed) {
    const input = element("input", { type: "range", min: low, max: high, step, value });
    const output = element("output", {}, value.toString());
    input.addEventListener("input", () => {
      output.textContent = input.value;
      changed();
    });
    return { box: element("label", {}, `${label} `, input, " ", output), get value() { return Number(input.value); } };
  }

  const KERNELS = {
    "vertical edges": [-1, 0, 1, -1, 0, 1, -1, 0, 1],
    "horizontal edges": [-1, -1, -1, 0, 0, 0, 1, 1, 1],
    "sum of the window": [1, 1, 1, 1, 1, 1, 1, 1, 1],
    identity: [0, 0, 0, 0, 1, 0, 0, 0, 0],
  };
  const SIDE = 8;

  // A kernel of 3x3 that slides over a picture of 8x8: pick a place of the result to see its window and its sum.
  function kernel(root) {
    const levels = Float32Array.from({ length: SIDE * SIDE }, (_, at) => {
      const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
      return (x >= 2 && x <= 5 && y >= 2 && y <= 5 ? 5 : 1) + (x > y ? 1 : 0);
    });
    const place = { row: 1, column: 1 };
    const select = element("select");
    for (const name of Object.keys(KERNELS)) select.append(element("option", {}, name));
    const draw = () => update();
    const stride = slider("stride", { low: 1, high: 3, step: 1, value: 1 }, draw);
    const padding = slider("padding", { low: 0, high: 2, step: 1, value: 0 }, draw);
    const dilation = slider("dilation", { low: 1, high: 3, step: 1, value: 1 }, draw);
    const [input, output] = [element("div"), element("div")];
    const sum = element("p", { role: "status" });
    select.addEventListener("change", draw);
    root.append(
      element("p", {}, element("label", {}, "kernel ", select), stride.box, padding.box, dilation.box),
      element("div", { class: "widget__pair" }, input, output), sum);

    function update(focus = false) {
      const [s, p, d] = [stride.value, padding.value, dilation.value], weights = KERNELS[select.value];
      const result = OPERATIONS.conv2d.run({
        input: new Tensor([1, 1, SIDE, SIDE], levels), weight: new Tensor([1, 1, 3, 3], Float32Array.from(weights)),
        bias: null, stride: [s, s], padding: [p, p], dilation: [d, d], groups: 1,
      });
      const [, , rows, columns] = result.shape;
      place.row = Math.min(place.row, rows - 1);
      place.column = Math.min(place.column, columns - 1);
      const taps = weights.map((weight, k) => {
        const y = place.row * s - p + Math.floor(k / 3) * d, x = place.column * s - p + (k % 3) * d;
        const outside = x < 0 || y < 0 || x >= SIDE || y >= SIDE;
        return { x, y, weight, level: outside ? 0 : levels[y * SIDE + x] };
      });
      drawInput(p, taps);
      drawOutput(result, focus);
      const terms = taps.map(({ weight, level }) => `${number(weight, 0)}·${level}`).join(" + ");
      sum.textContent = `Row ${place.row}, column ${place.column}: ${terms} = `
        + number(result.data[place.row * columns + place.column], 0);
    }

    function drawInput(p, taps) {
      const body = element("tbody");
      for (let y = -p; y < SIDE + p; y++) {
        const line = element("tr");
        for (let x = -p; x < SIDE + p; x++) {
          const outside = x < 0 || y < 0 || x >= SIDE || y >= SIDE, tap = taps.find((one) => one.x === x && one.y === y);
          const kind = `${outside ? "outside" : ""} ${tap ? "tap" : ""}`.trim();
          line.append(element("td", kind ? { class: kind } : {}, outside ? "0" : String(levels[y * SIDE + x])));
        }
        body.append(line);
      }
      input.replaceChildren(element("table", { class: "widget__grid" },
        element("caption", {}, `the picture${p ? ", padded with zeros" : ""}`), body));
    }

    function drawOutput({ data, shape: [, , rows, columns] }, focus) {
      const body = element("tbody");
      for (let row = 0; row < rows; row++) {
        const line = element("tr");
        for (let column = 0; column < columns; column++) {
          const chosen = row === place.row && column === place.column;
          const button = element("button", { type: "button", tabindex: chosen ? 0 : -1, "aria-pressed": chosen },
            number(data[row * columns + column], 0));
          button.addEventListener("click", () => move(row, column, rows, columns));
          button.addEventListener("keydown", (event) => {
            const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
            if (!step) return;
            event.preventDefault();
            move(row + step[0], column + step[1], rows, columns);
          });
          line.append(element("td", {}, button));
        }
        body.append(line);
      }
      output.replaceChildren(element("table", { class: "widget__grid" },
        element("caption", {}, `the result, ${rows} × ${columns}`), body));
      if (focus) output.querySelector("[tabindex='0']").focus();
    }

    function move(row, column, rows, columns) {
      place.row = Math.min(rows - 1, Math.max(0, row));
      place.column = Math.min(columns - 1, Math.max(0, column));
      update(true);
    }
    update();
  }

  // Three logits to drag: their softmax, the cross-entropy, and its gradient.
  function softmax(root) {
    const colors = ["grass", "sky", "brick"], select = element("select");
    for (const color of colors) select.append(element("option", {}, color));
    const draw = () => update();
    const logits = colors.map((color, k) =>
      slider(`logit of ${color}`, { low: -5, high: 5, step: 0.1, value: [2, 1, -1][k] }, draw));
    const bars = element("div"), loss = element("p", { role: "status" });
    select.addEventListener("change", draw);
    root.append(element("p", {}, ...logits.map(({ box }) => box), element("label", {}, "true color ", select)), bars, loss);

    function update() {
      const tensor = new Tensor([1, 3, 1, 1], Float32Array.from(logits.map(({ value }) => value)));
      const shares = OPERATIONS.softmax.run({ self: tensor, dim: 1 }).data, truth = select.selectedIndex;
      bars.replaceChildren(...colors.map((color, k) => {
        const bar = element("b");
        bar.style.width = `${100 * shares[k]}%`;
        const slope = shares[k] - (k === truth ? 1 : 0);
        return element("div", { class: "widget__bar" }, element("span", {}, `${color} ${number(shares[k], 3)}`),
          element("span", {}, bar), element("span", {}, `slope ${number(slope, 3)}`));
      }));
      loss.textContent = `Cross-entropy: −ln ${number(shares[truth], 3)} = ${number(-Math.log(shares[truth]), 3)} nats. `
        + "The slope of the loss by each logit is its probability, less 1 for the true color.";
    }
    update();
  }

  // One weight on the loss (w − 2)²: each press takes one step downhill.
  function descent(root) {
    let path = [-0.5];
    const rate = slider("learning rate", { low: 0.05, high: 1.1, step: 0.05, value: 0.1 }, () => {});
    const step = element("button", { type: "button", class: "md-button" }, "One step");
    const again = element("button", { type: "button", class: "md-button" }, "Start again");
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const told = element("p", { role: "status" }, "The loss is (w − 2)², and w begins at −0.5.");
    svg.setAttribute("viewBox", "-2 -0.5 8 10");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", "The loss over the weight, and the steps taken");
    root.append(element("p", {}, rate.box, step, " ", again), svg, told);
    step.addEventListener("click", () => {
      const w = path.at(-1), slope = 2 * (w - 2), next = w - rate.value * slope;
      path.push(next);
      told.textContent = `Step ${path.length - 1}: w = ${number(w)} − ${rate.value} · ${number(slope)} = ${number(next)}, `
        + `where the loss is ${number((next - 2) ** 2, 3)}.`;
      draw();
    });
    again.addEventListener("click", () => {
      path = [-0.5];
      told.textContent = "The loss is (w − 2)², and w begins at −0.5.";
      draw();
    });

    function draw() {
      const line = (points, kind) => `<polyline class="${kind}" points="${points.map(([x, y]) => `${x},${9 - y}`).join(" ")}"/>`;
      const loss = (w) => Math.min(12, (w - 2) ** 2);
      const curve = Array.from({ length: 65 }, (_, at) => [at / 8 - 2, loss(at / 8 - 2)]);
      const steps = path.map((w) => [Math.min(6, Math.max(-2, w)), loss(w)]);
      svg.innerHTML = line(curve, "widget__curve") + line(steps, "widget__steps")
        + steps.map(([x, y]) => `<circle cx="${x}" cy="${9 - y}" r="0.12"/>`).join("");
    }
    draw();
  }

  const WIDGETS = { kernel, softmax, descent };
  for (const root of document.querySelectorAll("[data-widget]")) WIDGETS[root.dataset.widget](root);
})();
