public import AttributionKit

extension Inquiry {
  /// About how long some methods take together for this picture and target, beyond what the picture has cost already.
  ///
  /// It is their passes times the time of one. The forward pass that is over made the network ready as well: where it
  /// says more than ten seconds, another is timed. Batches take less, so that it errs on the long side.
  ///
  /// - Parameter methods: those asked for; one whose needs the network does not meet takes no time.
  /// - Returns: `nil` where a method does not say how many passes it takes.
  /// - Throws: What the network or the progress handler throws in the pass that is timed.
  public func estimatedDuration(of methods: [MethodExpression]) throws -> Duration? {
    let model = picture.explainer.model
    let cost = Comparison(of: methods.filter { $0.unmetNeeds(by: model).isEmpty }).cost(on: model)
    guard let first = cost.duration(forward: picture.forwardDuration), first > .longWait else {
      return cost.duration(forward: picture.forwardDuration)
    }
    let start = ContinuousClock.now
    _ = try session.scores(of: 1) { _ in session.input }
    return cost.duration(forward: ContinuousClock.now - start)
  }
}

extension Duration {
  /// What nobody should wait for unprepared.
  package static let longWait = Duration.seconds(10)
}
