import AttributionKit
import Tensors
import TestSupport

/// A method that shows what it was told to, whatever it is asked.
struct GivenMap: AttributionMethod {
  let values: Tensor

  func attribution(in session: ExplanationSession) throws -> Attribution { Attribution(values, at: session.inputLayer) }
}

/// Judges these values as an attribution of a network's answer for its own sample.
func explanation(
  _ values: Tensor, of network: ChainNetwork, on input: Tensor? = nil, for target: any Target = RankedLogit.prediction,
  object: Tensor? = nil
) throws -> Explanation {
  let session = try ExplanationSession(of: network, on: input ?? network.sample, for: target)
  return try Explanation(by: GivenMap(values: values), in: session, object: object)
}
