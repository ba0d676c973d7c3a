public import AttributionKit
public import Explaining
import Tensors

extension Explainer {
  /// Explains pictures by some methods and judges every map by some metrics; of each picture no more is kept than the
  /// numbers.
  ///
  /// - Parameters:
  ///   - queue: the pictures.
  ///   - question: what is asked about each of them; `nil` for the class of each object that is marked in it, or else the
  ///     prediction.
  ///   - methods: what explains them.
  ///   - metrics: what judges the maps.
  ///   - marked: where things are in the pictures.
  ///   - progress: hears of what is done, and may end it by throwing.
  ///   - answered: called for each picture, with what will be asked about it, before any method runs.
  ///   - refused: called for a picture that cannot be used, in its place; without it, the first of these ends the work.
  ///   - each: called for each number, in the order of pictures, targets, methods and metrics; those of metrics that hold
  ///     pictures against each other follow after the last picture, in the same order.
  /// - Returns: All numbers, and what can be said of them together.
  /// - Throws: ``ExplainingError``, or what one of the closures throws.
  public func evaluate(
    _ queue: PictureQueue, asking question: Question? = nil, by methods: [MethodExpression],
    with metrics: [MetricExpression], marked: MarkedObjects? = nil, progress: ProgressHandler? = nil,
    answered: (_ picture: AnsweredPicture, _ cases: [JudgedCase], _ index: Int) throws -> Void = { _, _, _ in },
    refused: ((_ picture: Picture, ExplainingError) throws -> Void)? = nil, each: (Finding) throws -> Void = { _ in }
  ) throws -> Evaluation {
    var evaluation = Evaluation(of: methods, by: metrics), collection = TraceCollection(of: metrics)
    let alone = metrics.filter { !$0.isCollective }
    let pool = try PeerPool(of: queue, for: self, with: metrics, progress: progress)
    for index in queue.pictures.indices {
      guard
        let (picture, cases) = try judged(
          queue, at: index, asking: question, marked: marked, progress: progress, refused: refused)
      else { continue }
      try answered(picture, cases, index)
      for judged in cases {
        let explained = try judged.inquiry.explained(by: methods)
        try collection.add(explained.entries, of: judged)
        for finding in try judged.findings(
          at: index, of: explained.entries, with: alone, peers: pool.peers(of: index))
        {
          evaluation.add(finding)
          try each(finding)
        }
      }
    }
    try report(collection, queue, asking: question, by: methods, marked: marked, progress: progress) { finding in
      evaluation.add(finding)
      try each(finding)
    }
    return evaluation
  }

  /// Tells what metrics say that hold pictures against each other.
  ///
  /// Of every picture no more was kept than its traces, so that each is shown to the network once more.
  private func report(
    _ collection: TraceCollection, _ queue: PictureQueue, asking question: Question?, by methods: [MethodExpression],
    marked: MarkedObjects?, progress: ProgressHandler?, each: (Finding) throws -> Void
  ) throws {
    guard !collection.metrics.isEmpty else { return }
    var results = collection.results
    for index in queue.pictures.indices {
      guard
        let (_, cases) = try judged(
          queue, at: index, asking: question, marked: marked, progress: progress, refused: { _, _ in })
      else { continue }
      for judged in cases {
        for method in methods {
          for metric in collection.metrics {
            guard let result = results.popFirst() else { return }
            try each(
              Finding(
                index: index, inquiry: judged.inquiry, method: method, metric: metric, result: result, duration: .zero))
          }
        }
      }
    }
  }

  /// A picture shown to the network, with what is asked about it; `nil` for one that `refused` was told of.
  ///
  /// - Throws: ``ExplainingError``, or what one of the closures throws.
  func judged(
    _ queue: PictureQueue, at index: Int, asking question: Question?, marked: MarkedObjects?,
    progress: ProgressHandler?, refused: ((_ picture: Picture, ExplainingError) throws -> Void)?
  ) throws -> (picture: AnsweredPicture, cases: [JudgedCase])? {
    let shown = queue.pictures[index]
    do {
      let picture = try answer(queue, at: index, region: question?.region, progress: progress)
      return (picture, try picture.cases(asking: question, marked: marked?.objects(in: shown)))
    } catch {
      guard let refused, let reason = error as? ExplainingError, reason.isAboutPicture || reason.isAboutPlaces else {
        throw error
      }
      try refused(shown, reason)
      return nil
    }
  }
}

extension JudgedCase {
  /// Every metric's number for every map.
  ///
  /// - Parameters:
  ///   - index: which of the pictures it is.
  ///   - entries: what methods made of the inquiry.
  ///   - metrics: what judges the maps.
  ///   - peers: other pictures of those that are judged together.
  /// - Returns: For each entry a finding by each metric; where a method or a metric does not apply, with the reason in
  ///   place of a number.
  /// - Throws: What the progress handler of the picture throws.
  package func findings(
    at index: Int, of entries: [Comparison.Entry], with metrics: [MetricExpression], peers: [PeerImage] = []
  ) throws -> [Finding] {
    try entries.flatMap { entry in
      try metrics.map { metric in
        let start = ContinuousClock.now
        let result = try inquiry.interruptible { try self.result(of: metric, for: entry, peers) }
        return Finding(
          index: index, inquiry: inquiry, method: entry.expression, metric: metric, result: result,
          duration: ContinuousClock.now - start)
      }
    }
  }

  private func result(
    of metric: MetricExpression, for entry: Comparison.Entry, _ peers: [PeerImage]
  ) throws -> MetricResult {
    do {
      let attribution = try entry.outcome.get(), method = entry.expression.method
      if let unmet = metric.unmetNeed(by: inquiry.session.model, judging: method) { return .undefined(unmet.reason) }
      if metric.descriptor.needsObject, object == nil { return .undefined("no object is marked") }
      if metric.descriptor.needsPeers, peers.isEmpty {
        return .undefined("there are no other photographs to make a mosaic with")
      }
      var explanation = try Explanation(attribution, by: method, in: inquiry.session, object: object)
      explanation.peers = peers
      return try metric.metric.result(for: explanation)
    } catch {
      return .undefined(ExplainingError(error).description)
    }
  }
}
