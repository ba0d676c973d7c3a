import AttributionKit
import Explaining
import Testing

@Suite struct EstimateOfWorkTests {
  @Test func `the estimate is the passes times the time of one`() throws {
    let explainer = try Networks.classifier()
    let inquiry = try explainer.inquiry("prediction", of: Networks.image)
    let methods = try explainer.methods("integrated-gradients(steps=10), gradient")
    let passes = 11.0 + 2 * 10 + 2
    #expect(try inquiry.estimatedDuration(of: methods) == inquiry.picture.forwardDuration * passes)
    #expect(try inquiry.estimatedDuration(of: explainer.methods("random")) == .zero)
  }

  @Test(
    arguments: [
      (0.02, "20 milliseconds"), (0.2, "0.2 seconds"), (1.2, "a second"), (9, "9 seconds"), (12, "10 seconds"),
      (93, "95 seconds"), (96, "2 minutes"),
      (3_000, "50 minutes"), (9_000, "2.5 hours"), (100_000, "28 hours"), (900_000, "10 days"),
    ])
  func `an estimate has no more digits than it deserves`(seconds: Double, words: String) {
    #expect(Wording.roughly(.seconds(seconds)) == words)
  }
}
