import Kernels

/// How a safetensors file stores the scalars of a tensor.
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
    default: nil
    }
  }

  /// The scalars of `bytes`, little-endian, in single precision.
  func scalars(of bytes: UnsafeRawBufferPointer) -> [Float] {
    func read<Bits: FixedWidthInteger>(_ bits: Bits.Type, _ scalar: (Bits) -> Float) -> [Float] {
      let width = MemoryLayout<Bits>.size
      return (0..<bytes.count / width).map {
        scalar(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * width, as: Bits.self)))
      }
    }
    switch self {
    case .float32: return read(UInt32.self) { Float(bitPattern: $0) }
    case .float16: return read(UInt16.self) { float(fromHalf: $0) }
    case .bfloat16: return read(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .float64: return read(UInt64.self) { Float(Double(bitPattern: $0)) }
    }
  }
}
