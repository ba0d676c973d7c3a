import AttributionKit
import TestSupport

/// A session on the network's own sample.
func session(of network: ChainNetwork, for target: any Target = RankedLogit.prediction) throws -> ExplanationSession {
  try ExplanationSession(of: network, on: network.sample, for: target)
}

extension ChainNetwork {
  func layer(_ name: String) throws -> Layer { try TargetLayer.matching(name).resolve(in: self) }
}
