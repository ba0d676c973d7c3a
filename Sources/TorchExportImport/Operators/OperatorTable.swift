import GraphEngine
import Kernels

/// The operators that can be lowered, by ATen's names without the form's.
enum OperatorTable {
  typealias Lower = @Sendable (Call, inout Lowering) throws(TorchExportError) -> [Value]
  typealias LowerOne = @Sendable (Call, inout Lowering) throws(TorchExportError) -> TensorValue

  /// How an operator is lowered; `nil` for those that are not known.
  ///
  /// What overwrites its input, `relu_`, computes as its twin that does not.
  static func importer(of node: ProgramNode) -> Lower? {
    let name = plainName(of: node)
    return lowered[name]
  }

  /// Whether the operator puts its result in the place of its first input.
  static func overwrites(_ node: ProgramNode) -> Bool {
    node.target.hasSuffix("_") && !node.target.hasSuffix("__") && node.target.hasPrefix("aten.")
  }

  /// Operators whose results show the memory of their first input.
  static func isView(_ node: ProgramNode) -> Bool { views.contains(plainName(of: node)) }

  /// Whether the operator shows the memory of its first input only where that lies in row-major order.
  static func copiesWhereUnordered(_ node: ProgramNode) -> Bool {
    ["contiguous", "reshape", "flatten"].contains(plainName(of: node))
  }

  private static func plainName(of node: ProgramNode) -> String {
    let name = node.target.hasPrefix("aten.") ? String(node.target.dropFirst(5)) : node.target
    if lowered[name] != nil { return name }
    return overwrites(node) ? String(name.dropLast()) : name
  }

  private static let views: Set = [
    "view", "reshape", "flatten", "unflatten", "permute", "transpose", "t", "unsqueeze", "squeeze", "select", "slice",
    "expand", "expand_as", "alias", "detach", "unbind", "split", "split_with_sizes", "chunk", "contiguous", "to",
    "type_as", "dropout", "narrow", "view_as", "numpy_T", "movedim", "as_strided", "unfold", "_unsafe_view", "swapaxes",
    "getitem", "_operator.getitem", "diagonal", "real", "lift_fresh", "squeeze_copy",
  ]

  /// A result alone.
  static func one(_ lower: @escaping LowerOne) -> Lower {
    { (call, graph) throws(TorchExportError) in [.tensor(try lower(call, &graph))] }
  }

  private static let lowered: [String: Lower] = {
    var table: [String: Lower] = [:]
    for part in [
      functions, arithmetic, comparisons, linear, normalizations, pooling, shapes, movement, indexing, reductions,
      creation, resizing, attention, sizes,
    ] {
      table.merge(part) { _, last in last }
    }
    return table
  }()
}
