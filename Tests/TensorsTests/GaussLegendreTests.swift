import Tensors
import Testing

@Suite struct GaussLegendreTests {
  private func integral(of power: Int, nodes count: Int) -> Float {
    GaussLegendre(count: count).nodes.reduce(0) { sum, node in
      sum + node.weight * (0..<power).reduce(Float(1)) { product, _ in product * node.place }
    }
  }

  @Test(arguments: [1, 2, 3, 10, 50, 200]) func `polynomials up to degree 2n − 1 are integrated exactly`(count: Int) {
    for power in 0...min(2 * count - 1, 60) {
      #expect(abs(integral(of: power, nodes: count) - 1 / Float(power + 1)) < 2e-6, "x^\(power)")
    }
  }

  @Test(arguments: [0, -1]) func `a rule without nodes makes nothing of anything`(count: Int) {
    #expect(GaussLegendre(count: count).nodes.isEmpty)
    #expect(integral(of: 0, nodes: count) == 0)
  }

  @Test func `one degree more is beyond them`() {
    #expect(abs(integral(of: 2, nodes: 1) - 1 / 3) > 1e-3)
    #expect(abs(integral(of: 4, nodes: 2) - 1 / 5) > 1e-3)
  }

  @Test func `nodes ascend between the ends, symmetric about the middle`() {
    let nodes = GaussLegendre(count: 7).nodes
    #expect(nodes.map(\.place) == nodes.map(\.place).sorted())
    #expect(nodes[3].place == 0.5)
    for (a, b) in zip(nodes, nodes.reversed()) {
      #expect(abs(a.place + b.place - 1) < 1e-6 && abs(a.weight - b.weight) < 1e-6)
      #expect((0...1).contains(a.place))
    }
  }
}
