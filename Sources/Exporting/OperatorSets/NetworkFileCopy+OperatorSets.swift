import Foundation
import GraphEngine
import ONNXImport
import SwiftProtobuf

extension NetworkFileCopy {
  /// The versions of ONNX's operators that maps are written in.
  static let writable = 13...21

  /// Writes the file's nodes in the operators of another version, where their meaning has changed in between.
  ///
  /// - Throws: ``ExportError`` that names an operator which has no equal there.
  mutating func convert(to version: Int) throws {
    let own = opset
    guard own != version else { return }
    var names = self.names
    var converted: [Limn_Onnx_NodeProto] = []
    for node in message.graph.node {
      guard ["", "ai.onnx"].contains(node.domain) else {
        converted.append(node)
        continue
      }
      if node.attribute.contains(where: { $0.hasG }) {
        throw ExportError(
          "the file is of opset \(own) and its \(node.opType) holds graphs of their own: of which the meaning may have changed",
          isAboutFile: true)
      }
      var conversion = NodeConversion(from: own, to: version, names: names, constants: constantIntegers)
      do {
        converted += try conversion.nodes(for: node)
      } catch let error as ExportError {
        throw ExportError("the file is of opset \(own) and cannot be kept in \(version): \(error)", isAboutFile: true)
      }
      names = conversion.names
      message.graph.initializer += conversion.initializers
    }
    message.graph.node = converted
    for index in message.opsetImport.indices where ["", "ai.onnx"].contains(message.opsetImport[index].domain) {
      message.opsetImport[index].version = Int64(version)
    }
    // The oldest version of the format that has these operators.
    let least: Int64 = version >= 21 ? 10 : version >= 19 ? 9 : version >= 15 ? 8 : 7
    message.irVersion = max(message.irVersion, least)
  }

  /// Whole numbers of initializers and constants by name.
  private var constantIntegers: [String: [Int64]] {
    var all: [String: [Int64]] = [:]
    for tensor in message.graph.initializer where tensor.dataType == 7 { all[tensor.name] = tensor.integers }
    for node in message.graph.node where node.opType == "Constant" {
      guard let value = node.attribute.first(where: { $0.name == "value" }), value.t.dataType == 7 else { continue }
      all[node.output[0]] = value.t.integers
    }
    return all
  }
}

extension Limn_Onnx_TensorProto {
  /// Whole numbers of 64 bits.
  var integers: [Int64] {
    if !int64Data.isEmpty { return int64Data }
    return rawData.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)) }
    }
  }
}
