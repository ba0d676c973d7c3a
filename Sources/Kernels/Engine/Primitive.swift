import COneDNN

/// An operation of oneDNN made ready for given shapes and layouts; may run on several threads at once.
final class Primitive: @unchecked Sendable {
  private let handle: OpaquePointer
  private let scratchpadCount: Int

  init(_ what: String, _ make: (UnsafeMutablePointer<limn_error>) -> OpaquePointer?) throws {
    var error = limn_error()
    guard let handle = Engine.current.onItsThreads({ make(&error) }) else {
      throw KernelError("oneDNN offers no \(what): \(error.sentence).")
    }
    self.handle = handle
    scratchpadCount =
      limn_primitive_descriptor(handle, Int32(LIMN_SCRATCHPAD.rawValue)).map { (limn_descriptor_bytes($0) + 3) / 4 }
      ?? 0
  }

  deinit { limn_primitive_free(handle) }

  /// The name of oneDNN's implementation, such as `jit:avx512_core`.
  var implementation: String { String(cString: limn_primitive_implementation(handle)) }

  /// Whether oneDNN only has its reference code for this, which is hundreds of times slower.
  var isReference: Bool { implementation.contains("ref") }

  /// How the primitive wants an argument to lie; `shape` is the array's own, where the primitive sees it grouped or folded.
  func layout(_ argument: limn_argument, shape: [Int]) throws -> Layout {
    guard let pointer = limn_primitive_descriptor(handle, Int32(argument.rawValue)) else {
      throw KernelError("oneDNN's \(implementation) has no such argument.")
    }
    return Layout(shape, Descriptor(pointer: pointer))
  }

  /// The number of floats an argument takes; zero where the primitive has none.
  func count(_ argument: limn_argument) -> Int {
    limn_primitive_descriptor(handle, Int32(argument.rawValue)).map { (limn_descriptor_bytes($0) + 3) / 4 } ?? 0
  }

  func run(_ operands: [(limn_argument, Storage)]) throws {
    try run(operands.map { (Int32($0.0.rawValue), $0.1) })
  }

  func run(_ operands: [(Int32, Storage)]) throws {
    var operands = operands
    if scratchpadCount > 0 {
      operands.append((Int32(LIMN_SCRATCHPAD.rawValue), Storage(count: scratchpadCount)))
    }
    let arguments = operands.map(\.0)
    let buffers = operands.map { Optional(UnsafeMutableRawPointer($0.1.pointer)) }
    var error = limn_error()
    let succeeded = withExtendedLifetime(operands) {
      Engine.current.onItsThreads { limn_execute(handle, Int32(arguments.count), arguments, buffers, &error) }
    }
    try require(succeeded, "oneDNN's \(implementation) failed: \(error.sentence).")
  }
}

/// Everything a primitive depends on, but for the number of threads, which is its engine's.
struct PrimitiveKey: Hashable {
  enum Kind {
    case convolution, convolutionBackward, pooling, poolingBackward, matrix, inner, elementwise, binary, reorder
    case concatenation, softmax
  }
  let kind: Kind
  var layouts: [Layout] = []
  var numbers: [Int] = []
  var scalars: [Float] = []
  var function: FusedActivation?
  var precision = Precision.float32
}
