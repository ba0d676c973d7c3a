import Foundation
import Kernels
import Testing

/// As much of NumPy's format as the reference needs: little-endian float32 in C order.
struct NumPyArray {
  let shape: [Int]
  let scalars: [Float]

  init(_ file: URL) throws {
    let data = try Data(contentsOf: file)
    let headerLength = Int(data[8]) | Int(data[9]) << 8
    let header = String(decoding: data[10..<(10 + headerLength)], as: UTF8.self)
    let open = try #require(header.range(of: "'shape': ("))
    let extents = header[open.upperBound...].prefix { $0 != ")" }
    shape = extents.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    try #require(header.contains("'<f4'"))
    scalars = data[(10 + headerLength)...].withUnsafeBytes { bytes in
      (0..<(bytes.count / 4)).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }

  var array: NDArray { NDArray(scalars, shape: shape) }

  /// `[N, H, W, C]` as `[N, C, H, W]`.
  var channelsFirst: NDArray {
    get throws { try transposed(array, permutation: [0, shape.count - 1] + (1..<(shape.count - 1))) }
  }
}
