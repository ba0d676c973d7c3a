import Kernels

/// How a file stores the scalars of a tensor, by the names of safetensors files.
enum ElementFormat: String {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float64 = "F64"

  /// The bytes of one scalar, for every type of the format that takes whole bytes; `nil` for others.
  static func width(of type: String) -> Int? {
    switch type {
    case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0": 1
    case "U16", "I16", "F16", "BF16": 2
    case "U32", "I32", "F32": 4
    case "U64", "I64", "F64", "C64": 8
    case "C128": 16
    default: nil
    }
  }

  /// The bytes of one scalar.
  var width: Int {
    switch self {
    case .float16, .bfloat16: 2
    case .float32: 4
    case .float64: 8
    }
  }

  /// Writes scalars to `target` in single precision.
  ///
  /// - Parameters:
  ///   - bytes: where they lie.
  ///   - first: the place of the first, in scalars.
  ///   - step: how far each lies from the next, in scalars.
  ///   - count: how many.
  ///   - isBigEndian: whether the highest byte of a scalar comes first.
  ///   - target: room for `count`.
  func read(
    _ bytes: UnsafeRawBufferPointer, from first: Int, step: Int, count: Int, isBigEndian: Bool,
    to target: UnsafeMutablePointer<Float>
  ) {
    @inline(__always) func read<Bits: FixedWidthInteger>(_: Bits.Type, _ scalar: (Bits) -> Float) {
      let width = MemoryLayout<Bits>.size
      for index in 0..<count {
        let bits = bytes.loadUnaligned(fromByteOffset: (first + index * step) * width, as: Bits.self)
        target[index] = scalar(isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
      }
    }
    switch self {
    case .float32: read(UInt32.self) { Float(bitPattern: $0) }
    case .float16: read(UInt16.self) { float(fromHalf: $0) }
    case .bfloat16: read(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .float64: read(UInt64.self) { Float(Double(bitPattern: $0)) }
    }
  }
}
