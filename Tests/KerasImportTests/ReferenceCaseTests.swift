import Foundation
import GraphEngine
import Images
import KerasImport
import Kernels
import Testing

/// Files that Keras itself wrote, by `Tests/Tools/keras_cases.py`, in the folder named by `LIMN_KERAS_CASES`.
enum KerasCases {
  static let folder = ProcessInfo.processInfo.environment["LIMN_KERAS_CASES"].map {
    URL(fileURLWithPath: $0, isDirectory: true)
  }
  static let remedy: Comment =
    "write the cases with Tests/Tools/keras_cases.py and set LIMN_KERAS_CASES to their folder"

  /// The model files of the folder and of those in it.
  static let files: [String] = {
    guard let folder, let all = FileManager.default.enumerator(atPath: folder.path) else { return [] }
    return all.compactMap { $0 as? String }.filter { $0.hasSuffix(".keras") || $0.hasSuffix(".h5") }.sorted()
  }()
}

@Suite(.enabled(if: KerasCases.folder != nil, KerasCases.remedy), .serialized)
struct `Keras' own files` {
  @Test(arguments: KerasCases.files) func `predict and differentiate as Keras does`(file: String) throws {
    let path = try #require(KerasCases.folder).appendingPathComponent(file)
    func array(_ kind: String) throws -> NDArray {
      NDArray(
        try NumPyFile.read(contentsOf: path.deletingPathExtension().appendingPathExtension("\(kind).npy").path))
    }
    let (x, y, gradient) = (try array("input"), try array("output"), try array("gradient"))
    let size = x.shape.count == 4 ? (height: x.shape[1], width: x.shape[2]) : nil
    let model = try KerasModel(contentsOf: path.path)
    let graph = try model.graph(imageSize: model.leavesImageSizeOpen ? size : nil)
    let plan = try Plan(graph)
    let isMoved = graph.inputs[0].shape != x.shape
    let trace = try plan.trace([isMoved ? try x.channelsFirst : x])
    let output = try trace.value(named: graph.outputs[0])
    expectClose(output.scalars, y.scalars, within: 1e-4, "output")

    let cotangent = NDArray((0..<y.count).map { Float(sin(Double($0 + 1))) }, shape: output.shape)
    let walk = try BackwardPass(through: trace, from: graph.outputs[0], cotangent: cotangent)
    let pulled = try #require(try walk.cotangent(of: graph.inputs[0].name))
    let expected = (isMoved ? try gradient.channelsFirst : gradient).scalars
    // Of millions of rectifiers a few have inputs so near zero that rounding decides; each changes the gradient by a
    // jump, small as it is in the whole. Networks without that many agree in every scalar.
    let rectifiers = graph.nodes.filter { node in
      ["ReLU", "ReLU6", "MaxPool"].contains(node.op.name)
    }
    if rectifiers.reduce(0, { $0 + (plan.shape(of: $1.output) ?? []).reduce(1, *) }) < 100_000 {
      expectClose(pulled.scalars, expected, within: 1e-4, "gradient")
    } else {
      let error = distance(pulled.scalars, expected) / distance(expected, expected.map { _ in 0 })
      #expect(error < 0.05, "gradient: off by \(error) of its norm")
    }
  }
}

extension NDArray {
  /// `[N, H, W, C]` as `[N, C, H, W]`.
  fileprivate var channelsFirst: NDArray {
    get throws { try transposed(self, permutation: [0, shape.count - 1] + (1..<(shape.count - 1))) }
  }
}

private func distance(_ a: [Float], _ b: [Float]) -> Double {
  zip(a, b).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }.squareRoot()
}

/// Compares by the largest difference, relative to the largest number expected.
func expectClose(_ given: [Float], _ expected: [Float], within tolerance: Float, _ what: Comment) {
  #expect(given.count == expected.count, what)
  let scale = expected.map(abs).max() ?? 0
  let difference = zip(given, expected).map { abs($0 - $1) }.max() ?? 0
  #expect(difference <= tolerance * scale, "\(what): off by \(difference / scale) of \(scale)")
}
