import COneDNN

/// oneDNN's description of how an array lies in memory; equal ones are the same pointer, for as long as the process lives.
struct Descriptor: Hashable, @unchecked Sendable {
  let pointer: OpaquePointer

  static func plain(_ shape: [Int], _ precision: Precision = .float32) throws -> Descriptor {
    try strided(shape, strides: rowMajorStrides(shape), precision)
  }

  static func strided(_ shape: [Int], strides: [Int], _ precision: Precision = .float32) throws -> Descriptor {
    try described(shape) { rank, shape, error in
      strides.map(Int64.init).withUnsafeBufferPointer {
        limn_describe(precision.scalar, rank, shape, $0.baseAddress, error)
      }
    }
  }

  /// Leaves the layout to oneDNN.
  static func any(_ shape: [Int], _ precision: Precision = .float32) throws -> Descriptor {
    try described(shape) { limn_describe(precision.scalar, $0, $1, nil, $2) }
  }

  /// Blocks of `width` neighbouring channels.
  static func blocked(_ shape: [Int], width: Int, _ precision: Precision = .float32) throws -> Descriptor {
    try described(shape) { limn_describe_blocked(precision.scalar, $0, $1, Int64(width), $2) }
  }

  private static func described(
    _ shape: [Int],
    _ make: (Int32, UnsafePointer<Int64>?, UnsafeMutablePointer<limn_error>) -> OpaquePointer?
  ) throws -> Descriptor {
    try require(
      !shape.isEmpty && shape.count <= LIMN_MAXIMUM_RANK && shape.allSatisfy { $0 > 0 },
      "An array of shape \(shape) cannot be given to a kernel: every dimension must be positive, and at most 12 of them."
    )
    var error = limn_error()
    let made = shape.map(Int64.init).withUnsafeBufferPointer { make(Int32(shape.count), $0.baseAddress, &error) }
    guard let made else { throw KernelError("oneDNN cannot describe an array of shape \(shape): \(error.sentence).") }
    return Descriptor(pointer: made)
  }
}

extension limn_error {
  var sentence: String {
    withUnsafeBytes(of: text) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

/// The distance in memory between neighbours along each axis of a dense row-major array.
package func rowMajorStrides(_ shape: [Int]) -> [Int] {
  var strides = Array(repeating: 1, count: shape.count)
  for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
  return strides
}
