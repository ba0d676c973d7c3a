import AttributionKit
import LeGradMethod
import Tensors
import TestSupport
import Testing

@Suite struct LeGradTests {
  @Test(arguments: 0..<3) func `the map is the mean of what is positive, over blocks, heads and queries`(
    start: Int
  ) throws {
    let network = ScriptedTransformer()
    let map = try LeGrad(start: start).attribution(in: ExplanationSession(of: network)).values
    for cell in 0..<4 {
      var sum: Float = 0
      for gradient in network.earlyGradients[start...] {
        for row in 0..<10 { sum += max(0, gradient[row * 5 + 1 + cell]) }
      }
      #expect(abs(map[cell] - sum / Float(10 * (3 - start))) < 1e-6)
    }
  }

  @Test func `all blocks are worth the mean of what each is worth alone`() throws {
    let session = try ExplanationSession(of: ScriptedTransformer())
    let all = try LeGrad().attribution(in: session).values, late = try LeGrad(start: 1).attribution(in: session).values
    let last = try LeGrad(start: 2).attribution(in: session).values
    for cell in 0..<4 {
      let (first, middle) = (3 * all[cell] - 2 * late[cell], 2 * late[cell] - last[cell])
      #expect(first >= 0 && middle >= 0, "each is a mean of positive numbers")
      #expect(abs(all[cell] - (first + middle + last[cell]) / 3) < 1e-6)
    }
  }
}
