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

  /// The bytes of one element in `raw_data`.
  var width: Int {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .float32, .int32, .uint32: 4
    case .int64, .float64, .uint64: 8
    }
  }

  var isReal: Bool {
    switch self {
    case .float32, .float16, .float64, .bfloat16: true
    default: false
    }
  }

  /// How errors name a type that is not read.
  static func name(of number: Int32) -> String {
    switch number {
    case 8: "string"
    case 14: "complex64"
    case 15: "complex128"
    case 17...20: "float8"
    case 21: "uint4"
    case 22: "int4"
    case 23: "float4"
    default: ElementType(rawValue: number).map { "\($0)" } ?? "number \(number)"
    }
  }
}
