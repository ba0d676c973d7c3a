import Kernels

/// A plain row-major array in double precision, for references written in the plainest way.
struct Exact {
  var shape: [Int]
  var scalars: [Double]

  init(_ scalars: [Double], shape: [Int]) { (self.shape, self.scalars) = (shape, scalars) }

  init(zeros shape: [Int]) { self.init(Array(repeating: 0, count: shape.reduce(1, *)), shape: shape) }

  init(_ array: NDArray) { self.init(array.scalars.map(Double.init), shape: array.shape) }

  var array: NDArray { NDArray(scalars.map(Float.init), shape: shape) }

  /// The place of an index in row-major order.
  func offset(_ index: [Int]) -> Int { zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 } }

  subscript(_ index: [Int]) -> Double {
    get { scalars[offset(index)] }
    set { scalars[offset(index)] = newValue }
  }

  func map(_ f: (Double) -> Double) -> Exact { Exact(scalars.map(f), shape: shape) }

  func dot(_ other: Exact) -> Double { zip(scalars, other.scalars).map { $0 * $1 }.reduce(0, +) }
}

/// Every index of an array of the given shape, in row-major order.
func indices(_ shape: [Int]) -> [[Int]] {
  shape.reduce([[]]) { prefixes, extent in prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } } }
}

/// The same pseudo-random numbers at every run, roughly within ±1.
func noise(_ shape: [Int], seed: UInt64 = 1) -> NDArray {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1
  return NDArray(
    (0..<shape.reduce(1, *)).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
    }, shape: shape)
}

/// The largest difference, in units of the reference's largest magnitude (at least one); infinite where shapes differ.
func distance(_ array: NDArray, _ reference: Exact) -> Double {
  guard array.shape == reference.shape else { return .infinity }
  let scale = max(1, reference.scalars.map(abs).max() ?? 1)
  return zip(array.scalars, reference.scalars).map { pair in
    pair.1.isNaN || Double(pair.0).isNaN ? .infinity : abs(Double(pair.0) - pair.1) / scale
  }.max() ?? 0
}

/// How far a pullback is from the central difference of a reference along a random direction, relative to the larger.
func projectionError(
  of gradient: NDArray, cotangent: NDArray, at x: NDArray, step: Double = 1e-5, _ reference: (Exact) -> Exact
) -> Double {
  let (point, direction, v) = (Exact(x), Exact(noise(x.shape, seed: 77)), Exact(cotangent))
  func moved(_ h: Double) -> Exact {
    reference(Exact(zip(point.scalars, direction.scalars).map { $0 + h * $1 }, shape: point.shape))
  }
  let difference = (v.dot(moved(step)) - v.dot(moved(-step))) / (2 * step)
  let claimed = Exact(gradient).dot(direction)
  return gradient.shape == x.shape ? abs(claimed - difference) / max(1, abs(difference)) : .infinity
}

/// Rounds the scalars to bfloat16, in which they are then exact.
func rounded(_ x: NDArray) -> NDArray { x.converted(to: .bfloat16).converted(to: .float32) }

/// Brings an array into blocks of 16 channels, padded where the channels do not fill them.
func blocked(_ x: NDArray) throws -> NDArray { x.reordered(to: try .blocked(x.shape, width: 16)) }

/// Whether the memory that belongs to no scalar is zero, as kernels rely on.
func hasCleanPadding(_ x: NDArray) -> Bool {
  let inside = x.scalars.count { $0 != 0 || $0.isNaN }
  if x.layout.precision == .bfloat16 {
    return withExtendedLifetime(x) {
      let memory = UnsafeRawPointer(x.storage.pointer).assumingMemoryBound(to: UInt16.self)
      return (0..<x.layout.storageCount).count { memory[$0] & 0x7fff != 0 } == inside
    }
  }
  return x.withScalars { memory in memory.count { $0 != 0 || $0.isNaN } } == inside
}
