import Kernels

/// The types of elements, as the file numbers them (`ScalarType` of `torch/_export/serde/schema.py`).
enum ElementType: Int, Sendable {
  case byte = 1, char, short, int, long, half, float, double, complexHalf, complexFloat, complexDouble, bool, bfloat16
  case uint16 = 28

  /// What numbers of the type mean, which decides how division and conversions behave.
  enum Kind: Int, Comparable, Sendable {
    case truth, integer, real
    static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
  }

  var kind: Kind {
    switch self {
    case .bool: .truth
    case .byte, .char, .short, .int, .long, .uint16: .integer
    default: .real
    }
  }

  /// How many bytes an element takes; `nil` for complex numbers, which are not read.
  var size: Int? {
    switch self {
    case .byte, .char, .bool: 1
    case .short, .half, .bfloat16, .uint16: 2
    case .int, .float: 4
    case .long, .double: 8
    case .complexHalf, .complexFloat, .complexDouble: nil
    }
  }

  /// What safetensors files call the type, where it is one of weights.
  var nameInWeights: String? {
    switch self {
    case .half: "F16"
    case .bfloat16: "BF16"
    case .float: "F32"
    case .double: "F64"
    default: nil
    }
  }

  /// The element at an offset of little-endian bytes.
  func number(in bytes: UnsafeRawBufferPointer, at offset: Int) -> Float {
    func bits<Bits: FixedWidthInteger>(_: Bits.Type) -> Bits {
      Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self))
    }
    switch self {
    case .byte: return Float(bytes[offset])
    case .bool: return bytes[offset] == 0 ? 0 : 1
    case .char: return Float(bits(Int8.self))
    case .short: return Float(bits(Int16.self))
    case .uint16: return Float(bits(UInt16.self))
    case .int: return Float(bits(Int32.self))
    case .long: return Float(bits(Int64.self))
    case .half: return Kernels.float(fromHalf: bits(UInt16.self))
    case .bfloat16: return Float(bitPattern: UInt32(bits(UInt16.self)) << 16)
    case .float: return Float(bitPattern: bits(UInt32.self))
    case .double: return Float(Double(bitPattern: bits(UInt64.self)))
    case .complexHalf, .complexFloat, .complexDouble: return .nan
    }
  }
}
