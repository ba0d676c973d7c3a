package import Kernels

/// A tensor that lies in a mapped file, or a part of it: nothing is read before it is computed with.
public struct FileTensor: Sendable {
  public private(set) var shape: [Int]
  /// How far neighbours along each axis lie apart, in scalars.
  private(set) var strides: [Int]
  /// Where the first scalar lies in the file, in bytes.
  private var start: Int
  let type: String
  private let isBigEndian: Bool
  private let file: MappedFile
  /// What the layer that it is of says besides, where a whole module was saved.
  var layer: SavedModule?

  /// A tensor at a place of a file that was found to hold all of it.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - start: where the first scalar lies, in bytes.
  ///   - type: the type of the scalars by its name in safetensors files: `F32`.
  ///   - shape: the extents.
  ///   - strides: how far neighbours along each axis lie apart; without them, row-major.
  ///   - isBigEndian: whether the highest byte of a scalar comes first.
  package init(
    in file: MappedFile, at start: Int, type: String, shape: [Int], strides: [Int]? = nil, isBigEndian: Bool = false
  ) {
    (self.file, self.start, self.type, self.shape) = (file, start, type, shape)
    self.strides = strides ?? Self.rowMajor(shape)
    self.isBigEndian = isBigEndian
  }

  var count: Int { shape.reduce(1, &*) }

  /// Whether its numbers can be weights.
  var isReal: Bool { ElementFormat(rawValue: type) != nil }

  private static func rowMajor(_ shape: [Int]) -> [Int] {
    var strides = shape, step = 1
    for axis in shape.indices.reversed() { (strides[axis], step) = (step, step &* max(shape[axis], 1)) }
    return strides
  }

  private var isRowMajor: Bool {
    zip(zip(shape, strides), Self.rowMajor(shape)).allSatisfy { $0.0 == 1 || $0.1 == $1 }
  }

  /// Some of its rows: the part along the first axis.
  func rows(_ range: Range<Int>) -> FileTensor {
    var part = self
    part.shape[0] = range.count
    part.start += range.lowerBound * strides[0] * (ElementFormat.width(of: type) ?? 1)
    return part
  }

  /// The matrix with rows and columns exchanged.
  package var transposed: FileTensor {
    var turned = self
    (turned.shape, turned.strides) = (shape.reversed(), strides.reversed())
    return turned
  }

  /// The same scalars in the same order under another shape; `nil` where they do not lie so.
  func reshaped(_ shape: [Int]) -> FileTensor? {
    guard shape.reduce(1, &*) == count, isRowMajor else { return nil }
    var other = self
    (other.shape, other.strides) = (shape, Self.rowMajor(shape))
    return other
  }

  /// The tensor in single precision, read when it is computed with.
  ///
  /// - Throws: ``NetworkError/unsupportedElementType(tensor:type:)``.
  package func array(named name: String) throws -> NDArray {
    guard let format = ElementFormat(rawValue: type) else {
      throw NetworkError.unsupportedElementType(tensor: name, type: type)
    }
    let scalars = Scalars(
      base: UnsafeRawBufferPointer(rebasing: file.bytes[start...]), format: format, isBigEndian: isBigEndian,
      shape: shape, strides: strides, isRowMajor: isRowMajor, file: file)
    return NDArray(storage: Storage(count: count, source: scalars), shape: shape)
  }
}

/// The scalars of a tensor in a file, in row-major order of its shape.
private struct Scalars: ScalarSource, @unchecked Sendable {
  /// The file from the first scalar on.
  let base: UnsafeRawBufferPointer
  let format: ElementFormat
  let isBigEndian: Bool
  let shape: [Int]
  let strides: [Int]
  let isRowMajor: Bool
  let file: MappedFile

  var scalars: UnsafePointer<Float>? {
    #if _endian(little)
      guard format == .float32, isRowMajor, !isBigEndian, let start = base.baseAddress,
        Int(bitPattern: start) % MemoryLayout<Float>.alignment == 0
      else { return nil }
      return start.assumingMemoryBound(to: Float.self)
    #else
      return nil
    #endif
  }

  func copy(_ range: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    guard !range.isEmpty else { return }
    if let scalars {
      target.update(from: scalars + range.lowerBound, count: range.count)
      return
    }
    guard !isRowMajor else {
      format.read(
        base, from: range.lowerBound, step: 1, count: range.count, isBigEndian: isBigEndian, to: target)
      return
    }
    // What is turned is copied once, and its pages in the file are not needed again.
    defer { rest() }
    let inner = shape.last ?? 1, step = strides.last ?? 1
    var position = range.lowerBound
    while position < range.upperBound {
      let first = position % inner, end = min(inner, first + range.upperBound - position)
      var line = position / inner, offset = 0
      for axis in shape.indices.dropLast().reversed() {
        offset += line % shape[axis] * strides[axis]
        line /= shape[axis]
      }
      format.read(
        base, from: offset + first * step, step: step, count: end - first, isBigEndian: isBigEndian,
        to: target + (position - range.lowerBound))
      position += end - first
    }
  }

  func rest() {
    guard let start = base.baseAddress, !shape.contains(0) else { return }
    let span = zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
    discardWholePages(UnsafeMutableRawPointer(mutating: start), span * format.width)
  }
}
