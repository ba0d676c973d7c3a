public import GraphEngine
public import Kernels

/// A network under construction: the steps so far, the parameters they read, and where in the tree of blocks we are.
public struct NetworkBuilder {
  /// A value that the network computes, or a parameter that it reads.
  public struct Value: Hashable, Sendable {
    public let name: String
    /// Batch first.
    public let shape: [Int]
  }

  private(set) var nodes: [Node] = []
  private(set) var parameters: [Parameter] = []
  private(set) var constants: [String: NDArray] = [:]
  /// Tensors that weight files hold and inference needs not.
  private(set) var ignored: Set<String> = []
  private var names: Set<String>
  /// The names of the blocks we are in, outermost first, and how many parts each had so far.
  private var path: [String] = []
  private var places = [0]

  init(input: Value) { names = [input.name] }

  /// Appends a block, named by itself or by its place.
  public mutating func apply(_ block: any Block, to value: Value) throws -> Value {
    if block.name == "" { return try block.output(of: value, in: &self) }
    let name = block.name ?? "\(places[places.count - 1])"
    places[places.count - 1] += 1
    return try within(name) { network in try block.output(of: value, in: &network) }
  }

  /// Appends blocks, each applied to what the one before computes.
  public mutating func apply(_ blocks: [any Block], to value: Value) throws -> Value {
    try blocks.reduce(value) { value, block in try apply(block, to: value) }
  }

  /// Names whatever `body` appends as the parts of a block called `name`.
  public mutating func within<Result>(
    _ name: String, _ body: (inout NetworkBuilder) throws -> Result
  ) rethrows -> Result {
    path.append(name)
    places.append(0)
    defer {
      path.removeLast()
      places.removeLast()
    }
    return try body(&self)
  }

  /// Appends one step.
  ///
  /// - Parameters:
  ///   - op: an operator of the engine.
  ///   - inputs: what it reads, the activation first.
  ///   - name: what the result is called within the block; without it, the result is the block's own. A name that is
  ///     taken gets a number (`relu_1`), as where PyTorch applies one module several times.
  /// - Returns: The value computed.
  /// - Throws: ``NetworkError/doesNotFit(layer:input:reason:)``, ``NetworkError/tooLarge(layer:shape:)``.
  public mutating func add(_ op: any Operator, _ inputs: [Value], as name: String? = nil) throws -> Value {
    let stem = qualified(name)
    let shape: [Int]
    do { shape = try op.outputShape(of: inputs.map(\.shape)) } catch {
      throw NetworkError.doesNotFit(layer: stem, input: inputs.first?.shape ?? [], reason: "\(error)")
    }
    guard isAllocatable(shape) else { throw NetworkError.tooLarge(layer: stem, shape: shape) }
    var (output, repetition) = (stem, 0)
    while !names.insert(output).inserted {
      repetition += 1
      output = "\(stem)_\(repetition)"
    }
    nodes.append(Node(op, inputs.map(\.name), to: output))
    return Value(name: output, shape: shape)
  }

  /// Declares a parameter of the block, to be found in the weights under the block's name and this one.
  ///
  /// - Parameters:
  ///   - name: such as `weight`.
  ///   - shape: as PyTorch stores it.
  ///   - isStatistic: whether training gathers it rather than learns it, as the running means of normalisation.
  ///   - isTransposed: whether the network reads the matrix with its rows and columns exchanged.
  /// - Returns: The parameter, for a step to read.
  /// - Throws: ``NetworkError/duplicateName(_:)``, ``NetworkError/tooLarge(layer:shape:)``.
  public mutating func parameter(
    _ name: String, shape: [Int], isStatistic: Bool = false, isTransposed: Bool = false
  ) throws -> Value {
    let full = qualified(name)
    guard isAllocatable(shape) else { throw NetworkError.tooLarge(layer: full, shape: shape) }
    guard names.insert(full).inserted else { throw NetworkError.duplicateName(full) }
    let parameter = Parameter(name: full, shape: shape, isStatistic: isStatistic, isTransposed: isTransposed)
    parameters.append(parameter)
    return Value(name: full, shape: parameter.readShape)
  }

  /// Says that weight files may hold a tensor of the block that is not needed.
  public mutating func ignore(_ name: String) { ignored.insert(qualified(name)) }

  /// A number or matrix that belongs to the definition itself.
  public mutating func constant(_ array: NDArray, as name: String) throws -> Value {
    let full = qualified(name)
    guard names.insert(full).inserted else { throw NetworkError.duplicateName(full) }
    constants[full] = array.asConstant()
    return Value(name: full, shape: array.shape)
  }

  /// Appends blocks as the parts of a block called `name`, or of this one for an empty name.
  mutating func apply(_ name: String, _ blocks: [any Block], to value: Value) throws -> Value {
    try name.isEmpty ? apply(blocks, to: value) : within(name) { network in try network.apply(blocks, to: value) }
  }

  /// Makes sure of something that the block relies on; `reason` ends the sentence "the layer 'conv1' …".
  public func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws {
    if !condition { throw NetworkError.malformedLayer(qualified(nil), reason: reason()) }
  }

  private func qualified(_ name: String?) -> String {
    let full = (path + (name.map { [$0] } ?? [])).filter { !$0.isEmpty }.joined(separator: ".")
    return full.isEmpty ? "layer" : full
  }
}

/// Whether a value of this shape has any scalars, and no more than kernels can count.
private func isAllocatable(_ shape: [Int]) -> Bool {
  var count = 1
  for extent in shape {
    let (product, overflows) = count.multipliedReportingOverflow(by: extent)
    guard extent > 0, !overflows, product <= Int(Int32.max) else { return false }
    count = product
  }
  return true
}
