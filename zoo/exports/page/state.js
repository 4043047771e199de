// What the page shows at the moment, and the computation behind it.

const DATA = JSON.parse(find("data").textContent);
const TASK = DATA.task, NETWORK = new Network(DATA.network.graph, DATA.network.weights);
const REFERENCE = DATA.reference && new Network(DATA.reference.graph, DATA.reference.weights);
const OPERATION_BY_NAME = new Map(NETWORK.graph.operations.map((operation) => [operation.name, operation]));

const state = {
  picture: null, // as it was loaded
  seen: null, // what the network sees of it
  hidden: null, // places of `seen` that are hidden, or null
  silenced: new Set(), // inputs of joins that count as zero
  temperature: TASK.temperature ?? null, // null: the color of the least expected difference
  pass: null, // the forward pass
  logits: null, // planes (K, height, width) of the size of `seen`
  plain: null, // classes when nothing is hidden or silenced
  milliseconds: 0,
  shown: null, // name of the operation whose maps are shown
  channel: 0, // and which of them is large
  place: null, // { name, channel, x, y }: the value that was pointed at
  field: new Map(), // what it can depend on, by operation
  slopes: new Map(), // its gradient, by operation
};

const listeners = [];

// Registers what draws the page anew; `part` says what has changed: "answer", "layer", "place" or "look".
function onChange(listener) {
  listeners.push(listener);
}

function changed(part) {
  for (const listener of listeners) listener(part);
}

// Lets the browser draw and listen between operations, but no more often than 30 times a second.
function pausing() {
  let last = performance.now();
  return () => {
    if (performance.now() - last < 33) return null;
    return new Promise((resume) => setTimeout(resume)).then(() => (last = performance.now()));
  };
}

let latest = 0;

// Runs the network on what is seen, unless something newer comes in between.
async function compute() {
  const ours = ++latest, { seen } = state, begin = performance.now();
  const levels = state.hidden ? seen.data.map((level, at) => (state.hidden[at % state.hidden.length] ? 128 : level)) : seen.data;
  const input = NETWORK.input(levels, seen.height, seen.width);
  const pass = await NETWORK.run(input, { silenced: state.silenced, pause: pausing() });
  if (ours !== latest) return;
  state.pass = pass;
  state.logits = pass.logits.data;
  state.milliseconds = performance.now() - begin;
  const plane = seen.width * seen.height;
  state.classes = classesOf(state.logits, TASK.classes, plane);
  if (!state.hidden && state.silenced.size === 0) state.plain = state.classes;
  trace();
  changed("answer");
}

async function use(picture) {
  Object.assign(state, { picture, hidden: null, place: null, plain: null });
  state.silenced.clear();
  find("status").textContent = "Computing…";
  state.seen = visible(picture, TASK.channels, TASK);
  await compute();
}

// Points at a value: what it depends on, and how strongly.
function point(name, channel, x, y) {
  state.place = { name, channel, x, y };
  trace();
  changed("place");
}

function trace() {
  state.field = new Map();
  state.slopes = new Map();
  if (!state.place) return;
  const { name, channel, x, y } = state.place, { shape, data } = state.pass.values.get(name);
  const seed = new Float32Array(data.length);
  seed[(channel * shape[2] + y) * shape[3] + x] = 1;
  state.field = state.pass.gradients(name, seed, true);
  state.slopes = state.pass.gradients(name, seed);
}

// An operation's output as maps, if it is one.
function mapsOf(name) {
  const tensor = state.pass.values.get(name);
  if (!(tensor instanceof Tensor) || tensor.shape.length !== 4) return null;
  const [, channels, height, width] = tensor.shape;
  return { channels, height, width, data: tensor.data, plane: height * width };
}
