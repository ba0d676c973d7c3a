import AttributionKit

/// A network as its two files describe it: a chain of stages.
struct DarknetNetwork {
  let inputShape: [Int]
  private(set) var stages: [any Stage] = []
  /// The names of the stages' outputs: the section's number from zero, as Darknet counts, and what it is.
  private(set) var names: [String] = []
  private(set) var link = ProbabilityLink.softmax

  private var shape: [Int] { stages.last?.outputShape ?? inputShape }

  /// - Throws: A `Refusal` for what is damaged or not read here.
  init(_ configuration: Configuration, weights: consuming WeightFile) throws {
    let input = configuration.input
    inputShape = try ["channels", "height", "width"].map { try input.whole($0, in: 1...8192) }
    var isFinished = false
    for (number, section) in configuration.layers.enumerated() {
      if section.kind == "cost" { continue }
      guard !isFinished else {
        throw Refusal("[\(section.kind)] on line \(section.line) follows the network's output")
      }
      switch section.kind {
      case "convolutional": try append(convolution(section, number, &weights), number, section)
      case "connected": try append(connected(section, number, &weights), number, section)
      case "maxpool": try append(maxPool(section), number, section)
      case "avgpool": try append(AveragePool(inputShape: shape), number, section)
      case "dropout": break  // Does nothing to a network that is trained.
      case "softmax":
        try section.requireDefaults(["groups": 1, "temperature": 1])
        isFinished = true
      default:
        throw Refusal(
          "[\(section.kind)] on line \(section.line) is not read: only chains of convolutional, connected, maxpool, "
            + "avgpool, dropout and softmax are")
      }
    }
    guard weights.remaining == 0 else {
      throw Refusal("\(weights.remaining) numbers are left over in the file of weights; is it this configuration's?")
    }
    try stopAtLogits()
    guard !stages.isEmpty, shape[1] * shape[2] == 1 else {
      throw Refusal("the network's output is \(shape), not one score per class; only classifiers can be explained")
    }
  }

  /// The score is what goes into the last sigmoid, as it is what goes into a softmax.
  private mutating func stopAtLogits() throws {
    guard let last = stages.last as? Activation, last.function == .logistic else { return }
    stages.removeLast()
    names.removeLast()
    link = .sigmoid
  }

  private mutating func append(
    _ stage: any Stage, _ number: Int, _ section: Configuration.Section
  ) throws {
    let extents = stage.outputShape
    guard extents.allSatisfy({ $0 > 0 }), extents.reduce(1, *) <= 1 << 28 else {
      throw Refusal("[\(section.kind)] on line \(section.line) would make an activation of \(extents)")
    }
    stages.append(stage)
    names.append("\(number).\(section.kind)")
    guard stage is Convolution || stage is Connected else { return }
    let name = section.text("activation", default: "logistic")
    guard let function = ActivationFunction(rawValue: name) else {
      let known = ActivationFunction.allCases.map(\.rawValue).joined(separator: ", ")
      throw Refusal("the activation '\(name)' on line \(section.line) is not read; known are \(known)")
    }
    guard function != .linear else { return }
    stages.append(Activation(function: function, outputShape: extents))
    names.append("\(number).\(name)")
  }

  private func maxPool(_ section: Configuration.Section) throws -> MaxPool {
    let stride = try section.whole("stride", default: 1, in: 1...8192)
    let size = try section.whole("size", default: stride, in: 1...8192)
    let padding = try section.whole("padding", default: size - 1, in: 0...8192)
    try requireRoom(section, size, padding)
    return MaxPool(inputShape: shape, size: size, stride: stride, padding: padding)
  }

  private func convolution(
    _ section: Configuration.Section, _ number: Int, _ file: inout WeightFile
  ) throws -> Convolution {
    try section.requireDefaults(["groups": 1, "binary": 0, "xnor": 0, "flipped": 0])
    let filters = try section.whole("filters", default: 1, in: 1...65536)
    let size = try section.whole("size", default: 1, in: 1...63)
    let pads = try section.whole("pad", default: 0, in: 0...1) == 1
    let padding = pads ? size / 2 : try section.whole("padding", default: 0, in: 0...63)
    try requireRoom(section, size, 2 * padding)
    let name = "[convolutional] on line \(section.line)"
    var bias = try file.next(filters, for: name)
    let normalization = try normalization(section, filters, &file, name)
    var weights = try file.next(filters * shape[0] * size * size, for: name)
    normalization?.fold(into: &weights, &bias)
    return Convolution(
      inputShape: shape, weights: weights, bias: bias, size: size,
      stride: try section.whole("stride", default: 1, in: 1...8192), padding: padding)
  }

  private func connected(
    _ section: Configuration.Section, _ number: Int, _ file: inout WeightFile
  ) throws -> Connected {
    let outputs = try section.whole("output", default: 1, in: 1...1_000_000)
    let inputs = shape.reduce(1, *)
    let name = "[connected] on line \(section.line)"
    var bias = try file.next(outputs, for: name)
    var weights = try file.next(outputs * inputs, for: name)
    if file.isTransposed {
      let columns = weights
      for row in 0..<outputs { for i in 0..<inputs { weights[row * inputs + i] = columns[i * outputs + row] } }
    }
    try normalization(section, outputs, &file, name)?.fold(into: &weights, &bias)
    return Connected(inputShape: shape, weights: weights, bias: bias)
  }

  /// The batch normalisation of a section, where it has one.
  private func normalization(
    _ section: Configuration.Section, _ count: Int, _ file: inout WeightFile, _ name: String
  ) throws -> BatchNormalization? {
    guard try section.whole("batch_normalize", default: 0, in: 0...1) == 1 else { return nil }
    return BatchNormalization(
      scales: try file.next(count, for: name), means: try file.next(count, for: name),
      variances: try file.next(count, for: name))
  }

  /// Refuses a window that is greater than what it slides over.
  private func requireRoom(_ section: Configuration.Section, _ size: Int, _ padding: Int) throws {
    guard size <= min(shape[1], shape[2]) + padding else {
      throw Refusal("[\(section.kind)] on line \(section.line) is greater than its input, \(shape)")
    }
  }
}

/// `scale · (x − mean) / (√variance + 10⁻⁶)`, with Darknet's own guard against division by zero.
struct BatchNormalization {
  let scales: [Float]
  let means: [Float]
  let variances: [Float]

  /// Makes the normalisation part of the layer before it.
  func fold(into weights: inout [Float], _ bias: inout [Float]) {
    let row = weights.count / bias.count
    for index in bias.indices {
      let factor = scales[index] / (variances[index].squareRoot() + 1e-6)
      for i in index * row..<(index + 1) * row { weights[i] *= factor }
      bias[index] -= means[index] * factor
    }
  }
}
