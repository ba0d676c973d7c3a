public import Kernels

/// A graph of ONNX's standard operators while it is written, beside one that may be there already.
///
/// What is written twice is there once: a node is known by its operator, its attributes and what it reads, a constant by
/// its numbers.
public final class GraphWriter {
  /// The version of ONNX's operator set.
  public let opset: Int
  /// In order.
  public private(set) var nodes: [WrittenNode] = []
  /// The new constants by name.
  public private(set) var constants: [String: WrittenConstant] = [:]
  /// Whole numbers that hold the number of images, `[1]`; `nil` where it is always one.
  public var imageCount: String?

  private var known: [WrittenNode.Key: String] = [:]
  private var names: [WrittenConstant: String] = [:]
  /// The weights of the graph beside this one by name.
  private let weight: (_ name: String, _ array: NDArray) -> String?

  /// An empty graph.
  ///
  /// - Parameters:
  ///   - opset: the version of ONNX's operator set, from 13 on.
  ///   - weight: tells of a constant of the network whether a graph that is there already holds it, and under which name.
  public init(opset: Int, weight: @escaping (_ name: String, _ array: NDArray) -> String? = { _, _ in nil }) {
    (self.opset, self.weight) = (opset, weight)
  }

  /// Writes a node with one output of this shape.
  public func add(
    _ type: String, _ inputs: [Written], _ attributes: [String: WrittenAttribute] = [:], shape: WrittenShape
  ) -> Written {
    Written(add(type, inputs.map(\.name), attributes, shape: shape), shape)
  }

  func add(
    _ type: String, _ inputs: [String], _ attributes: [String: WrittenAttribute] = [:], shape: WrittenShape?,
    others: [String] = [], name: String? = nil
  ) -> String {
    let key = WrittenNode.Key(type: type, inputs: inputs, attributes: attributes)
    if let name = known[key] { return name }
    let name = name ?? "limn/\(type).\(nodes.count)"
    nodes.append(
      WrittenNode(
        type: type, inputs: inputs, output: name, others: others.map { "\(name).\($0)" }, attributes: attributes,
        shape: shape))
    known[key] = name
    return name
  }

  /// Real numbers known beforehand.
  public func constant(_ scalars: [Float], _ shape: [Int]) -> Written {
    Written(named(.reals(scalars, shape: shape)), WrittenShape(shape))
  }

  /// One number, which broadcasts with everything.
  func scalar(_ number: Float) -> Written { constant([number], []) }

  /// Whole numbers known beforehand, of 64 bits.
  func integers(_ numbers: [Int], _ shape: [Int]? = nil) -> Written {
    let shape = shape ?? [numbers.count]
    return Written(named(.integers(numbers, shape: shape)), WrittenShape(shape))
  }

  /// A constant of the network under its own name: that of the graph beside this one, if it is there.
  func weights(_ name: String, _ array: NDArray) -> Written {
    if let there = weight(name, array) { return Written(there, WrittenShape(array.shape)) }
    return constant(array.scalars, array.shape)
  }

  private func named(_ constant: WrittenConstant) -> String {
    if let name = names[constant] { return name }
    let name = "limn/constant.\(names.count)"
    names[constant] = name
    constants[name] = constant
    return name
  }
}

/// A node that is written.
public struct WrittenNode: Hashable, Sendable {
  /// ONNX's name of the operator.
  public let type: String
  /// The names of what is read; empty for what is left out.
  public let inputs: [String]
  /// The name of what is computed.
  public let output: String
  /// Further results, which the operator must name, and which mostly nobody reads.
  public let others: [String]
  /// What else the operator is told.
  public let attributes: [String: WrittenAttribute]
  /// The shape of what is computed; `nil` for what holds no real numbers.
  public let shape: WrittenShape?

  /// The names of all that is computed.
  public var results: [String] { [output] + others }

  struct Key: Hashable {
    let type: String, inputs: [String], attributes: [String: WrittenAttribute]
  }
}

/// What an operator is told beside what it reads.
public enum WrittenAttribute: Hashable, Sendable {
  case integer(Int)
  case integers([Int])
  case real(Float)
}

/// Numbers known beforehand.
public enum WrittenConstant: Hashable, Sendable {
  /// Of 32 bits.
  case reals([Float], shape: [Int])
  /// Of 64 bits.
  case integers([Int], shape: [Int])
}
