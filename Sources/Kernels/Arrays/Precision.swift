import COneDNN

/// What an array's scalars are held in, and what kernels multiply.
public enum Precision: Hashable, Sendable, CaseIterable {
  case float32
  /// The upper half of a float: its range, and 8 bits of precision instead of 24.
  ///
  /// Kernels add up in float32 and round what they write.
  case bfloat16

  /// What people call it: `float32`, `bf16`.
  public var name: String { self == .bfloat16 ? "bf16" : "float32" }

  /// The precision of this name, if there is one.
  public init?(named name: String) {
    guard let named = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = named
  }

  /// Whether this machine multiplies such numbers faster than any other, which oneDNN then does.
  public var isSupported: Bool { self == .float32 || limn_has_bfloat16() }

  var scalar: limn_scalar { self == .bfloat16 ? LIMN_BFLOAT16 : LIMN_FLOAT32 }

  /// The memory that one scalar takes.
  var bytes: Int { self == .bfloat16 ? 2 : 4 }

  init(_ scalar: limn_scalar) { self = scalar == LIMN_BFLOAT16 ? .bfloat16 : .float32 }
}
