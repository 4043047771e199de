"""The operations that the page can compute, by their names in ATen, torch's library of operators.

The engine's JavaScript files (`engine/*.js`) implement them; a test compares the two lists.
"""

from __future__ import annotations

LAYERS = frozenset(
    {
        "adaptive_avg_pool2d",
        "avg_pool2d",
        "batch_norm",
        "conv2d",
        "conv_transpose2d",
        "embedding",
        "group_norm",
        "instance_norm",
        "layer_norm",
        "linear",
        "log_softmax",
        "matmul",
        "max_pool2d",
        "mean",
        "softmax",
        "sum",
        "upsample_bilinear2d",
        "upsample_nearest2d",
    }
)
"""What mixes values of several places or channels."""

UNARY = frozenset(
    {
        "abs",
        "clamp",
        "elu",
        "exp",
        "gelu",
        "hardsigmoid",
        "hardswish",
        "hardtanh",
        "leaky_relu",
        "log",
        "neg",
        "pow",
        "reciprocal",
        "relu",
        "relu6",
        "round",
        "rsqrt",
        "sigmoid",
        "silu",
        "softplus",
        "sqrt",
        "tanh",
        "to",
    }
)
"""What changes every value by itself."""

BINARY = frozenset({"add", "div", "maximum", "minimum", "mul", "rsub", "sub"})
"""What joins two tensors, or a tensor and a number, value by value."""

REARRANGING = frozenset(
    {
        "cat",
        "chunk",
        "expand",
        "flatten",
        "flip",
        "getitem",
        "narrow",
        "pad",
        "permute",
        "reshape",
        "select",
        "slice",
        "split",
        "split_with_sizes",
        "squeeze",
        "transpose",
        "unsqueeze",
        "view",
    }
)
"""What moves values and changes none."""

CONSTANTS = frozenset({"arange", "full", "full_like", "linspace", "ones", "ones_like", "zeros", "zeros_like"})
"""What depends on sizes alone."""

SUPPORTED = LAYERS | UNARY | BINARY | REARRANGING | CONSTANTS

IDENTITIES = frozenset(
    {"alias", "clone", "contiguous", "detach", "detach_", "dropout", "feature_dropout", "lift_fresh_copy", "type_as"}
)
"""What changes nothing in a trained network; left out of the graph."""

IN_PLACE = {f"{name}_": name for name in UNARY | BINARY}
"""Functions that write into their input; on the page they do not."""
