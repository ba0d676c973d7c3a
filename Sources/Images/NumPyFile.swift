public import Tensors

/// Arrays in NumPy's `.npy` files: how maps and inputs are exchanged with Python.
public enum NumPyFile {
  /// Reads an array of numbers as 32-bit floats.
  ///
  /// Read are truth values, whole numbers of 1 to 8 bytes and floats of 2, 4 and 8, in either byte order, in C or Fortran
  /// order (the latter is brought into C order), format versions 1 to 3.
  /// - Throws: `ImageError`.
  public static func read(contentsOf path: String) throws(ImageError) -> Tensor {
    try decode(fileBytes(at: path), named: path)
  }

  /// Decodes a `.npy` file held in memory; `name` is what error messages call it.
  ///
  /// - Throws: `ImageError` where it is damaged, or holds something other than numbers.
  public static func decode(_ bytes: [UInt8], named name: String) throws(ImageError) -> Tensor {
    let (header, start) = try NumPyHeader.parse(bytes, named: name)
    guard let element = Element(header.descr) else {
      throw .unsupported(
        name: name, kind: "an array of type \(header.descr)", remedy: "save it as float32, with array.astype('<f4')")
    }
    var count = 1
    for extent in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw .corrupt(name: name, reason: "its shape \(header.shape) is impossible") }
      count = product
    }
    // Compared before anything is allocated: a header may promise any number.
    guard count <= (bytes.count - start) / element.size else {
      throw .corrupt(name: name, reason: "it ends before its \(count) numbers do")
    }
    let scalars = bytes.withUnsafeBytes { buffer in
      (0..<count).map { element.number(in: buffer, at: start + $0 * element.size) }
    }
    guard header.fortranOrder else { return Tensor(scalars, shape: header.shape) }
    return Tensor(rowMajor(scalars, shape: header.shape), shape: header.shape)
  }

  /// The tensor as a file, byte for byte as `numpy.save` writes it: version 1, `<f4`, C order.
  public static func data(_ tensor: Tensor) -> [UInt8] {
    var bytes = header(shape: tensor.shape, type: "<f4")
    bytes.reserveCapacity(bytes.count + 4 * tensor.scalars.count)
    for scalar in tensor.scalars {
      withUnsafeBytes(of: scalar.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// The same in half the bytes: `<f2`, each number rounded to the nearest that 16 bits hold, ties to even.
  public static func halfData(_ tensor: Tensor) -> [UInt8] {
    var bytes = header(shape: tensor.shape, type: "<f2")
    bytes.reserveCapacity(bytes.count + 2 * tensor.scalars.count)
    for scalar in tensor.scalars {
      let bits = scalar.halfBits
      bytes.append(UInt8(bits & 0xFF))
      bytes.append(UInt8(bits >> 8))
    }
    return bytes
  }

  /// How far the numbers of ``halfData(_:)`` are from a tensor's own at most, as a share of the greatest magnitude; 0 where
  /// all are zero.
  public static func halfError(of tensor: Tensor) -> Float {
    var (greatest, error): (Float, Float) = (0, 0)
    for scalar in tensor.scalars {
      greatest = max(greatest, abs(scalar))
      error = max(error, abs(Float(halfBits: scalar.halfBits) - scalar))
    }
    return greatest > 0 ? error / greatest : 0
  }

  /// What comes before the elements, for those who write them piece by piece.
  ///
  /// - Parameters:
  ///   - shape: the number of elements along each axis, the slowest first.
  ///   - type: the element type as NumPy writes it: `<f4`, `|u1`.
  /// - Returns: the bytes that a version 1 file begins with.
  public static func header(shape: [Int], type: String) -> [UInt8] { NumPyHeader.bytes(shape: shape, type: type) }

  /// Stores a tensor in a file, whole or not at all.
  ///
  /// - Throws: `ImageError.unwritable`.
  public static func write(_ tensor: Tensor, to path: String) throws(ImageError) {
    try AtomicFile.write(data(tensor), to: path)
  }

  /// Reorders scalars stored first index fastest to last index fastest.
  private static func rowMajor(_ scalars: [Float], shape: [Int]) -> [Float] {
    var strides: [Int] = []
    var stride = 1
    for extent in shape {
      strides.append(stride)
      stride *= extent
    }
    var index = shape.map { _ in 0 }
    var source = 0
    return scalars.indices.map { _ in
      let scalar = scalars[source]
      for axis in shape.indices.reversed() {
        index[axis] += 1
        source += strides[axis]
        if index[axis] < shape[axis] { break }
        source -= strides[axis] * shape[axis]
        index[axis] = 0
      }
      return scalar
    }
  }
}

/// A number type as NumPy writes it: a byte order, a letter and how many bytes.
struct Element {
  enum Kind: String {
    case truth = "b"
    case signed = "i"
    case unsigned = "u"
    case float = "f"
  }

  let kind: Kind
  let size: Int
  let isBigEndian: Bool

  /// `nil` for a type that is not read: complex numbers, dates, texts, records.
  init?(_ descr: String) {
    guard let match = descr.wholeMatch(of: /([<>|=])([biuf])([1248])/), let size = Int(match.3),
      let kind = Kind(rawValue: String(match.2))
    else { return nil }
    (self.kind, self.size, isBigEndian) = (kind, size, match.1 == ">")
    guard kind != .truth || size == 1, kind != .float || size > 1 else { return nil }
  }

  func number(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Float {
    func bits<Bits: FixedWidthInteger>(_: Bits.Type) -> Bits {
      let loaded = bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self)
      return isBigEndian ? Bits(bigEndian: loaded) : Bits(littleEndian: loaded)
    }
    return switch (kind, size) {
    case (.float, 2): Float(halfBits: bits(UInt16.self))
    case (.float, 4): Float(bitPattern: bits(UInt32.self))
    case (.float, _): Float(Double(bitPattern: bits(UInt64.self)))
    case (.signed, 1): Float(bits(Int8.self))
    case (.signed, 2): Float(bits(Int16.self))
    case (.signed, 4): Float(bits(Int32.self))
    case (.signed, _): Float(bits(Int64.self))
    case (.truth, _): bytes[offset] == 0 ? 0 : 1
    case (.unsigned, 1): Float(bytes[offset])
    case (.unsigned, 2): Float(bits(UInt16.self))
    case (.unsigned, 4): Float(bits(UInt32.self))
    case (.unsigned, _): Float(bits(UInt64.self))
    }
  }
}

extension Float {
  /// IEEE binary16, by hand: `Float16` is missing on Intel Macs.
  fileprivate init(halfBits bits: UInt16) {
    let (exponent, fraction) = (Int(bits >> 10 & 0x1F), Float(bits & 0x3FF) / 1024)
    let magnitude: Float =
      switch exponent {
      case 0: Float(sign: .plus, exponent: -14, significand: fraction)
      case 31: fraction == 0 ? .infinity : .nan
      default: Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
      }
    self = bits >> 15 == 0 ? magnitude : -magnitude
  }
  /// The nearest IEEE binary16; what is too large for it is infinite.
  fileprivate var halfBits: UInt16 {
    let sign: UInt16 = self.sign == .minus ? 0x8000 : 0
    guard isFinite else { return sign | (isNaN ? 0x7E00 : 0x7C00) }
    // In units of the last place that a half has here: 2⁻²⁴ where it is subnormal.
    let power = Swift.max(Int(magnitude.exponentOrLeast), -14)
    let units =
      (magnitude * Float(sign: .plus, exponent: 24, significand: 1)
      * Float(sign: .plus, exponent: -14 - power, significand: 1)).rounded(.toNearestOrEven)
    let bits = Int(units) + (power + 14) << 10
    return sign | UInt16(Swift.min(bits, 0x7C00))
  }

  private var exponentOrLeast: Int { self == 0 || isSubnormal ? -127 : Int(exponent) }
}
