import Foundation
import GraphEngine
import Kernels
import ONNXImport
import SwiftProtobuf

extension NetworkFileCopy {
  /// Adds the weights of a network that is written anew: those of a network of half precision as they were, in 16 bits, so
  /// that the file does not become twice as large.
  ///
  /// - Returns: The nodes that widen them, which must be the graph's first.
  mutating func add(weights: [String: NDArray]) -> [Limn_Onnx_NodeProto] {
    let all = weights.sorted { $0.key < $1.key }, halves = all.map { $0.value.count > 16 ? $0.value.halves : nil }
    let count = all.reduce(0) { $0 + $1.value.count }, narrow = halves.reduce(0) { $0 + ($1?.count ?? 0) }
    var nodes: [Limn_Onnx_NodeProto] = []
    for ((name, array), halves) in zip(all, halves) {
      // Few numbers that happen to fit say nothing of the network.
      guard let halves, narrow > count / 2 else {
        message.graph.initializer.append(Limn_Onnx_TensorProto(name, .reals(array.scalars, shape: array.shape)))
        continue
      }
      let stored = "\(name).half"
      message.graph.initializer.append(
        .with {
          ($0.name, $0.dataType, $0.dims) = (stored, 10, array.shape.map { Int64($0) })
          $0.rawData = halves.withUnsafeBytes { Data($0) }
        })
      nodes.append(
        .with {
          ($0.opType, $0.input, $0.output) = ("Cast", [stored], [name])
          $0.attribute = [Limn_Onnx_AttributeProto("to", .integer(1))]
        })
    }
    return nodes
  }
}

extension NDArray {
  /// The numbers in half precision, by their bits; `nil` where one of them has no such bits.
  fileprivate var halves: [UInt16]? {
    var bits: [UInt16] = []
    bits.reserveCapacity(count)
    for scalar in scalars {
      guard let half = half(of: scalar) else { return nil }
      bits.append(half)
    }
    return bits
  }
}

/// The bits that IEEE half precision has for exactly this number; `nil` where it has none.
private func half(of number: Float) -> UInt16? {
  let sign = UInt16(number.sign == .minus ? 0x8000 : 0), magnitude = abs(number)
  guard magnitude >= 0x1p-14 else {
    // Multiples of 2⁻²⁴, zero among them.
    let steps = magnitude * 0x1p24
    return steps == steps.rounded() ? sign | UInt16(steps) : nil
  }
  guard magnitude < 0x1p16, magnitude.bitPattern & 0x1FFF == 0 else { return nil }
  return sign | UInt16((magnitude.bitPattern - 0x3800_0000) >> 13)
}
