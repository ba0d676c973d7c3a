/// What a network is asked about a picture.
public struct Question: Sendable {
  /// What is to be explained, each target by itself.
  public var targets: [TargetExpression]
  /// What the score of a class is; `nil` for the network's own choice, which is the logit unless a manifest says so.
  public var score: ScoreKind?
  /// Of a segmentation, which places are asked about; `nil` for those that it predicts as the target's class.
  ///
  /// Networks that answer for the picture as a whole take none.
  public var region: RegionExpression?
  /// Which of a detector's boxes are asked about; none for the best of each target's class.
  public var boxes: [BoxExpression] = []
  /// What the picture is compared with, where ``TargetExpression/similarity`` is a target.
  public var reference: Reference?

  /// A question about classes; without targets, about the one that the network ranks first.
  public init(
    _ targets: [TargetExpression] = [.prediction], score: ScoreKind? = nil, region: RegionExpression? = nil
  ) {
    (self.targets, self.score, self.region) = (targets, score, region)
  }

  /// Why a picture is like another to a network that makes embeddings.
  public init(similarityTo reference: Reference) {
    targets = [.similarity]
    self.reference = reference
  }
}
