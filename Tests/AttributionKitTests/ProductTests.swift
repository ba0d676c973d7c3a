import AttributionKit
import Tensors
import TestSupport
import Testing

@Suite struct ProductTests {
  let network = ChainNetwork.tiny()

  func values(of method: any AttributionMethod) throws -> Tensor {
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    return try method.attribution(in: session).values
  }

  @Test func `a map's positive part is stretched over pixels, whichever comes first`() throws {
    let map = Tensor([-1, 2], shape: [1, 2]), pixels = Tensor.ramp([3, 2, 4])
    let stretched = Tensor([0, 0.5, 1.5, 2, 0, 0.5, 1.5, 2], shape: [2, 4])
    let product = try values(of: Fixed(values: map) * Fixed(values: pixels))
    #expect(product.distance(to: pixels * stretched) < 1e-6)
    #expect(try values(of: Fixed(values: pixels) * Fixed(values: map)) == product)
  }

  @Test func `a map is stretched over pixels whose channels come last`() throws {
    let map = Tensor([-1, 2], shape: [1, 2]), pixels = Tensor((0..<24).map { Float($0 - 9) }, shape: [2, 4, 3])
    let weights: [Float] = [0, 0.5, 1.5, 2, 0, 0.5, 1.5, 2]
    let product = try values(of: Fixed(values: pixels) * Fixed(values: map))
    #expect(product.shape == [2, 4, 3])
    #expect(product.scalars == pixels.scalars.enumerated().map { $1 * weights[$0 / 3] })
  }

  @Test func `two objections make no evidence`() throws {
    let a = Tensor([-1, 2, -3, 4], shape: [2, 2]), b = Tensor([-1, -1, 3, 2], shape: [2, 2])
    #expect(try values(of: Fixed(values: a) * Fixed(values: b)).scalars == [0, 0, 0, 8])
  }

  @Test func `two maps multiply on the finer grid`() throws {
    let fine = Tensor.ramp([4, 4]), coarse = Tensor([3], shape: [1, 1])
    let product = try values(of: Fixed(values: fine) * Fixed(values: coarse))
    #expect(product == 3 * fine.rectified())
  }

  @Test func `pixels multiply as they are`() throws {
    let a = Tensor.ramp([3, 2, 2]), b = Tensor.ramp([3, 2, 2], phase: 0.4)
    #expect(try values(of: Fixed(values: a) * Fixed(values: b)) == a * b)
  }

  @Test func `pixels of different shapes are an error`() {
    let (a, b) = (Tensor.ramp([3, 2, 2]), Tensor.ramp([1, 2, 2]))
    #expect(throws: AttributionError.incompatibleGrids([3, 2, 2], [1, 2, 2])) {
      try values(of: Fixed(values: a) * Fixed(values: b))
    }
  }

  @Test func `the product takes the place and the coverage of its finer part`() throws {
    struct Covered: AttributionMethod {
      func attribution(in session: ExplanationSession) throws -> Attribution {
        Attribution(
          session.input, at: session.inputLayer,
          facts: [.coverage(RuleCoverage(of: .standard, over: session.steps))])
      }
    }
    let session = try ExplanationSession(of: network, on: network.sample, for: .prediction)
    let product = try (Weighing() * Covered()).attribution(in: session)
    #expect(product.layer == network.input)
    #expect(product.coverage?.activations == 2)
    #expect(product.coverage?.crossed == 0)
  }
}
