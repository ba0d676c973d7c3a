import Kernels

/// A tensor known before the network runs: a weight, or a number that an exporter computes shapes with.
struct Constant: Sendable {
  /// The type the file declares, which decides how division and casts behave.
  let type: ElementType
  let shape: [Int]
  let values: Values

  /// Reals live where the engine wants them; integers and booleans (0, 1) stay exact.
  enum Values: Sendable {
    case reals(NDArray)
    case integers([Int])
  }

  init(reals array: NDArray, type: ElementType = .float32) {
    self.type = type
    shape = array.shape
    values = .reals(array.asConstant())
  }

  init(reals: [Float], shape: [Int], type: ElementType = .float32) {
    self.init(reals: NDArray(reals, shape: shape), type: type)
  }

  init(integers: [Int], shape: [Int], type: ElementType = .int64) {
    self.type = type
    self.shape = shape
    values = .integers(integers)
  }

  var count: Int { shape.reduce(1, *) }

  /// The elements as reals, row-major.
  var reals: [Float] {
    switch values {
    case .reals(let array): array.scalars
    case .integers(let integers): integers.map { Float($0) }
    }
  }

  /// The elements as integers, row-major; `nil` where they are reals.
  var integers: [Int]? {
    guard case .integers(let integers) = values else { return nil }
    return integers
  }

  /// What the engine computes with; the same memory each time where the file stores reals.
  var array: NDArray {
    switch values {
    case .reals(let array): array
    case .integers(let integers): NDArray(integers.map { Float($0) }, shape: shape).asConstant()
    }
  }

  /// The tensor whose elements are those at the given places of this one, row-major.
  func picking(_ places: [Int], shape: [Int]) -> Constant {
    switch values {
    case .reals(let array):
      let plain = array.plain()
      let picked = plain.withScalars { scalars in places.map { scalars[$0] } }
      return Constant(reals: picked, shape: shape, type: type)
    case .integers(let integers):
      return Constant(integers: places.map { integers[$0] }, shape: shape, type: type)
    }
  }

  /// The same elements under another shape of as many.
  func reshaped(_ shape: [Int]) -> Constant {
    switch values {
    case .reals(let array): Constant(reals: array.reshaped(shape), type: type)
    case .integers(let integers): Constant(integers: integers, shape: shape, type: type)
    }
  }
}
