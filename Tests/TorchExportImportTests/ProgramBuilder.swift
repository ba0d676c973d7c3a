import CZip
import Foundation

/// Builds small archives of torch.export, as PyTorch 2.13 lays them out.
struct ProgramBuilder {
  /// An operator: its name, arguments as JSON by their names, results, and the modules around it.
  struct Operation {
    var target: String
    var arguments: [(String, String)]
    var results: [String]
    var modules: [String] = []
  }

  var operations: [Operation] = []
  /// Name, shape and elements.
  var weights: [(name: String, shape: [Int], elements: [Float])] = []
  /// Extents of the input; those below zero are open, exported with their number's opposite.
  var input: [Int] = [1, 1, 2, 2]
  var outputs = ["y"]
  var schema = "\"major\": 8, \"minor\": 20"
  var root = "net/"
  /// Further members, or others in the place of usual ones.
  var members: [String: [UInt8]] = [:]
  var metadata = "\"stack_trace\": \"File /home/author/secret.py\""

  static func tensor(_ name: String) -> String { "{\"as_tensor\": {\"name\": \"\(name)\"}}" }
  static func ints(_ numbers: [Int]) -> String { "{\"as_ints\": \(numbers)}" }
  static func int(_ number: Int) -> String { "{\"as_int\": \(number)}" }

  private func sizes(_ shape: [Int]) -> String {
    shape.enumerated().map { axis, extent in
      extent >= 0
        ? "{\"as_int\": \(extent)}"
        : "{\"as_expr\": {\"expr_str\": \"s\(axis)\", \"hint\": {\"as_int\": \(-extent)}}}"
    }.joined(separator: ", ")
  }

  private func meta(_ shape: [Int], dtype: Int = 7) -> String {
    var strides = shape.map { _ in 1 }
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * abs(shape[axis + 1]) }
    return "{\"dtype\": \(dtype), \"sizes\": [\(sizes(shape))], \"strides\": [\(sizes(strides))], "
      + "\"storage_offset\": {\"as_int\": 0}}"
  }

  /// The program's description.
  var program: String {
    let nodes = operations.map { operation in
      let arguments = operation.arguments
        .map { "{\"name\": \"\($0.0)\", \"arg\": \($0.1), \"kind\": 1}" }.joined(separator: ", ")
      let results = operation.results.map(Self.tensor).joined(separator: ", ")
      let stack = operation.modules.map { "L__self__\($0),\($0.prefix { $0 != "@" }),a.Class" }.joined(separator: ";")
      return "{\"target\": \"\(operation.target)\", \"inputs\": [\(arguments)], \"outputs\": [\(results)], "
        + "\"metadata\": {\"nn_module_stack\": \"\(stack)\", \(metadata)}}"
    }.joined(separator: ", ")
    let specs =
      weights.map {
        "{\"parameter\": {\"arg\": {\"name\": \"p_\($0.name)\"}, \"parameter_name\": \"\($0.name)\"}}"
      } + ["{\"user_input\": {\"arg\": \(Self.tensor("x"))}}"]
    let results = outputs.map { "{\"user_output\": {\"arg\": \(Self.tensor($0))}}" }
    let graph =
      "{\"inputs\": [], \"outputs\": [\(outputs.map(Self.tensor).joined(separator: ", "))], "
      + "\"nodes\": [\(nodes)], \"tensor_values\": {\"x\": \(meta(input))}}"
    return "{\"graph_module\": {\"graph\": \(graph), \"signature\": {\"input_specs\": "
      + "[\(specs.joined(separator: ", "))], \"output_specs\": [\(results.joined(separator: ", "))]}}, "
      + "\"schema_version\": {\(schema)}, \"torch_version\": \"2.13.0\"}"
  }

  var file: Data {
    get throws {
      var all: [String: [UInt8]] = [
        "archive_format": Array("pt2".utf8), "models/model.json": Array(program.utf8),
        "data/constants/model_constants_config.json": Array("{\"config\": {}}".utf8),
      ]
      var table: [String] = []
      for (index, weight) in weights.enumerated() {
        all["data/weights/weight_\(index)"] = weight.elements.flatMap { element in
          withUnsafeBytes(of: element.bitPattern.littleEndian) { Array($0) }
        }
        table.append(
          "\"\(weight.name)\": {\"path_name\": \"weight_\(index)\", \"use_pickle\": false, "
            + "\"tensor_meta\": \(meta(weight.shape))}")
      }
      all["data/weights/model_weights_config.json"] = Array("{\"config\": {\(table.joined(separator: ", "))}}".utf8)
      all.merge(members) { _, last in last }
      return try zip(all.filter { !$0.value.isEmpty }.map { (root + $0.key, $0.value) })
    }
  }
}

/// An archive of members that are stored as they are.
func zip(_ members: [(String, [UInt8])]) throws -> Data {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("limn-\(UUID().uuidString).zip").path
  defer { try? FileManager.default.removeItem(atPath: path) }
  var code: Int32 = 0
  let archive = zip_open(path, Int32(ZIP_CREATE), &code)
  // libzip reads the bytes when it closes the archive.
  var held: [UnsafeMutableRawPointer] = []
  defer { for bytes in held { bytes.deallocate() } }
  for (name, content) in members.sorted(by: { $0.0 < $1.0 }) {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(content.count, 1), alignment: 8)
    content.withUnsafeBytes { if let base = $0.baseAddress { bytes.copyMemory(from: base, byteCount: content.count) } }
    held.append(bytes)
    let source = zip_source_buffer(archive, bytes, zip_uint64_t(content.count), 0)
    let index = zip_file_add(archive, name, source, 0)
    zip_set_file_compression(archive, zip_uint64_t(index), Int32(ZIP_CM_STORE), 0)
  }
  zip_close(archive)
  return try Data(contentsOf: URL(fileURLWithPath: path))
}
