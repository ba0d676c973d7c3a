#!/usr/bin/env python3
"""Writes Keras files with random weights, and what Keras makes of them, for KerasImportTests to compare with.

    pip install keras tensorflow-cpu tf_keras
    python3 keras_cases.py FOLDER/keras3 [NAME…]            # Keras 3: .keras and .h5
    python3 keras_cases.py --legacy FOLDER/keras2 [NAME…]   # as Keras 2 wrote them
    LIMN_KERAS_CASES=FOLDER swift test -c release --filter KerasImportTests

TensorFlow's numbers are the reference: Keras' other backends pad averages and resize otherwise.

Every case NAME becomes NAME.keras and NAME.h5 with NAME.input.npy, NAME.output.npy and NAME.gradient.npy: the gradient
of Σ sin(j + 1) · output[j] by the input. Arrays are float32 in Keras' own order of axes, batch first.
"""

import os
import sys

LEGACY = "--legacy" in sys.argv
if LEGACY:
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    import tf_keras as keras
else:
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import keras
import numpy as np
import tensorflow as tf

L = keras.layers
random = np.random.default_rng(0)


def layers_of(model):
    """All layers, those of nested models too."""
    for layer in model.layers:
        yield from layers_of(layer) if hasattr(layer, "layers") else [layer]


def randomise(model):
    """Makes every weight matter: no zero biases, no unit statistics; scaled so that activations stay near one."""
    for weight in model.weights:
        shape, name = tuple(weight.shape), getattr(weight, "path", weight.name)
        name = name.split(":")[0].split("/")[-1]
        if "variance" in name:
            value = random.uniform(0.5, 1.5, shape)
        elif "gamma" in name:
            value = random.uniform(0.7, 1.3, shape)
        elif "kernel" in name:
            fan = int(np.prod(shape[:2])) if "depthwise" in name else max(1, int(np.prod(shape[:-1])))
            value = random.normal(0, (2 / fan) ** 0.5, shape)
        else:
            value = random.normal(0, 0.1, shape)
        if "float" in str(weight.dtype):
            weight.assign(value.astype("float32"))
    for layer in layers_of(model):
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()


def calibrate(model, images):
    """Makes the statistics of batch normalisation fit what it sees, or deep random networks would fade to nothing."""
    layers = [layer for layer in layers_of(model) if type(layer).__name__ == "BatchNormalization"]
    settings = [(layer, layer.momentum, layer.trainable) for layer in layers]
    for layer in layers:
        layer.momentum, layer.trainable = 0.0, True
    if layers:
        model(images, training=True)
    for layer, momentum, trainable in settings:
        layer.momentum, layer.trainable = momentum, trainable
        variance = layer.moving_variance.numpy()
        layer.moving_variance.assign(variance * random.uniform(0.8, 1.2, variance.shape) + 1e-3)


def evaluate(model, x):
    """The output and the gradient of the weighted sum of its scalars."""
    variable = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = model(variable, training=False)
        weights = np.sin(np.arange(int(np.prod(y.shape))) + 1).reshape(y.shape)
        score = tf.reduce_sum(y * tf.constant(weights, dtype=tf.float32))
    return y.numpy(), tape.gradient(score, variable).numpy()


def block(name, body, size=(13, 11, 3), scale=1.0):
    def make():
        inputs = keras.Input(size)
        model = keras.Model(inputs, body(inputs))
        model.input_scale = scale
        return model

    return name, make


def application(name, constructor, size=None, **options):
    def make():
        options.setdefault("weights", None)
        options.setdefault("classifier_activation", None)
        shape = {"input_shape": (size, size, 3)} if size else {}
        model = getattr(keras.applications, constructor)(**shape, **options)
        model.input_scale = 127.0 if any("escaling" in type(layer).__name__ for layer in model.layers) else 1.0
        return model

    return name, make


def head(x, classes=5):
    return L.Dense(classes)(L.Flatten()(x))


def activations(x):
    names = "relu relu6 leaky_relu elu selu celu gelu silu swish sigmoid hard_sigmoid hard_silu hard_swish tanh softplus"
    names = (names + " softsign exponential mish linear log_softmax softmax").split()
    if LEGACY:
        missing = {"relu6", "leaky_relu", "celu", "silu", "hard_silu", "hard_swish", "log_softmax"}
        names = [name for name in names if name not in missing]
    x = L.Conv2D(4, 1)(x)
    return head(L.Concatenate()([L.Activation(name)(x) for name in names]))


def activation_layers(x):
    x = L.Conv2D(6, 1)(x)
    slopes = "alpha" if LEGACY else "negative_slope"
    parts = [
        L.ReLU(6.0)(x), L.ReLU(negative_slope=0.1)(x), L.ReLU(max_value=0.4, negative_slope=0.2, threshold=0.1)(x),
        L.ReLU(threshold=0.25)(x), L.LeakyReLU(**{slopes: 0.2})(x), L.PReLU()(x), L.PReLU(shared_axes=[1, 2])(x),
        L.ELU(0.7)(x), L.Softmax()(x), L.Softmax(axis=1)(x),
    ]
    if LEGACY:
        parts.append(L.ThresholdedReLU(0.2)(x))
    return head(L.Concatenate()(parts))


def convolutions(x):
    x = L.Conv2D(6, 3, strides=2, padding="same", activation="relu", name="same_even")(x)
    x = L.Conv2D(8, (3, 2), groups=2, use_bias=False)(x)
    x = L.Conv2D(4, 3, dilation_rate=2, padding="same", activation="tanh")(x)
    x = L.DepthwiseConv2D(3, depth_multiplier=2, padding="same")(x)
    x = L.SeparableConv2D(5, 3, depth_multiplier=2, padding="same", activation="elu")(x)
    x = L.Conv2DTranspose(4, 3, strides=2, padding="same")(x)
    x = L.Conv2DTranspose(3, 2, strides=3, padding="valid")(x)
    x = L.Conv2DTranspose(3, 4, strides=2, padding="valid")(x)
    return head(x)


def same_strides(x):
    parts = []
    for kernel in (1, 2, 3, 5):
        for stride in (1, 2, 3):
            y = L.Conv2D(2, kernel, strides=stride, padding="same")(x)
            parts.append(L.Flatten()(y))
            parts.append(L.Flatten()(L.MaxPooling2D(kernel, strides=stride, padding="same")(x)))
            parts.append(L.Flatten()(L.AveragePooling2D(kernel, strides=stride, padding="same")(x)))
            y = L.DepthwiseConv2D(kernel, strides=stride, padding="same")(x)
            parts.append(L.Flatten()(y))
    return L.Dense(5)(L.Concatenate()(parts))


def pooling(x):
    x = L.Conv2D(4, 3, padding="same")(x)
    parts = [
        L.Flatten()(L.MaxPooling2D()(x)), L.Flatten()(L.AveragePooling2D((3, 2), strides=1)(x)),
        L.GlobalAveragePooling2D()(x), L.GlobalMaxPooling2D()(x),
        L.Flatten()(L.GlobalAveragePooling2D(keepdims=True)(x)), L.Flatten()(L.GlobalMaxPooling2D(keepdims=True)(x)),
    ]
    return L.Dense(5)(L.Concatenate()(parts))


def movement(x):
    x = L.ZeroPadding2D(((1, 2), (0, 3)))(x)
    x = L.Cropping2D(((0, 1), (2, 1)))(x)
    x = L.UpSampling2D((2, 3))(x)
    x = L.Conv2D(4, 3)(x)
    y = L.Permute((2, 1, 3))(x)
    y = L.Reshape((-1, 2, x.shape[1] * 2))(y)
    y = L.Conv2D(2, 1)(y)
    z = L.Permute((3, 1, 2))(x)
    return L.Dense(4)(L.Concatenate()([L.Flatten()(y), L.Flatten()(z), L.Flatten()(L.Reshape((-1,))(x))]))


def upsampling(x):
    x = L.UpSampling2D((2, 3), interpolation="bilinear")(x)
    x = L.Resizing(9, 17)(x)
    x = L.Resizing(15, 8, interpolation="nearest")(x)
    return head(L.Conv2D(4, 3)(x))


def merging(x):
    a, b = L.Conv2D(4, 3, padding="same")(x), L.Conv2D(4, 3, padding="same")(x)
    parts = [
        L.Add()([a, b, a]), L.Subtract()([a, b]), L.Multiply()([a, b]), L.Average()([a, b]), L.Maximum()([a, b]),
        L.Minimum()([a, b]), L.Concatenate(axis=-1)([a, b]),
    ]
    wide = L.Concatenate(axis=1)([a, b])
    gate = L.Reshape((1, 1, 4))(L.Dense(4, activation="sigmoid")(L.GlobalAveragePooling2D()(a)))
    parts.append(L.Multiply()([b, gate]))
    return L.Dense(4)(L.Concatenate()([L.Flatten()(L.Concatenate()(parts)), L.Flatten()(wide)]))


def normalising(x):
    x = L.BatchNormalization()(L.Conv2D(6, 3)(x))
    x = L.BatchNormalization(center=False, epsilon=1e-5)(x)
    x = L.BatchNormalization(scale=False)(x)
    x = L.LayerNormalization()(x)
    x = L.LayerNormalization(center=False, scale=False, epsilon=1e-6)(x)
    x = L.Dense(7, activation="relu")(x)
    x = L.BatchNormalization()(L.Flatten()(x))
    return L.Dense(5)(x)


def grouped(x):
    return head(L.GroupNormalization(4)(L.Conv2D(8, 3)(x)))


def preprocessing(x):
    x = L.Rescaling(1.0 / 127.5, offset=-1)(x)
    x = L.Normalization(mean=[0.1, 0.2, 0.3], variance=[0.5, 0.6, 0.7])(x)
    return head(L.Conv2D(4, 3)(x))


def training_only(x):
    x = L.GaussianNoise(0.1)(L.RandomFlip()(L.RandomRotation(0.1)(x)))
    x = L.SpatialDropout2D(0.2)(L.Conv2D(4, 3)(x))
    x = L.ActivityRegularization(0.1)(L.AlphaDropout(0.1)(L.GaussianDropout(0.1)(x)))
    return L.Dense(3)(L.Dropout(0.5)(L.Flatten()(x)))


def shared(x):
    layer = L.Conv2D(3, 3, padding="same", name="twice", activation="tanh")
    return head(layer(layer(x)))


def operations(x):
    x = L.Conv2D(4, 3, padding="same")(x)
    x = (x * 2.0 + 0.5 - x / 3.0) * x + (1.0 - x)
    return head(x)


def nested(x):
    inner = keras.Sequential([L.Conv2D(4, 3), L.BatchNormalization(), L.ReLU()], name="stem")
    entry = keras.Input((11, 9, 4))
    deep = keras.Sequential([L.Conv2D(4, 1, name="deep_conv"), L.BatchNormalization(name="deep_bn")], name="deep")
    # Keras 2 cannot save two weights of one name.
    name = "outer_conv" if LEGACY else "deep_conv"
    branch = L.Add()([deep(L.Conv2D(4, 1, name=name)(entry)), entry])
    second = keras.Model(entry, branch, name="residual")
    second.trainable = False
    return head(second(inner(x)))


def called_again(x):
    """A nested model, with a Sequential one inside, called three times, and called again inside another."""
    entry = keras.Input((6, 5, 4))
    deep = keras.Sequential([L.Conv2D(4, 1, name="deep_conv"), L.ReLU(name="deep_relu")], name="deep")
    encoder = keras.Model(entry, L.Add()([deep(entry), deep(deep(entry))]), name="encoder")
    stem = L.Conv2D(4, 3, strides=2, name="stem")(x)
    parts = [encoder(stem), encoder(encoder(stem))]
    return L.Dense(3)(L.Flatten()(L.Subtract()(parts)))


def functions(x):
    """Functions applied to tensors: of `keras.ops`, or of TensorFlow in Keras 2."""
    y = L.Conv2D(4, 3, padding="same")(x)
    m = tf if LEGACY else keras.ops
    if LEGACY:
        names = {"mean": tf.reduce_mean, "max": tf.reduce_max, "min": tf.reduce_min, "sum": tf.reduce_sum}
    else:
        names = {name: getattr(keras.ops, name) for name in ("mean", "max", "min", "sum")}
    parts = []
    for reduce in names.values():
        parts += [reduce(y, -1, keepdims=True) * y, reduce(y, axis=[1, 2], keepdims=True) + y]
        parts.append(L.Reshape((1, 1, 4))(reduce(y, axis=(1, 2))) - y)
        parts.append(m.expand_dims(reduce(y, axis=-1), -1) * y)
    positive = m.abs(y) + 0.5
    log = tf.math.log if LEGACY else keras.ops.log
    power, clip = (tf.pow, tf.clip_by_value) if LEGACY else (keras.ops.power, keras.ops.clip)
    parts += [m.sqrt(positive), m.square(y), m.exp(y * 0.3), log(positive), power(positive, 1.5), clip(y, -0.3, 0.4)]
    parts += [positive ** 2, 2.0 / positive, y / positive, m.maximum(y, 0.1), m.minimum(y, positive)]
    nn = tf.nn if LEGACY else keras.ops
    parts += [nn.relu(y), nn.sigmoid(y), nn.softmax(y), nn.softmax(y, axis=1), m.tanh(y), nn.relu6(y), nn.silu(y)]
    concat = tf.concat if LEGACY else keras.ops.concatenate
    joined = concat(parts, axis=-1)
    low = joined[:, 1:-1, ::2, 3:40]
    # Keras 2 cannot save dots.
    one, last = joined[:, 2, :, 5], joined[:, :, :, -1] if LEGACY else joined[..., -1]
    stack = m.stack([low[:, :, :, 0], low[:, :, :, 1]], axis=-1)
    turned = m.transpose(low, (0, 3, 1, 2))
    narrow = m.squeeze(low[:, :1], axis=1)
    product = m.matmul(narrow, m.transpose(narrow, (0, 2, 1)))
    flat = [L.Flatten()(part) for part in (low, one, last, stack, turned, product, m.reshape(low, (-1, 37, 66)))]
    return L.Dense(4)(L.Concatenate()(flat))


def block_attention(x):
    """CBAM's gates: means and maxima over channels and places."""
    y = L.Conv2D(6, 3, activation="relu")(x)
    mean, greatest = (tf.reduce_mean, tf.reduce_max) if LEGACY else (keras.ops.mean, keras.ops.max)
    gate = L.Concatenate()([mean(y, -1, keepdims=True), greatest(y, axis=-1, keepdims=True)])
    y = L.Multiply()([y, L.Conv2D(1, 3, padding="same", activation="sigmoid")(gate)])
    return L.Dense(3)(mean(y, axis=[1, 2]))


def caffe(x):
    """`preprocess_input` in Caffe's style: channels turned round, means subtracted."""
    y = keras.applications.resnet50.preprocess_input(x)
    return head(L.Conv2D(4, 3)(y))


def unit(x):
    y = L.Dense(6)(L.GlobalAveragePooling2D()(L.Conv2D(5, 3, activation="relu")(x)))
    parts = [L.UnitNormalization()(y), L.Flatten()(L.UnitNormalization(axis=[1, 2])(x)), L.Flatten()(L.UnitNormalization()(x))]
    return L.Dense(4)(L.Concatenate()(parts))


def attention(x):
    tokens = L.Reshape((13, 33))(x)
    tokens = L.Dense(8)(tokens)
    normal = L.LayerNormalization()(tokens)
    y = L.Add()([tokens, L.MultiHeadAttention(2, 5)(normal, normal)])
    y = L.Add()([y, L.MultiHeadAttention(3, 4, value_dim=6, output_shape=8, use_bias=False, dropout=0.2)(y, tokens, normal)])
    short = L.Dense(8)(L.Reshape((11, 39))(x))
    parts = [
        y, L.Attention()([y, short]), L.Attention(use_scale=True)([y, short, short]),
        L.Attention(score_mode="concat")([y, short]), L.AdditiveAttention()([y, short]),
        L.AdditiveAttention(use_scale=False)([y, short]),
    ]
    planes = L.MultiHeadAttention(2, 3, attention_axes=(1, 2))(x, x)
    rows = L.MultiHeadAttention(2, 3, attention_axes=2)(x, x)
    return L.Dense(4)(L.Concatenate()([L.Flatten()(part) for part in parts + [planes, rows]]))


def layer_axes(x):
    y = L.Conv2D(4, 3)(x)
    axes = [-1, [1, 2, 3], [3], [1, 2], 1, [2, 3]]
    parts = [L.Flatten()(L.LayerNormalization(axis=axis)(y)) for axis in axes]
    if not LEGACY:
        parts.append(L.Flatten()(L.RMSNormalization()(y)))
    return L.Dense(3)(L.Concatenate()(parts))


def spectral(x):
    y = L.SpectralNormalization(L.Conv2D(4, 3, activation="relu"))(x)
    return L.SpectralNormalization(L.Dense(3))(L.Flatten()(y))


def distributed(x):
    """Layers applied to each row of an image, and to each of several images."""
    y = L.TimeDistributed(L.Dense(5, activation="relu"))(x)
    clips = L.Reshape((3, 13, 11, 1))(L.Permute((3, 1, 2))(x))
    z = L.TimeDistributed(L.Conv2D(4, 3, strides=2, activation="relu"))(clips)
    z = L.TimeDistributed(L.BatchNormalization())(z)
    z = L.TimeDistributed(L.MaxPooling2D(2))(z)
    z = L.TimeDistributed(L.Flatten())(z)
    return L.Dense(3)(L.Concatenate()([L.Flatten()(y), L.Flatten()(L.Dense(4)(z))]))


def recurrent(x):
    """Rows of an image one after the other, forwards, backwards and both ways."""
    rows = L.Reshape((13, 33))(L.Conv2D(3, 3, padding="same", activation="tanh")(x))
    y = L.Bidirectional(L.LSTM(5, return_sequences=True))(rows)
    y = L.GRU(4, return_sequences=True, go_backwards=True, reset_after=False)(y)
    y = L.Bidirectional(L.GRU(6, return_sequences=True), merge_mode="ave")(y)
    last = L.Bidirectional(L.LSTM(4, recurrent_activation="hard_sigmoid", use_bias=False), merge_mode="mul")(y)
    state = L.Dense(5)(L.GlobalAveragePooling2D()(x))
    z = L.LSTM(5)(rows, initial_state=[state, L.Activation("tanh")(state)])
    return L.Dense(3)(L.Concatenate()([L.SimpleRNN(3, activation="relu")(y), last, z]))


def sequential():
    layers = [
        keras.Input((12, 12, 1)), L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(), L.Dropout(0.3), L.Flatten(),
        L.Dense(8, activation="relu"), L.Dense(3, activation="softmax", name="predictions"),
    ]
    model = keras.Sequential(layers)
    model.input_scale = 1.0
    return model


def transfer():
    base = keras.applications.MobileNetV2(input_shape=(64, 64, 3), include_top=False, weights=None, alpha=0.35)
    base.trainable = False
    inputs = keras.Input((64, 64, 3))
    x = L.RandomFlip("horizontal")(inputs)
    x = L.Rescaling(1 / 127.5, offset=-1)(x)
    x = base(x, training=False)
    model = keras.Model(inputs, L.Dense(2)(L.Dropout(0.2)(L.GlobalAveragePooling2D()(x))))
    model.input_scale = 127.0
    return model


def channels_first():
    inputs = keras.Input((3, 12, 10))
    options = {"data_format": "channels_first"}
    x = L.Conv2D(4, 3, padding="same", strides=1, activation="relu", **options)(inputs)
    x = L.BatchNormalization(axis=1)(x)
    x = L.Concatenate(axis=1)([L.MaxPooling2D(**options)(x), L.AveragePooling2D(2, **options)(x)])
    x = L.ZeroPadding2D(1, **options)(x)
    x = L.DepthwiseConv2D(3, **options)(x)
    model = keras.Model(inputs, L.Dense(4)(L.Concatenate()([L.Flatten(**options)(x), L.GlobalAveragePooling2D(**options)(x)])))
    model.input_scale = 1.0
    return model


CASES = [
    block("activations", activations), block("activation_layers", activation_layers),
    block("convolutions", convolutions), block("same_strides", same_strides), block("pooling", pooling),
    block("movement", movement), block("upsampling", upsampling), block("merging", merging),
    block("normalising", normalising), block("grouped", grouped), block("preprocessing", preprocessing, scale=127.0),
    block("training_only", training_only), block("shared", shared), block("operations", operations),
    block("nested", nested), block("called_again", called_again), block("functions", functions),
    block("block_attention", block_attention), block("caffe", caffe, scale=127.0), block("unit", unit),
    block("attention", attention), block("layer_axes", layer_axes), block("spectral", spectral),
    block("distributed", distributed), block("recurrent", recurrent), ("sequential", sequential),
    ("transfer", transfer), ("channels_first", channels_first),
    application("vgg16", "VGG16"), application("resnet50", "ResNet50"),
    application("resnet50v2", "ResNet50V2"), application("mobilenet", "MobileNet"),
    application("mobilenetv2", "MobileNetV2"), application("mobilenetv3small", "MobileNetV3Small"),
    application("mobilenetv3large", "MobileNetV3Large", minimalistic=True),
    application("densenet121", "DenseNet121"), application("inceptionv3", "InceptionV3"),
    application("inceptionresnetv2", "InceptionResNetV2"),
    application("xception", "Xception"), application("efficientnetb0", "EfficientNetB0"),
    application("efficientnetv2b0", "EfficientNetV2B0"), application("nasnetmobile", "NASNetMobile"),
    application("convnexttiny", "ConvNeXtTiny"),
]
# Whatever the activation of a classifier, its logits are compared: after a softmax over 1000 classes nothing is left.


def main():
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    folder, wanted = arguments[0], arguments[1:]
    os.makedirs(folder, exist_ok=True)
    for name, make in CASES:
        if wanted and name not in wanted:
            continue
        path = os.path.join(folder, name)
        try:
            keras.utils.set_random_seed(0)
            model = make()
            randomise(model)
            shape = [4] + [extent or 224 for extent in model.input_shape[1:]]
            images = random.uniform(-1, 1, shape).astype("float32")
            if model.input_scale > 1:
                images = (images + 1) * model.input_scale
            calibrate(model, images)
            x = images[:1]
            output, gradient = evaluate(model, x)
            for suffix in [".keras", ".h5"]:
                model.save(path + suffix)
            for kind, array in [("input", x), ("output", output), ("gradient", gradient)]:
                np.save(f"{path}.{kind}.npy", np.ascontiguousarray(array, dtype="float32"))
            print(f"{name}: output {output.shape}, deviation {output.std():.3g}, gradient {np.abs(gradient).max():.3g}")
        except Exception as error:
            print(f"{name}: left out, {type(error).__name__}: {str(error)[:200]}")


main()
