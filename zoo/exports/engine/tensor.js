// Tensors: a shape, and values in the order of torch's contiguous layout, the last axis fastest.

class Tensor {
  constructor(shape, data) {
    this.shape = shape;
    this.data = data || new Float32Array(count(shape));
  }
}

function count(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

// How far apart neighbors along each axis lie in memory.
function strides(shape) {
  const steps = new Array(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) steps[axis] = steps[axis + 1] * shape[axis + 1];
  return steps;
}

// A number of axis, counted from the end if negative.
function axisOf(axis, rank) {
  return axis < 0 ? axis + rank : axis;
}

function pair(value, otherwise) {
  if (value === null || value === undefined || value.length === 0) return otherwise;
  if (typeof value === "number") return [value, value];
  return value.length === 1 ? [value[0], value[0]] : value;
}

// Every operation by its name in ATen. `run` takes its arguments by name and returns a tensor, or a list of them.
// `back` takes the gradient of its output (an array like the output's data), the arguments, the output, and whether the
// question is structural. It returns a list of [tensor, gradient], one for each argument that the output depends on.
//
// A structural pass answers which inputs an output depends on at all: every weight and every derivative counts as 1, so
// that what is positive in the end is the receptive field, and nothing cancels.
const OPERATIONS = {};
