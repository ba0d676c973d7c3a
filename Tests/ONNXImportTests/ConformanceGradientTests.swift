import GraphEngine
import Kernels
import ONNXImport
import TestSupport
import Testing

/// The gradients of ONNX's own operator cases, whose values alone the suite gives, against differences.
@Suite(.enabled(if: TestData.isAvailable, Comment(rawValue: TestData.remedy)))
struct `Gradients over the conformance suite` {
  /// Operators that hand out reals and yet have no gradient, with the reason.
  static let flat = [
    "Ceil": "rounding: constant but for jumps", "Floor": "rounding: constant but for jumps",
    "Round": "rounding: constant but for jumps", "Sign": "constant but for a jump",
    "Hardmax": "0 and 1: constant but for jumps",
    "ConstantOfShape": "made of a shape alone", "EyeLike": "made of a shape alone", "Shape": "made of a shape alone",
    "Constant": "reads nothing", "OneHot": "made of whole numbers alone", "Range": "made of constants alone",
  ]

  @Test func `every operator of reals passes cotangents back as differences say`() throws {
    let listed = try ConformanceCase.listed
    var (seen, sloped) = (Set<String>(), Set<String>())
    for conformanceCase in try ConformanceCase.all where listed.contains(conformanceCase.name) {
      guard let slope = try conformanceCase.slope() else { continue }
      let nodes = conformanceCase.model.graph.node
      if nodes.count == 1 { seen.insert(nodes[0].opType) }
      #expect(slope.pulled.isFinite, "\(conformanceCase.name)")
      guard let differences = slope.differences else { continue }
      let size = slope.size
      #expect(
        abs(slope.pulled - differences) <= 1e-2 * size, "\(conformanceCase.name): \(slope.pulled), not \(differences)")
      if nodes.count == 1, size > 1e-2 { sloped.insert(nodes[0].opType) }
    }
    #expect(seen.subtracting(sloped).subtracting(Self.flat.keys).sorted() == [], "these have no gradient")
    #expect(sloped.intersection(Self.flat.keys).sorted() == [], "these have one after all")
    #expect(sloped.count >= 80)
  }
}

extension ConformanceCase {
  struct Slope {
    /// ⟨pullback(v), t⟩ for some cotangent `v` and tangent `t`.
    let pulled: Double
    /// ⟨v, J·t⟩; `nil` where differences disagree, since the case lies on a kink or a jump.
    let differences: Double?
    /// The size of the terms that make up the differences.
    let size: Double
  }

  /// The slope of the first output along one direction; `nil` where no reals go in and come out.
  func slope() throws -> Slope? {
    for feeding in [`The conformance suite of ONNX`.Feeding.reals, .firstReal] {
      let (model, fed) = prepared(feeding: feeding)
      guard expected.first?.isReal == true, !fed.isEmpty else { return nil }
      guard let graph = try? lowered(model, model.graph.output[0].name, fed) else { continue }
      return try slope(of: graph, at: graph.inputs.map { NDArray(fed[$0.name]?.reals ?? [], shape: $0.shape) })
    }
    return nil
  }

  private func slope(of graph: Graph, at inputs: [NDArray]) throws -> Slope? {
    let plan = try Plan(graph)
    let trace = try plan.trace(inputs)
    let output = try trace.value(named: graph.outputs[0])
    guard (inputs + [output]).allSatisfy({ $0.scalars.allSatisfy(\.isFinite) }) else { return nil }
    let cotangent = wave(output.shape, phase: 0.7), tangents = inputs.map { wave($0.shape, phase: 0.3) }
    let walk = try BackwardPass(through: trace, from: graph.outputs[0], cotangent: cotangent)
    let pulled = try zip(graph.inputs, tangents).reduce(0) { sum, pair in
      sum + (try walk.cotangent(of: pair.0.name).map { inner($0, pair.1) } ?? 0)
    }
    func shifted(_ step: Float) throws -> NDArray {
      try plan.outputs(
        for: zip(inputs, tangents).map { input, tangent in
          NDArray(zip(input.scalars, tangent.scalars).map { $0 + step * $1 }, shape: input.shape)
        })[0]
    }
    func terms(_ step: Float) throws -> [Double] {
      let (forth, back) = (try shifted(step).scalars, try shifted(-step).scalars)
      return output.scalars.indices.flatMap { place in
        let (v, here) = (Double(cotangent.scalars[place]), Double(output.scalars[place]))
        return [v * (Double(forth[place]) - here) / Double(step), v * (here - Double(back[place])) / Double(step)]
      }
    }
    // Where the four differences of each scalar are alike, to either side and near and far, the slope is theirs.
    for (far, near) in [(1e-2, 2e-3), (2e-3, 5e-4)] as [(Float, Float)] {
      let (coarse, fine) = (try terms(far), try terms(near))
      let size = fine.reduce(1e-2) { $0 + abs($1) / 2 }
      let spread = stride(from: 0, to: fine.count, by: 2).reduce(0) { sum, place in
        let all = coarse[place...place + 1] + fine[place...place + 1]
        return sum + (all.max() ?? 0) - (all.min() ?? 0)
      }
      if spread <= 0.01 * size { return Slope(pulled: pulled, differences: fine.reduce(0) { $0 + $1 / 2 }, size: size) }
    }
    return Slope(pulled: pulled, differences: nil, size: 0)
  }
}

private func inner(_ a: NDArray, _ b: NDArray) -> Double {
  zip(a.scalars, b.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// Numbers in −1..<1 with few repeats.
private func wave(_ shape: [Int], phase: Float) -> NDArray {
  NDArray(
    (0..<shape.reduce(1, *)).map { (Float($0) * 0.618034 + phase).truncatingRemainder(dividingBy: 2) - 1 },
    shape: shape)
}
