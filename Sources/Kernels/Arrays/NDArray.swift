public import Tensors

/// An array of the engine: an immutable value whose scalars lie as its kernels prefer.
public struct NDArray: Sendable {
  /// The shape, and how the scalars lie in memory.
  public let layout: Layout
  /// The memory that holds the scalars, which other arrays may share.
  public internal(set) var storage: Storage
  /// Whether this is a weight of the network: its reorders are remembered for as long as it lives.
  public let isConstant: Bool

  init(layout: Layout, storage: Storage, isConstant: Bool = false) {
    self.layout = layout
    self.storage = storage
    self.isConstant = isConstant
  }

  /// Uninitialised memory of a layout.
  public init(layout: Layout) { self.init(layout: layout, storage: Storage(for: layout)) }

  /// A plain array of scalars in row-major order.
  ///
  /// - Precondition: there are as many as the shape has room for.
  public init(_ scalars: [Float], shape: [Int]) {
    precondition(scalars.count == shape.reduce(1, *), "\(scalars.count) scalars cannot fill \(shape)")
    self.init(layout: .plain(shape))
    scalars.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { storage.pointer.update(from: base, count: source.count) }
    }
  }

  /// A plain array of a tensor's scalars and shape.
  public init(_ tensor: Tensor) { self.init(tensor.scalars, shape: tensor.shape) }

  /// A plain array whose scalars are all the same.
  public init(repeating scalar: Float, shape: [Int]) {
    self.init(layout: .plain(shape))
    storage.pointer.update(repeating: scalar, count: storage.count)
  }

  /// A plain array over memory at hand, such as mapped weights.
  public init(storage: Storage, shape: [Int]) {
    precondition(storage.count >= shape.reduce(1, *), "\(storage.count) scalars cannot fill \(shape)")
    self.init(layout: .plain(shape), storage: storage)
  }

  /// The logical extents, outermost first: `[N, C, H, W]` of a stack of maps.
  public var shape: [Int] { layout.shape }
  /// The number of logical scalars.
  public var count: Int { layout.shape.reduce(1, *) }

  /// A plain copy for the kit.
  public var tensor: Tensor { Tensor(scalars, shape: shape) }

  /// The scalars in row-major order, whatever they are held in.
  public var scalars: [Float] {
    let array = plain()
    return array.withScalars { Array($0) }
  }

  /// The same array marked as a weight.
  public func asConstant() -> NDArray { NDArray(layout: layout, storage: storage, isConstant: true) }

  /// Constants computed from this one and others, remembered for as long as it lives.
  ///
  /// - Parameters:
  ///   - recipe: what is computed; tells apart what is made of the same constants.
  ///   - others: further constants that go into it.
  ///   - make: computes them.
  /// - Returns: What `make` returned the first time.
  /// - Throws: What `make` throws.
  public func derived(
    _ recipe: String, from others: [NDArray], make: () throws -> [NDArray]
  ) rethrows -> [NDArray] {
    try storage.derived(recipe, from: others.map(\.storage), make: make)
  }

  /// The scalars in the order of memory, the padding of blocks included.
  ///
  /// - Precondition: the array is of float32, see ``converted(to:)``.
  /// - Throws: What `body` throws.
  public func withScalars<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
    try withExtendedLifetime(storage) {
      try body(UnsafeBufferPointer(start: floats, count: layout.storageCount))
    }
  }

  /// The scalars in the order of memory, for the kernel that creates the array.
  func fill(_ body: (UnsafeMutablePointer<Float>) throws -> Void) rethrows {
    try withExtendedLifetime(storage) { try body(floats) }
  }

  /// The memory as floats, for kernels that keep the array alive themselves: the one way there from an array, so that
  /// no kernel can take bfloat16 for them.
  var floats: UnsafeMutablePointer<Float> {
    precondition(layout.precision == .float32, "an array of \(layout.precision) cannot be read as floats")
    return storage.pointer
  }

  /// Whether this is the only reference to the memory, which may then be written to.
  mutating func isUniquelyOwned() -> Bool { !isConstant && !storage.isBorrowed && isKnownUniquelyReferenced(&storage) }
}
