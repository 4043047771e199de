"""How every operation is counted. What is not listed here has no rule, and is an error that names it.

One multiply-add is one connection. Contractions (convolutions, matrix products, attention) make one for every
product that they sum; an elementwise product or quotient makes one for every value that it multiplies by a weight (a
depthwise 1x1 convolution does no more), and one for every product of two computed values whose sum is then taken; see
`zoo.complexity.counting.products`. What is computed of weights alone is the same for every picture, and makes none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from zoo.complexity.counting.pointwise import names

Size = Any
"""An int, or a size that stands for all its values; see `zoo.complexity.counting.symbolic`."""


def conv_connections(args: Sequence[Any], out: Any) -> Size:
    """Of a convolution: every tap at every place. A transposed one has its places on its input."""
    x, w, transposed = args[0], args[1], args[6]
    places = (x if transposed else out).shape[2:]
    return x.shape[0] * w.numel() * math.prod(places)


def conv_backward_connections(args: Sequence[Any], out: Any) -> Size:
    """As many as forward for the gradient of the input, and again for that of the weights; groups stay groups."""
    grad, x, w, transposed, wanted = args[0], args[1], args[2], args[7], args[10]
    places = (x if transposed else grad).shape[2:]
    return x.shape[0] * w.numel() * math.prod(places) * (int(wanted[0]) + int(wanted[1]))


def _matmul(first: int) -> Callable[[Sequence[Any], Any], Size]:
    """Of (..., M, K) x (..., K, N): M * K * N each; `first` is the place of the left factor."""
    return lambda args, out: args[first].numel() * args[first + 1].shape[-1]


def _vector(first: int) -> Callable[[Sequence[Any], Any], Size]:
    """Of a matrix or a vector times a vector: one for every value of the left factor."""
    return lambda args, out: args[first].numel()


def _distances(args: Sequence[Any], out: Any) -> Size:
    """Of Euclidean distances between P and R vectors of M values: a square for every difference."""
    euclidean = len(args) < 3 or args[2] == 2
    return out.numel() * args[0].shape[-1] if euclidean else 0


def _bilinear(args: Sequence[Any], out: Any) -> Size:
    """Of x1 W x2, (..., I) x (O, I, J) x (..., J), as torch computes it: x1 meets W, and the result x2."""
    x, w = args[0], args[1]
    weights = w.numel()
    batch = x.numel() // w.shape[1]
    return batch * (weights + weights // w.shape[1])


def _deformed(args: Sequence[Any], out: Any) -> Size:
    """Of a deformable convolution: that of a plain one."""
    return out.shape[0] * args[1].numel() * math.prod(out.shape[2:])


def attention_connections(args: Sequence[Any], out: Any) -> Size:
    """Of fused attention, (B, heads, L, E) x (B, heads, S, E) x (B, heads, S, V): the scores, and their mixture."""
    query, key, value = args[:3]
    return math.prod(query.shape[:-1]) * key.shape[-2] * (query.shape[-1] + value.shape[-1])


def attention_backward_connections(args: Sequence[Any], out: Any) -> Size:
    """The scores again, and the gradients of value, scores, query and key."""
    query, key, value = args[1:4]
    return math.prod(query.shape[:-1]) * key.shape[-2] * (3 * query.shape[-1] + 2 * value.shape[-1])


CONTRACTIONS: dict[str, Callable[[Sequence[Any], Any], Size]] = {
    "convolution": conv_connections,
    "convolution_backward": conv_backward_connections,
    "mm": _matmul(0),
    "bmm": _matmul(0),
    "addmm": _matmul(1),
    "baddbmm": _matmul(1),
    "addbmm": _matmul(1),
    "mv": _vector(0),
    "addmv": _vector(1),
    "_trilinear": _bilinear,
    "_cdist_forward": _distances,
    "_euclidean_dist": _distances,
    "torchvision::deform_conv2d": _deformed,
    "dot": _vector(0),
    "vdot": _vector(0),
    "_scaled_dot_product_flash_attention": attention_connections,
    "_scaled_dot_product_flash_attention_for_cpu": attention_connections,
    "_scaled_dot_product_flash_attention_for_cpu_backward": attention_backward_connections,
    "_scaled_dot_product_efficient_attention": attention_connections,
    "_scaled_dot_product_cudnn_attention": attention_connections,
}
"""Operations that sum products: the number of products, by arguments and output."""

FACTORS = {"addmm": (1, 2), "baddbmm": (1, 2), "addbmm": (1, 2), "addmv": (1, 2)}
"""Which arguments of a contraction are multiplied, where they are not the first two; argument 0 is added."""

PRODUCTS = frozenset({"mul", "div"})
SCALINGS = names(
    """
    neg
    """
)
"""What a number does to every value alike, beside the products and sums with a number."""

SUMS: dict[str, Callable[[Sequence[Any]], Sequence[int]]] = {
    "sum": lambda args: _dims(args, range(args[0].dim())),
    "mean": lambda args: _dims(args, range(args[0].dim())),
    "cumsum": lambda args: [args[1]],
    "avg_pool1d": lambda args: (-1,),
    "avg_pool2d": lambda args: (-1, -2),
    "avg_pool3d": lambda args: (-1, -2, -3),
    "_adaptive_avg_pool2d": lambda args: (-1, -2),
    "_adaptive_avg_pool3d": lambda args: (-1, -2, -3),
}
"""Operations that sum, and the dimensions along which they do."""


def _dims(args: Sequence[Any], every: Sequence[int]) -> Sequence[int]:
    given = args[1] if len(args) > 1 else None
    return [given] if isinstance(given, int) else given or every


def squares(name: str, args: Sequence[Any]) -> bool:
    """Whether a statistic sums squares: a variance, or a Euclidean norm."""
    if name in ("var", "var_mean", "std", "std_mean"):
        return True
    return name in ("norm", "linalg_vector_norm") and (len(args) < 2 or args[1] in (None, 2))


ADDITIONS = names(
    """
    add sub rsub index_add scatter_add
    """
)

NORMALIZATIONS = {
    "native_batch_norm": (1, 2),
    "_native_batch_norm_legit": (1, 2),
    "_native_batch_norm_legit_no_training": (1, 2),
    "_batch_norm_with_update": (1, 2),
    "_batch_norm_no_update": (1, 2),
    "native_layer_norm": (2, 3),
    "native_group_norm": (1, 2),
    "_fused_rms_norm": (2, 2),
}
"""Normalizations, with the places of their scale and shift. They scale and shift values one by one: no connections."""

RESAMPLING = names(
    """
    max_pool2d_with_indices max_pool3d_with_indices max_pool1d avg_pool1d avg_pool2d avg_pool3d
    _adaptive_avg_pool2d  _adaptive_avg_pool3d adaptive_max_pool2d adaptive_max_pool3d
    fractional_max_pool2d max_unpool2d  upsample_nearest1d upsample_nearest2d upsample_nearest3d
    _upsample_nearest_exact1d _upsample_nearest_exact2d  _upsample_nearest_exact3d upsample_linear1d
    upsample_bilinear2d upsample_bicubic2d upsample_trilinear3d  _upsample_bilinear2d_aa
    _upsample_bicubic2d_aa grid_sampler_2d grid_sampler_3d mean sum amax amin
    """
)
"""Pooling and resampling: no weights, so no connections."""

ACTIVATIONS = names(
    """
    relu gelu silu sigmoid tanh hardswish hardsigmoid hardtanh leaky_relu elu celu selu mish softplus
    softshrink  hardshrink threshold log_sigmoid_forward _softmax _log_softmax _safe_softmax glu
    _prelu_kernel rrelu_with_noise  clamp clamp_min clamp_max maximum minimum sin cos
    """
)
"""Functions of one value, or of a few: no connections."""

MOVES = names(
    """
    view _unsafe_view reshape _reshape_alias _unsafe_index permute transpose t unsqueeze squeeze expand
    flatten  unflatten select slice narrow split split_with_sizes unsafe_split unsafe_split_with_sizes
    chunk unbind diagonal  unfold as_strided alias detach clone contiguous _to_copy copy lift_fresh lift
    cat stack constant_pad_nd  reflection_pad1d reflection_pad2d reflection_pad3d replication_pad1d
    replication_pad2d replication_pad3d im2col  roll flip rot90 repeat repeat_interleave gather index
    index_select index_put take masked_select pixel_shuffle  pixel_unshuffle channel_shuffle
    slice_scatter select_scatter scatter tril triu masked_fill fill where  native_dropout dropout
    view_as_real view_as_complex movedim swapaxes resolve_conj resolve_neg _conj _fw_primal affine_grid_generator
    block_diag trace _weight_norm_interface
    """
)
"""Views, copies, padding and the like: nothing is multiplied, and no new value computed."""

LOOKUPS = frozenset({"embedding", "_embedding_bag", "_embedding_bag_forward_only"})
"""Tables: their rows are copied out, which makes values but no connections."""

FACTORIES = names(
    """
    empty empty_like empty_strided new_empty new_empty_strided zeros zeros_like new_zeros ones ones_like
    new_ones full  full_like new_full arange linspace eye rand randn rand_like randn_like randint
    randperm scalar_tensor bernoulli  uniform normal random _efficientzerotensor randint_like
    """
)
"""New tensors, from nothing."""

NOISE = names(
    """
    rand randn rand_like randn_like randint randint_like randperm bernoulli uniform normal random
    """
)
"""Values that are new for every picture."""

TRANSFORMS = names(
    """
    _fft_r2c _fft_c2r _fft_c2c complex polar
    """
)
"""Fourier transforms, and the making of complex numbers: nothing meets a weight, so no connections."""

COMPARISONS = names(
    """
    max min argmax argmin topk sort argsort any all eq ne lt le gt ge isnan isinf logical_and logical_or
    logical_not  bitwise_and bitwise_or bitwise_not nonzero unique_dim bucketize searchsorted sym_size
    sym_numel _local_scalar_dense  item prod var var_mean std std_mean linalg_vector_norm norm logsumexp
    cumprod cummax cummin zero
    """
)
"""Comparisons and statistics: values are compared or averaged, none meets a weight."""

BACKWARD = names(
    """
    native_batch_norm_backward batch_norm_backward native_layer_norm_backward native_group_norm_backward
    _fused_rms_norm_backward max_pool2d_with_indices_backward avg_pool2d_backward
    _adaptive_avg_pool2d_backward  adaptive_max_pool2d_backward upsample_nearest2d_backward
    upsample_bilinear2d_backward upsample_bicubic2d_backward  upsample_nearest1d_backward
    upsample_linear1d_backward _softmax_backward_data _log_softmax_backward_data  nll_loss_forward
    nll_loss2d_forward nll_loss_backward nll_loss2d_backward embedding_dense_backward slice_backward
    select_backward unfold_backward col2im native_dropout_backward reflection_pad2d_backward
    glu_backward  replication_pad2d_backward _prelu_kernel_backward sum_to_size diagonal_backward
    log_sigmoid_backward grid_sampler_2d_backward
    """
)
"""What backward adds to that, and losses: gradients of operations that make no connections."""

_GRADIENTS = frozenset(f"{name}_backward" for name in ACTIVATIONS)

FREE = frozenset().union(
    _GRADIENTS, RESAMPLING, ACTIVATIONS, MOVES, LOOKUPS, FACTORIES, COMPARISONS, BACKWARD, ADDITIONS, SUMS, TRANSFORMS
)


NEEDS_VALUES = frozenset({"_local_scalar_dense", "item", "nonzero", "masked_select", "_unique2", "unique_dim"})
"""Operations whose result, or its size, depends on values."""

IGNORED = ("profiler::", "_record_function", "_assert")
"""How the names of operations begin that compute nothing."""


def is_elementwise(func: Any) -> bool:
    """Whether torch itself tags an operation as pointwise: one value in, one value out."""
    return torch.Tag.pointwise in func.tags


def has_rule(func: Any, name: str) -> bool:
    """Whether an operation has a counting rule; `name` is its name without overload."""
    return name in CONTRACTIONS or name in PRODUCTS or name in NORMALIZATIONS or name in FREE or is_elementwise(func)


def written(func: Any) -> str:
    """An operation's name for messages, with its namespace."""
    name: str = func.name()
    return name.partition(".")[0]


def real_products(factors: Sequence[Tensor]) -> int:
    """How many products of real numbers one product is: four if both factors are complex, two if one is."""
    one, other = (isinstance(f, Tensor) and f.is_complex() for f in (factors[0], factors[-1]))
    return (1 + one) * (1 + other)


def tensors_in(value: Any) -> list[Tensor]:
    """Every tensor in a value, however it is nested in tuples, lists and dicts."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in tensors_in(item)]
    return []
