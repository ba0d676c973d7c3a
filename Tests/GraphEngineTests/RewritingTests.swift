import GraphEngine
import Kernels
import Testing

/// Every run of steps that becomes one kernel, against the same steps one by one.
@Suite struct RewritingTests {
  @Test(arguments: Pattern.all) func `predictions are the same`(pattern: Pattern) throws {
    let (fused, plain) = try pattern.plans()
    let x = pattern.input
    expectEqual(try fused.outputs(for: [x])[0], try plain.outputs(for: [x])[0], pattern.name)
    expectEqual(try fused.trace([x]).value(named: "y"), try plain.outputs(for: [x])[0], pattern.name)
  }

  @Test(arguments: Pattern.all) func `values that are never written to memory can be read`(pattern: Pattern) throws {
    let (fused, plain) = try pattern.plans()
    let a = try fused.trace([pattern.input]), b = try plain.trace([pattern.input])
    for node in pattern.graph.nodes {
      expectEqual(try a.value(named: node.output), try b.value(named: node.output), node.output)
    }
  }

  @Test(arguments: Pattern.all) func `gradients are the same under every rule`(pattern: Pattern) throws {
    let (fused, plain) = try pattern.plans()
    let a = try fused.trace([pattern.input]), b = try plain.trace([pattern.input])
    let activations = Set(pattern.graph.nodes.filter { $0.op.activation != nil }.map(\.output))
    let rules: [@Sendable (PlannedStep) -> StepCrossing] = [
      { _ in .derivative },
      { activations.contains($0.name) ? .derivativeOfPositive : .derivative },
      { activations.contains($0.name) ? .positive : .derivative },
      { activations.contains($0.name) ? .replaced { try apply(.linear(2, 0), $0) } : .derivative },
      // A rule of one's own for the normalisations, which must not be folded away under it.
      { $0.operatorName == "BatchNormalization" ? .derivativeOfPositive : .derivative },
      { $0.operatorName == "Convolution" ? .derivativeOfPositive : .derivative },
    ]
    for rule in rules {
      func passes(retaining: Set<String> = []) throws -> (BackwardPass, BackwardPass) {
        let cotangent = ramp(try #require(plain.shape(of: "y")), phase: 0.3)
        return (
          try BackwardPass(through: a, from: "y", cotangent: cotangent, retaining: retaining, crossing: rule),
          try BackwardPass(through: b, from: "y", cotangent: cotangent, retaining: retaining, crossing: rule)
        )
      }
      let (p, q) = try passes()
      expectEqual(try #require(try p.cotangent(of: "x")), try #require(try q.cotangent(of: "x")), pattern.name)
      // Stopping at every value on the way must not change the end.
      let (r, s) = try passes()
      for name in pattern.graph.nodes.map(\.output).reversed() + ["x"] {
        expectEqual(try #require(try r.cotangent(of: name)), try #require(try s.cotangent(of: name)), name)
      }
      let names = pattern.graph.nodes.map(\.output)
      let (t, u) = try passes(retaining: Set(names))
      _ = (try t.cotangent(of: "x"), try u.cotangent(of: "x"))
      for name in names where try u.cotangent(of: name) != nil {
        expectEqual(try #require(try t.cotangent(of: name)), try #require(try u.cotangent(of: name)), name)
      }
    }
  }

  @Test func `the cotangent a caller holds is left alone`() throws {
    let plan = try Plan(Pattern.all[0].graph), cotangent = ramp(try #require(plan.shape(of: "y")), phase: 0.3)
    let before = cotangent.scalars
    let pass = try BackwardPass(
      through: plan.trace([Pattern.all[0].input]), from: "y", cotangent: cotangent
    ) { _ in .derivativeOfPositive }
    _ = try pass.cotangent(of: "x")
    #expect(cotangent.scalars == before)
  }

  private func expectEqual(_ a: NDArray, _ b: NDArray, _ what: String) {
    #expect(a.shape == b.shape, "\(what)")
    let largest = b.scalars.reduce(Float(1e-6)) { max($0, abs($1)) }
    let deviation = zip(a.scalars, b.scalars).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(deviation <= 1e-5 * largest, "\(what)")
  }
}
