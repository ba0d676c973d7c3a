import Foundation
import KerasImport
import Testing

/// Each layer against its definition, written out in Keras' own order of axes.
@Suite struct `Keras layers` {
  private let image = array([2, 5, 4, 3])

  /// Runs layers on the image.
  private func run(_ layers: [TestLayer], version: String = "3.4.1") throws -> StoredArray {
    let network = KerasNetwork(layers: [.input(Array(image.shape.dropFirst()))] + layers, version: version)
    return try prediction(of: KerasModel(decoding: try network.archive()), for: image)
  }

  private func expect(
    _ layer: TestLayer, gives expected: StoredArray, version: String = "3.4.1",
    location: SourceLocation = #_sourceLocation
  ) throws {
    let given = try run([layer], version: version)
    #expect(given.shape == expected.shape, sourceLocation: location)
    let differences = zip(given.scalars, expected.scalars).map { abs($0 - $1) }
    #expect((differences.max() ?? 1) < 1e-4, sourceLocation: location)
  }

  @Test(arguments: [(3, 2, 1), (2, 2, 1), (3, 1, 2), (5, 3, 1), (1, 2, 1)])
  func `a convolution pads as TensorFlow does`(kernel: Int, stride: Int, dilation: Int) throws {
    let weights = numbers(kernel * kernel * 3 * 4, 1), bias = numbers(4, 2)
    let layer = TestLayer(
      "Conv2D", "conv",
      [
        "filters": 4, "kernel_size": [kernel, kernel], "strides": [stride, stride], "padding": "same",
        "dilation_rate": [dilation, dilation], "activation": "linear",
      ], weights: [("kernel", [kernel, kernel, 3, 4], weights), ("bias", [4], bias)])
    var expected = image.windowSums(kernel: kernel, stride: stride, dilation: dilation, channels: 4) {
      weights[(($0 * kernel + $1) * 3 + $2) * 4 + $3]
    }
    for index in expected.scalars.indices { expected.scalars[index] += bias[index % 4] }
    try expect(layer, gives: expected)
  }

  @Test func `a depthwise convolution orders its channels as Keras does`() throws {
    let weights = numbers(3 * 3 * 3 * 2, 1)
    let layer = TestLayer(
      "DepthwiseConv2D", "depthwise",
      ["kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2, "use_bias": false],
      weights: [("depthwise_kernel", [3, 3, 3, 2], weights)])
    let expected = image.windowSums(kernel: 3, stride: 2, channels: 6) { dy, dx, input, output in
      output / 2 == input ? weights[((dy * 3 + dx) * 3 + input) * 2 + output % 2] : 0
    }
    try expect(layer, gives: expected)
  }

  @Test func `a separable convolution is a depthwise one and a mix of channels`() throws {
    let depthwise = numbers(27, 1), pointwise = numbers(3 * 4, 2)
    let layer = TestLayer(
      "SeparableConv2D", "separable",
      [
        "filters": 4, "kernel_size": [3, 3], "padding": "same", "strides": [1, 1], "activation": "relu",
        "use_bias": false,
      ],
      weights: [("depthwise_kernel", [3, 3, 3, 1], depthwise), ("pointwise_kernel", [1, 1, 3, 4], pointwise)])
    let middle = image.windowSums(kernel: 3, stride: 1, channels: 3) {
      $2 == $3 ? depthwise[($0 * 3 + $1) * 3 + $2] : 0
    }
    let expected = middle.windowSums(kernel: 1, stride: 1, channels: 4) { pointwise[$2 * 4 + $3] }
    try expect(layer, gives: expected.map { max(0, $0) })
  }

  @Test func `a transposed convolution is the gradient of one`() throws {
    let weights = numbers(9 * 2 * 3, 1)
    let layer = TestLayer(
      "Conv2DTranspose", "up",
      ["filters": 2, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same", "use_bias": false],
      weights: [("kernel", [3, 3, 2, 3], weights)])
    // TensorFlow defines it by the convolution from 10 × 8 down to 5 × 4, whose windows begin at 0.
    let expected = StoredArray.image([2, 10, 8, 2]) { n, y, x, c in
      var sum: Float = 0
      for dy in 0..<3 {
        for dx in 0..<3 where (y - dy) % 2 == 0 && (x - dx) % 2 == 0 {
          let (row, column) = ((y - dy) / 2, (x - dx) / 2)
          guard y >= dy, x >= dx, row < 5, column < 4 else { continue }
          for input in 0..<3 { sum += weights[((dy * 3 + dx) * 2 + c) * 3 + input] * image[n, row, column, input] }
        }
      }
      return sum
    }
    try expect(layer, gives: expected)
  }

  @Test func `padded positions do not count in an average`() throws {
    let sums = image.windowSums(kernel: 2, stride: 2, channels: 3) { $2 == $3 ? 1 : 0 }
    let ones = image.map { _ in 1 }.windowSums(kernel: 2, stride: 2, channels: 3) { $2 == $3 ? 1 : 0 }
    let mean = StoredArray(shape: sums.shape, scalars: zip(sums.scalars, ones.scalars).map { $0 / $1 })
    try expect(TestLayer("AveragePooling2D", "pool", ["pool_size": [2, 2], "padding": "same"]), gives: mean)
  }

  @Test func `flattening keeps the order of Keras' axes`() throws {
    try expect(TestLayer("Flatten", "flat"), gives: StoredArray(shape: [2, 60], scalars: image.scalars))
    let reshaped = StoredArray(shape: [2, 4, 3, 5], scalars: image.scalars)
    try expect(TestLayer("Reshape", "shape", ["target_shape": [4, -1, 5]]), gives: reshaped)
    let permuted = StoredArray.image([2, 3, 5, 4]) { n, y, x, c in image[n, x, c, y] }
    try expect(TestLayer("Permute", "order", ["dims": [3, 1, 2]]), gives: permuted)
  }

  @Test func `a dense layer works along the last axis`() throws {
    let weights = numbers(3 * 2, 1)
    let layer = TestLayer("Dense", "dense", ["units": 2, "use_bias": false], weights: [("kernel", [3, 2], weights)])
    try expect(layer, gives: image.windowSums(kernel: 1, stride: 1, channels: 2) { weights[$2 * 2 + $3] })
  }

  @Test func `batch normalisation without scale has a shift, a mean and a variance`() throws {
    let shift = numbers(3, 1), mean = numbers(3, 2), variance: [Float] = [0.5, 1, 2]
    let layer = TestLayer(
      "BatchNormalization", "norm", ["axis": -1, "scale": false, "epsilon": 0.01],
      weights: [("beta", [3], shift), ("moving_mean", [3], mean), ("moving_variance", [3], variance)])
    let expected = StoredArray.image(image.shape) { n, y, x, c in
      (image[n, y, x, c] - mean[c]) / (variance[c] + 0.01).squareRoot() + shift[c]
    }
    try expect(layer, gives: expected)
  }

  @Test func `layer normalisation works over channels`() throws {
    let scale = numbers(3, 1), shift = numbers(3, 2)
    let layer = TestLayer(
      "LayerNormalization", "norm", ["axis": [3], "epsilon": 0.001],
      weights: [("gamma", [3], scale), ("beta", [3], shift)])
    let expected = StoredArray.image(image.shape) { n, y, x, c in
      let row = (0..<3).map { image[n, y, x, $0] }
      let mean = row.reduce(0, +) / 3, variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3
      return (row[c] - mean) / (variance + 0.001).squareRoot() * scale[c] + shift[c]
    }
    try expect(layer, gives: expected)
  }

  @Test func `ReLU takes its bound, its slope and its threshold`() throws {
    let settings: [String: Any] = ["max_value": 0.6, "negative_slope": 0.2, "threshold": 0.1]
    try expect(TestLayer("ReLU", "relu", settings), gives: image.map { $0 >= 0.1 ? min($0, 0.6) : 0.2 * ($0 - 0.1) })
    try expect(TestLayer("ReLU", "relu", ["max_value": 0.5]), gives: image.map { min(max($0, 0), 0.5) })
    try expect(TestLayer("LeakyReLU", "leaky", ["alpha": 0.3]), gives: image.map { $0 > 0 ? $0 : 0.3 * $0 })
  }

  @Test func `slopes shared over positions belong to channels`() throws {
    let slopes = numbers(3, 1)
    let shared = TestLayer("PReLU", "prelu", ["shared_axes": [1, 2]], weights: [("alpha", [1, 1, 3], slopes)])
    try expect(
      shared, gives: .image(image.shape) { max(image[$0, $1, $2, $3], 0) + slopes[$3] * min(image[$0, $1, $2, $3], 0) })
  }

  @Test func `the hard sigmoid is that of the version that wrote the file`() throws {
    let layer = TestLayer("Activation", "hard", ["activation": "hard_sigmoid"])
    try expect(layer, gives: image.map { min(max($0 / 6 + 0.5, 0), 1) }, version: "3.0.0")
    try expect(layer, gives: image.map { min(max(0.2 * $0 + 0.5, 0), 1) }, version: "2.15.0")
  }

  @Test func `positions are repeated, interpolated, added and cropped`() throws {
    try expect(
      TestLayer("UpSampling2D", "up", ["size": [2, 3]]),
      gives: .image([2, 10, 12, 3]) { image[$0, $1 / 2, $2 / 3, $3] })
    let middle = StoredArray.image([2, 10, 4, 3]) { n, y, x, c in
      // Half-pixel centres: a quarter from the one neighbour, three quarters from the nearer.
      let near = y / 2, far = min(max(y % 2 == 0 ? near - 1 : near + 1, 0), 4)
      return 0.75 * image[n, near, x, c] + 0.25 * image[n, far, x, c]
    }
    try expect(TestLayer("UpSampling2D", "up", ["size": [2, 1], "interpolation": "bilinear"]), gives: middle)
    try expect(
      TestLayer("ZeroPadding2D", "pad", ["padding": [[1, 0], [0, 2]]]),
      gives: .image([2, 6, 6, 3]) { $1 < 1 || $2 > 3 ? 0 : image[$0, $1 - 1, $2, $3] })
    try expect(
      TestLayer("Cropping2D", "crop", ["cropping": [[1, 2], [1, 0]]]),
      gives: .image([2, 2, 3, 3]) { image[$0, $1 + 1, $2 + 1, $3] })
  }

  /// The weights are those of `tf.image.resize`, by which Keras on TensorFlow resizes, along an axis of 5.
  @Test(arguments: [
    (
      "bicubic", false,
      [
        [1.05816, -0.05816, 0, 0, 0], [0.44062, 0.62585, -0.06647, 0, 0], [-0.07291, 0.83046, 0.27167, -0.02922, 0],
        [0, 0, 1, 0, 0], [0, -0.02922, 0.27167, 0.83046, -0.07291], [0, 0, -0.06647, 0.62585, 0.44062],
        [0, 0, 0, -0.05816, 1.05816],
      ] as [[Float]]
    ),
    ("bicubic", false, [[0.22137, 0.84733, -0.0687, 0, 0], [0, 0, -0.0687, 0.84733, 0.22137]]),
    ("bilinear", true, [[0.31818, 0.40909, 0.22727, 0.04545, 0], [0, 0.04545, 0.22727, 0.40909, 0.31818]]),
    (
      "bilinear", true,
      [[0.57143, 0.42857, 0, 0, 0], [0, 0.22222, 0.55556, 0.22222, 0], [0, 0, 0, 0.42857, 0.57143]]
    ),
  ])
  func `an image is resized as TensorFlow does it`(interpolation: String, antialias: Bool, weights: [[Float]]) throws {
    let layer = TestLayer(
      "Resizing", "resize",
      ["height": weights.count, "width": 4, "interpolation": interpolation, "antialias": antialias])
    try expect(
      layer,
      gives: .image([2, weights.count, 4, 3]) { n, y, x, c in
        (0..<5).reduce(0) { $0 + weights[y][$1] * image[n, $1, x, c] }
      })
  }

  @Test func `global pooling keeps its axes where asked`() throws {
    let mean = { (n: Int, c: Int) in
      (0..<20).map { self.image[n, $0 / 4, $0 % 4, c] }.reduce(0, +) / 20
    }
    let kept = StoredArray.image([2, 1, 1, 3]) { n, _, _, c in mean(n, c) }
    try expect(TestLayer("GlobalAveragePooling2D", "pool", ["keepdims": true]), gives: kept)
    try expect(TestLayer("GlobalAveragePooling2D", "pool"), gives: StoredArray(shape: [2, 3], scalars: kept.scalars))
  }

  @Test func `rescaling and normalisation use the numbers of their settings`() throws {
    let settings: [String: Any] = ["scale": [0.5, 2, 3], "offset": -1]
    try expect(
      TestLayer("Rescaling", "scale", settings),
      gives: .image(image.shape) { image[$0, $1, $2, $3] * [0.5, 2, 3][$3] - 1 })
    try expect(
      TestLayer("Normalization", "norm", ["axis": [-1], "mean": [0.1, 0.2, 0.3], "variance": [4, 1, 0.25]]),
      gives: .image(image.shape) { (image[$0, $1, $2, $3] - [0.1, 0.2, 0.3][$3]) / [2, 1, 0.5][$3] })
  }

  @Test func `what works in training only does nothing`() throws {
    for name in ["Dropout", "GaussianNoise", "SpatialDropout2D", "RandomFlip"] {
      try expect(TestLayer(name, "off", ["rate": 0.5]), gives: image)
    }
  }

  @Test func `unit vectors along one axis or several`() throws {
    func norm(_ n: Int, _ y: Int, _ x: Int, _ axes: Set<Int>, _ c: Int) -> Float {
      var sum: Float = 0
      for row in axes.contains(1) ? 0..<5 : y..<(y + 1) {
        for column in axes.contains(2) ? 0..<4 : x..<(x + 1) {
          for channel in axes.contains(3) ? 0..<3 : c..<(c + 1) {
            sum += image[n, row, column, channel] * image[n, row, column, channel]
          }
        }
      }
      return sum.squareRoot()
    }
    for (setting, axes) in [(-1, [3]), ([1, 2], [1, 2])] as [(Any, Set<Int>)] {
      let expected = StoredArray.image(image.shape) { image[$0, $1, $2, $3] / norm($0, $1, $2, axes, $3) }
      try expect(TestLayer("UnitNormalization", "unit", ["axis": setting]), gives: expected)
    }
  }

  @Test func `layer normalisation over axes that are not the last`() throws {
    let gamma = numbers(20, 1), beta = numbers(20, 2)
    let layer = TestLayer(
      "LayerNormalization", "norm", ["axis": [1, 2], "epsilon": 0.01],
      weights: [("gamma", [5, 4], gamma), ("beta", [5, 4], beta)])
    let expected = StoredArray.image(image.shape) { n, y, x, c in
      let all = (0..<20).map { image[n, $0 / 4, $0 % 4, c] }
      let mean = all.reduce(0, +) / 20
      let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20
      let place = y * 4 + x
      return (image[n, y, x, c] - mean) / (variance + 0.01).squareRoot() * gamma[place] + beta[place]
    }
    try expect(layer, gives: expected)
  }

  @Test func `root mean squares`() throws {
    let scale = numbers(3, 1)
    let layer = TestLayer("RMSNormalization", "norm", ["axis": -1, "epsilon": 0.01], weights: [("scale", [3], scale)])
    let expected = StoredArray.image(image.shape) { n, y, x, c in
      let mean = (0..<3).reduce(Float(0)) { $0 + image[n, y, x, $1] * image[n, y, x, $1] } / 3
      return image[n, y, x, c] / (mean + 0.01).squareRoot() * scale[c]
    }
    try expect(layer, gives: expected)
  }

  @Test func `a layer applied to each row, and one whose weights are normalised in training`() throws {
    let kernel = numbers(6, 3), bias = numbers(2, 4)
    let dense: [String: Any] = [
      "class_name": "Dense", "config": ["name": "inner", "units": 2, "activation": "relu", "trainable": true],
    ]
    let weights = [("kernel", [3, 2], kernel), ("bias", [2], bias)]
    let expected = StoredArray.image([2, 5, 4, 2]) { n, y, x, o in
      max(0, (0..<3).reduce(bias[o]) { $0 + image[n, y, x, $1] * kernel[$1 * 2 + o] })
    }
    var rows = TestLayer("TimeDistributed", "each", ["layer": dense], weights: weights)
    rows.places = ["layer/vars/0", "layer/vars/1"]
    try expect(rows, gives: expected)
    var spectral = TestLayer(
      "SpectralNormalization", "spectral", ["layer": dense, "power_iterations": 1],
      weights: weights + [("vector_u", [1, 2], [1, 0])])
    spectral.places = ["layer/vars/0", "layer/vars/1", "vars/1"]
    try expect(spectral, gives: expected)
    var recurrent = rows
    recurrent.settings["layer"] = [
      "class_name": "ConvLSTM1D", "config": ["name": "inner", "filters": 2, "trainable": true],
    ]
    #expect(throws: KerasError.unsupported([KerasLayer(name: "each", className: "TimeDistributed")])) {
      try run([recurrent])
    }
  }

  @Test func `the cosine of two vectors`() throws {
    let pooled = TestLayer("GlobalAveragePooling2D", "mean", calls: [["image"]])
    let network = KerasNetwork(
      layers: [
        .input([5, 4, 3]), pooled, TestLayer("GlobalMaxPooling2D", "max", calls: [["image"]]),
        TestLayer("Dot", "cosine", ["axes": 1, "normalize": true], calls: [["mean", "max"]]),
      ], isSequential: false)
    let found = try prediction(of: KerasModel(decoding: network.archive()), for: image)
    #expect(found.shape == [2, 1])
    for n in 0..<2 {
      let channels = (0..<3).map { c in (0..<20).map { image[n, $0 / 4, $0 % 4, c] } }
      let (a, b) = (channels.map { $0.reduce(0, +) / 20 }, channels.map { $0.max()! })
      func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      #expect(abs(found.scalars[n] - dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()) < 1e-5)
    }
  }
}
