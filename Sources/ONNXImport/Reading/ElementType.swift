/// The element types of tensors by ONNX's numbers; the engine computes in float32 whatever the file stores.
enum ElementType: Int32, Hashable, Sendable {
  case float32 = 1
  case uint8 = 2
  case int8 = 3
  case uint16 = 4
  case int16 = 5
  case int32 = 6
  case int64 = 7
  case bool = 9
  case float16 = 10
  case float64 = 11
  case uint32 = 12
  case uint64 = 13
  case bfloat16 = 16
  case float8e4m3 = 17
  case float8e5m2 = 19
  case uint4 = 21
  case int4 = 22

  /// The bits of one element in `raw_data`.
  var bits: Int {
    switch self {
    case .uint4, .int4: 4
    case .uint8, .int8, .bool, .float8e4m3, .float8e5m2: 8
    case .uint16, .int16, .float16, .bfloat16: 16
    case .float32, .int32, .uint32: 32
    case .int64, .float64, .uint64: 64
    }
  }

  /// The bytes that `count` elements take up; the last of an odd number of half bytes takes a whole one.
  func bytes(for count: Int) -> Int { (count * bits + 7) / 8 }

  var isReal: Bool {
    switch self {
    case .float32, .float16, .float64, .bfloat16, .float8e4m3, .float8e5m2: true
    default: false
    }
  }

  /// Whether reals of this type are so few that float32 in their place would be another network.
  var isNarrowReal: Bool { self == .float8e4m3 || self == .float8e5m2 }

  /// The whole numbers of the type, those of 64 bits as far as `Int` goes; `nil` for reals.
  var range: ClosedRange<Int>? {
    switch self {
    case .bool: 0...1
    case .uint4: 0...15
    case .uint8: 0...255
    case .uint16: 0...65535
    case .uint32: 0...Int(UInt32.max)
    case .int4: -8...7
    case .int8: -128...127
    case .int16: -32768...32767
    case .int32: Int(Int32.min)...Int(Int32.max)
    case .int64: Int.min...Int.max
    case .uint64: 0...Int.max
    default: nil
    }
  }

  /// Whether every whole number of another type is one of this type.
  func holdsAll(of other: ElementType) -> Bool {
    guard let range, let others = other.range else { return false }
    return range.lowerBound <= others.lowerBound && others.upperBound <= range.upperBound
  }

  /// An integer as this type keeps it: what lies beyond its range wraps around.
  func wrapped(_ number: Int) -> Int {
    switch self {
    case .uint8: Int(UInt8(truncatingIfNeeded: number))
    case .uint16: Int(UInt16(truncatingIfNeeded: number))
    case .uint32: Int(UInt32(truncatingIfNeeded: number))
    case .int8: Int(Int8(truncatingIfNeeded: number))
    case .int16: Int(Int16(truncatingIfNeeded: number))
    case .int32: Int(Int32(truncatingIfNeeded: number))
    case .uint4: number & 15
    case .int4: (number & 15 ^ 8) - 8
    default: number
    }
  }

  /// How errors name a type that is not read.
  static func name(of number: Int32) -> String {
    switch number {
    case 0: "that are no tensors (a sequence, map or optional value)"
    case 8: "string"
    case 14: "complex64"
    case 15: "complex128"
    case 18, 20, 24: "float8"
    case 23: "float4"
    case 25: "uint2"
    case 26: "int2"
    default: ElementType(rawValue: number).map { "\($0)" } ?? "number \(number)"
    }
  }
}
