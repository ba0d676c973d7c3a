public import GraphEngine
import Kernels

/// A network with its weights, ready to be made a graph for images of any size that it takes.
///
/// ```swift
/// let network = try Network(.resnet50, weights: SafetensorsFile("resnet50.safetensors"))
/// let model = try GraphModel(network.graph())
/// ```
public struct Network: Sendable {
  public let definition: NetworkDefinition
  /// How many classes the weights tell apart.
  public let classes: Int
  private let arrays: [String: NDArray]

  /// Binds weights to a definition; the classifier's own say how many classes there are.
  ///
  /// - Throws: ``NetworkError/unfittingWeights(_:network:problem:likely:)`` naming every tensor that is missing, in
  ///   excess or of another shape; other cases where a tensor cannot be read.
  public init(_ definition: NetworkDefinition, weights: some WeightSource) throws {
    self.definition = definition
    let found = CurrentNames(of: weights.shapes, in: definition)
    // Without a usable classifier, the mismatch below names it with the usual number.
    let head = found.shapes[definition.classifier + ".weight"] ?? []
    classes = head.contains(0) ? definition.usualClasses : head.first ?? definition.usualClasses
    let outline = try definition.outline(classes: classes, input: [1] + definition.input)
    let mismatch = WeightMismatch(of: found.shapes, to: outline.parameters, ignoring: outline.builder.ignored)
    guard mismatch.isEmpty else {
      throw NetworkError.unfittingWeights(
        weights.label, network: definition.name, problem: mismatch,
        likely: NetworkDefinition.named(bySorting: weights, apartFrom: definition.name))
    }
    var arrays: [String: NDArray] = [:]
    for parameter in outline.parameters {
      let original = found.originals[parameter.name] ?? parameter.name
      let array = try parameter.isTransposed ? weights.turnedMatrix(named: original) : weights.array(named: original)
      arrays[parameter.name] = array.asConstant()
    }
    self.arrays = arrays
  }

  /// The network as the engine runs it; all graphs share the weights' memory.
  ///
  /// - Parameters:
  ///   - batch: the number of images.
  ///   - imageSize: the images' height and width; the definition's own without it.
  /// - Returns: A graph from `input` to the logits.
  /// - Throws: ``NetworkError`` where the network does not take images of that size.
  public func graph(batch: Int = 1, imageSize: (height: Int, width: Int)? = nil) throws -> Graph {
    let extents = imageSize.map { [$0.height, $0.width] } ?? Array(definition.input.dropFirst())
    let outline = try definition.outline(classes: classes, input: [batch, definition.input[0]] + extents)
    var constants = outline.builder.constants
    for parameter in outline.parameters {
      // Flattened maps of another size would need other weights.
      guard let array = arrays[parameter.name], array.shape == parameter.readShape else {
        throw NetworkError.fixedImageSize(network: definition.name, needed: definition.input, asked: extents)
      }
      constants[parameter.name] = array
    }
    return Graph(
      inputs: [Graph.Input(outline.input.name, shape: outline.input.shape)], nodes: outline.builder.nodes,
      constants: constants, outputs: [outline.logits.name])
  }
}

/// The tensors of a source under the names that a definition uses today.
struct CurrentNames {
  private(set) var shapes: [String: [Int]] = [:]
  /// The name in the source for each current one.
  private(set) var originals: [String: String] = [:]

  init(of tensors: [String: [Int]], in definition: NetworkDefinition) {
    let sorted = tensors.sorted { $0.key < $1.key }
    for (name, shape) in sorted {
      // A tensor that has the current name itself comes before one that only used to be called so.
      let current = definition.currentName(name)
      let isTaken = current != name && tensors[current] != nil || shapes[current] != nil
      shapes[isTaken ? name : current] = shape
      originals[isTaken ? name : current] = name
    }
  }
}
