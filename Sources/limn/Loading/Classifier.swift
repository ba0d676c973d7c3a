import AttributionKit
import DemoNetwork
import Foundation
import GraphAdapter
import Images
import ONNXImport
import Tensors

/// A network ready to be asked, with the names of its classes and the way photographs are prepared for it.
struct Classifier {
  /// Where a network comes from.
  struct Origin {
    let name: String
    let producer: String
    let opset: Int
    var isDemo = false
  }

  let model: GraphModel
  let labels: Labels?
  let origin: Origin
  /// `nil` where no photograph fits the input, only an array.
  let preprocessing: Preprocessing?

  var classCount: Int { model.classCount }

  /// The channels, height and width of the input, and whether the channels come last; `nil` for other shapes.
  var inputExtent: InputExtent? { InputExtent(model.input.shape) }

  func name(of index: Int) -> String { labels?.names[index] ?? "class \(index)" }

  /// The classes ranked highest.
  func predictions(logits: Tensor, probabilities: Tensor, top count: Int) -> [Prediction] {
    logits.descendingOrder().prefix(count).map {
      Prediction(index: $0, label: labels?.names[$0], logit: logits.scalars[$0], probability: probabilities.scalars[$0])
    }
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
    if let threads = options.threads { Threading.limit(to: threads) }
    guard let path = options.model else {
      guard !preprocessing.isGiven, preprocessing.size == nil else {
        throw Failure.usage("the demo network has its own preprocessing: name a network with --model, or leave it out")
      }
      self = try Classifier.demo()
      return
    }
    let file = try ONNXModel(contentsOf: path)
    model = try Classifier.model(from: file, size: preprocessing.size, arrayShape: arrayShape)
    origin = Origin(
      name: path, producer: file.producer, opset: file.opset)
    guard model.input.shape.count == 3 else {
      throw Failure.badData(
        "the network's input is \(Wording.extent(model.input.shape)); only networks that take images, "
          + "channels × height × width, can be explained")
    }
    let classCount = model.classCount
    labels = try options.labels.map { try Labels(file: $0).matching(classCount, from: $0) }
    self.preprocessing = try InputExtent(model.input.shape).flatMap { extent in
      guard [1, 3].contains(extent.channels) else { return nil }
      var recipe = try preprocessing.preprocessing(
        channels: extent.channels, height: extent.height, width: extent.width)
      recipe.layout = extent.layout
      return recipe
    }
  }

  private static func model(from file: ONNXModel, size: PixelSize?, arrayShape: [Int]?) throws -> GraphModel {
    let openInputs = file.openImageInputs
    var shapes: [String: [Int]] = [:]
    if let arrayShape, let input = openInputs.first { shapes[input.name] = [1] + arrayShape }
    var imageSize = size.map { (height: $0.height, width: $0.width) }
    if shapes.isEmpty, imageSize == nil, !openInputs.isEmpty {
      Console.note("the network leaves the size of its input open: assuming 224 × 224; choose with --size")
      imageSize = (224, 224)
    }
    let (fixedShapes, fixedSize) = (shapes, imageSize)
    return try GraphModel(
      file.graph(imageSize: fixedSize, inputShapes: fixedShapes),
      graphForBatch: { images in
        try file.graph(
          batch: images, imageSize: fixedSize, inputShapes: fixedShapes.mapValues { [images] + $0.dropFirst() })
      })
  }

  /// The network that comes with the command.
  private static func demo() throws -> Classifier {
    let file = try ONNXModel(decoding: Data(DemoNetwork.onnx), named: "the demo network")
    let side = DemoNetwork.inputSide
    return Classifier(
      model: try GraphModel(file.graph(imageSize: (side, side))) { try file.graph(batch: $0, imageSize: (side, side)) },
      labels: Labels(DemoNetwork.labels),
      origin: Origin(name: "demo", producer: file.producer, opset: file.opset, isDemo: true),
      preprocessing: Preprocessing(
        resize: .exact, mean: DemoNetwork.mean, deviation: DemoNetwork.standardDeviation))
  }
}

extension ONNXModel {
  /// The inputs whose extents, the batch aside, the file leaves open.
  fileprivate var openImageInputs: [ONNXValue] {
    inputs.filter { input in
      guard let shape = input.shape else { return true }
      return shape.dropFirst().contains { if case .open = $0 { true } else { false } }
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
