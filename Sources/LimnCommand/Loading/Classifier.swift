import AttributionKit
import Images
import Kernels
import Tensors

/// A network ready to be asked, with the names of what it may answer and the way photographs are prepared for it.
struct Classifier {
  let model: any ModelAdapter
  /// The shape of the network's answer for one image: `[classes]`, `[classes, height, width]` of a segmentation, or the
  /// `[features]` of an embedding.
  let outputShape: [Int]
  let names: ClassNames
  let origin: ModelOrigin
  /// What the network computes in.
  let precision: Precision
  /// `nil` where no photograph fits the input, only an array.
  let preprocessing: Preprocessing?
  /// Whether neither the network's source nor the user said how photographs are prepared.
  let isPreprocessingAssumed: Bool

  /// The channels, height and width of the input, and whether the channels come last; `nil` for other shapes.
  var inputExtent: InputExtent? { InputExtent(model.input.shape) }

  /// Whether the network answers for each place of an image, as for segmentation.
  var hasPlaces: Bool { outputShape.count == 3 }

  /// The network run on an image, asked for its own answer.
  func session(on input: Tensor, options: SessionOptions) throws -> ExplanationSession {
    let target: any Target = hasPlaces ? RegionMean(of: .prediction) : RankedLogit.prediction
    return try ExplanationSession(of: model, on: input, for: target, options: options)
  }
}

/// An image input's extents.
struct InputExtent: Equatable {
  let channels: Int
  let height: Int
  let width: Int
  let layout: Preprocessing.Layout

  init?(_ shape: [Int]) {
    guard shape.count == 3 else { return nil }
    // Networks from TensorFlow may take channels last; no photograph is three pixels wide.
    let isLast = ![1, 3].contains(shape[0]) && [1, 3].contains(shape[2])
    (channels, height, width) = isLast ? (shape[2], shape[0], shape[1]) : (shape[0], shape[1], shape[2])
    layout = isLast ? .nhwc : .nchw
  }
}

extension Classifier {
  /// Reads the network and whatever belongs to it; `arrayShape`, the shape of an input given as an array, settles
  /// what the file leaves open.
  init(_ options: ModelOptions, _ preprocessing: PreprocessingOptions, arrayShape: [Int]? = nil) throws {
    guard !options.isDemo || !preprocessing.isGiven && preprocessing.size == nil else {
      throw Failure.usage(
        "the demo network has its own preprocessing: name a network with --model or --network, or leave it out")
    }
    let (engine, precision) = (options.engine, options.precision)
    self.precision = precision
    let loaded = try engine.run {
      try options.source().load(
        for: InputRequest(
          size: preprocessing.size, arrayShape: arrayShape, output: options.logits, fixedInputs: options.fixedInputs,
          precision: precision))
    }
    (model, outputShape, origin) = (loaded.model, loaded.outputShape, loaded.origin)
    if precision != .float32, try engine.run(precision.measuredSpeedup) < 1.1 {
      Console.note("this processor multiplies \(precision.name) no faster than float32: it saves no time here")
    }
    guard loaded.model.input.shape.count == 3 else {
      throw Failure.badData(
        "the network's input is \(Wording.extent(loaded.model.input.shape)); only networks that take images, "
          + "channels × height × width, can be explained")
    }
    let count = loaded.outputShape[0]
    names = ClassNames(
      labels: try options.labels.map { try Labels(file: $0).matching(count, from: $0) } ?? loaded.labels, count: count)
    isPreprocessingAssumed = preprocessing.isAssumed && loaded.preprocessing == nil
    self.preprocessing = try InputExtent(loaded.model.input.shape).flatMap { extent in
      guard [1, 3].contains(extent.channels) else { return nil }
      var recipe = try preprocessing.preprocessing(for: extent, native: loaded.preprocessing)
      recipe.layout = extent.layout
      return recipe
    }
  }
}

extension InputColors {
  /// What the recipe makes of black and of white.
  init(_ recipe: Preprocessing, channels: Int) {
    func value(of sample: Float) -> [Float] {
      (0..<channels).map { channel in
        let (mean, deviation) = (recipe.mean[min(channel, recipe.mean.count - 1)], recipe.deviation)
        return (sample * recipe.scale - mean) / deviation[min(channel, deviation.count - 1)]
      }
    }
    self.init(black: value(of: 0), white: value(of: 255))
  }
}
