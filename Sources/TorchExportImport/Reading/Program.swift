/// A program as its file describes it.
struct Program: Sendable {
  let graph: ProgramGraph
  /// What each of the graph's inputs is, in their order.
  let inputs: [InputSpec]
  /// The values handed out, in order, those that only update buffers left out.
  let outputs: [String]

  enum InputSpec: Sendable {
    /// A parameter, a buffer or a constant tensor, by the value's name and its own.
    case weight(value: String, name: String)
    /// What the caller gives.
    case given(value: String)
    /// A number or a text that the program was exported for.
    case settled(value: String, Argument)
  }

  init(_ json: JSON) throws(TorchExportError) {
    let module = json["graph_module"]
    graph = try ProgramGraph(module["graph"])
    var inputs: [InputSpec] = []
    for spec in module["signature"]["input_specs"].list ?? [] {
      guard let (kind, content) = spec.members?.first else { throw .malformed(reason: "an input has no kind") }
      let value = content["arg"]["name"].text
      switch kind {
      case "parameter", "buffer", "tensor_constant":
        let own = content["parameter_name"].text ?? content["buffer_name"].text ?? content["tensor_constant_name"].text
        guard let value, let own else { throw .malformed(reason: "a \(kind) has no name") }
        inputs.append(.weight(value: value, name: own))
      case "user_input":
        switch Argument(content["arg"]) {
        case .tensor(let name): inputs.append(.given(value: name))
        case .symbol(let name): inputs.append(.given(value: name))
        default: break
        }
      case "constant_input":
        if let name = content["name"].text { inputs.append(.settled(value: name, Argument(content["value"]))) }
      default: break
      }
    }
    self.inputs = inputs
    var outputs: [String] = []
    for spec in module["signature"]["output_specs"].list ?? [] {
      guard let (kind, content) = spec.members?.first, kind == "user_output" else { continue }
      if case .tensor(let name) = Argument(content["arg"]) { outputs.append(name) }
    }
    self.outputs = outputs
  }
}

/// A graph: the program's own, or one that a node of it runs.
struct ProgramGraph: Sendable {
  let inputs: [String]
  let outputs: [Argument]
  let nodes: [ProgramNode]
  /// The declared shapes of values.
  let shapes: [String: [Extent]]
  /// The values that do not lie in row-major order.
  private let unordered: Set<String>
  /// The declared types of values.
  let types: [String: ElementType]

  /// The number of positions along an axis.
  enum Extent: Hashable, Sendable {
    case fixed(Int)
    /// Left open: what the file calls it, and the number that it was exported with.
    case open(String, hint: Int?)
  }

  /// Whether a value lies in row-major order, as far as the file says.
  func isRowMajor(_ value: String) -> Bool { !unordered.contains(value) }

  init(_ json: JSON) throws(TorchExportError) {
    guard let nodes = json["nodes"].list, let values = json["tensor_values"].members else {
      throw .malformed(reason: "it has no graph")
    }
    inputs = (json["inputs"].list ?? []).compactMap { Argument($0).name }
    outputs = (json["outputs"].list ?? []).map { Argument($0) }
    var read: [ProgramNode] = []
    for node in nodes { read.append(try ProgramNode(node)) }
    self.nodes = read
    shapes = values.mapValues { value in
      (value["sizes"].list ?? []).map { size in
        if let extent = size["as_int"].integer { return .fixed(extent) }
        let expression = size["as_expr"]
        return .open(expression["expr_str"].text ?? "", hint: expression["hint"]["as_int"].integer)
      }
    }
    unordered = Set(
      values.filter { _, value in
        let shape = (value["sizes"].list ?? []).map { $0["as_int"].integer ?? 0 }
        let strides = (value["strides"].list ?? []).map { $0["as_int"].integer ?? 0 }
        guard shape.count == strides.count, !shape.contains(0), !strides.contains(0) else { return false }
        return zip(shape, zip(strides, rowMajorStrides(of: shape))).contains { $0 > 1 && $1.0 != $1.1 }
      }.keys)
    types = values.mapValues { ElementType(rawValue: $0["dtype"].integer ?? 7) ?? .float }
  }
}

/// One operator as the file states it.
struct ProgramNode: Sendable {
  /// What it computes with: `aten.conv2d`, or the name of another function.
  let target: String
  /// Which of the operator's forms, such as `Tensor`.
  let overload: String
  /// By their names in the operator's schema, or without any, in order.
  let arguments: [(name: String, value: Argument)]
  let outputs: [Argument]
  /// The modules within which it runs, from the outermost: the call's key and the module's path.
  let modules: [(call: String, path: String)]

  init(_ json: JSON) throws(TorchExportError) {
    guard let full = json["target"].text else { throw .malformed(reason: "a node has no operator") }
    var parts = full.split(separator: ".").map(String.init)
    if parts.starts(with: ["torch", "ops"]) {
      parts.removeFirst(2)
      overload = parts.count > 2 ? parts.removeLast() : ""
      target = parts.joined(separator: ".")
    } else {
      (target, overload) = (full, "")
    }
    arguments = (json["inputs"].list ?? []).map { ($0["name"].text ?? "", Argument($0["arg"])) }
    outputs = (json["outputs"].list ?? []).map { Argument($0) }
    let stack = json["metadata"]["nn_module_stack"].text ?? ""
    modules = stack.split(separator: ";").compactMap { entry in
      let fields = entry.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return fields.count >= 2 ? (fields[0], fields[1]) : nil
    }
  }

  /// The names of the tensors that it computes.
  var results: [String] {
    outputs.flatMap { output -> [String] in
      switch output {
      case .tensor(let name), .symbol(let name): [name]
      case .tensors(let names): names
      default: [""]
      }
    }
  }

  /// How errors name the operator.
  var operatorName: String { overload.isEmpty || overload == "default" ? target : "\(target).\(overload)" }
}
