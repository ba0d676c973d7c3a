internal import COnnxRuntime
import Foundation

/// A tensor that a graph is given under a name, where the library can reach it.
final class RuntimeInput {
  let given: limn_ort_input

  /// - Parameters:
  ///   - name: of the input.
  ///   - scalars: its elements.
  ///   - extents: its shape.
  ///   - element: the number that ONNX has for the type of the graph's elements.
  /// - Throws: ``RuntimeError`` for types that hold no images.
  init(_ name: String, _ scalars: [Float], _ extents: [Int], element: Int) throws(RuntimeError) {
    let bytes: UnsafeMutableRawBufferPointer
    switch element {
    case 1: bytes = Self.stored(scalars)
    case 2: bytes = Self.stored(scalars.map { UInt8(nearestTo: $0) })
    case 3: bytes = Self.stored(scalars.map { Int8(nearestTo: $0) })
    case 4: bytes = Self.stored(scalars.map { UInt16(nearestTo: $0) })
    case 5: bytes = Self.stored(scalars.map { Int16(nearestTo: $0) })
    case 6: bytes = Self.stored(scalars.map { Int32(nearestTo: $0) })
    case 7: bytes = Self.stored(scalars.map { Int64(nearestTo: $0) })
    default:
      throw RuntimeError("the input '\(name)' holds elements of a type, \(element), that images are not given in")
    }
    let shape = UnsafeMutableBufferPointer<Int64>.allocate(capacity: extents.count)
    _ = shape.initialize(from: extents.map { Int64($0) })
    given = limn_ort_input(
      name: strdup(name), element: Int32(element), data: bytes.baseAddress, bytes: bytes.count,
      extents: shape.baseAddress, rank: extents.count)
  }

  deinit {
    free(UnsafeMutablePointer(mutating: given.name))
    UnsafeMutableRawPointer(mutating: given.data)?.deallocate()
    UnsafeMutablePointer(mutating: given.extents)?.deallocate()
  }

  private static func stored<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafeMutableRawBufferPointer {
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(1, elements.count) * MemoryLayout<Element>.stride, alignment: 64)
    elements.withUnsafeBytes { bytes.copyMemory(from: $0) }
    return bytes
  }
}

extension FixedWidthInteger {
  /// The whole number that is next to a real one, of those that there are.
  fileprivate init(nearestTo real: Float) {
    self = Self(exactly: real.rounded()) ?? (real > 0 ? .max : .min)
  }
}
