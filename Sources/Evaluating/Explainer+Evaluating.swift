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
  ///   - each: called for each number, in the order of pictures, targets, methods and metrics.
  /// - Returns: All numbers, and what can be said of them together.
  /// - Throws: ``ExplainingError``, or what one of the closures throws.
  public func evaluate(
    _ queue: PictureQueue, asking question: Question? = nil, by methods: [MethodExpression],
    with metrics: [MetricExpression], marked: MarkedObjects? = nil, progress: ProgressHandler? = nil,
    answered: (_ picture: AnsweredPicture, _ cases: [JudgedCase], _ index: Int) throws -> Void = { _, _, _ in },
    refused: ((_ picture: Picture, ExplainingError) throws -> Void)? = nil, each: (Finding) throws -> Void = { _ in }
  ) throws -> Evaluation {
    var evaluation = Evaluation(of: methods, by: metrics)
    for index in queue.pictures.indices {
      guard
        let (picture, cases) = try judged(
          queue, at: index, asking: question, marked: marked, progress: progress, refused: refused)
      else { continue }
      try answered(picture, cases, index)
      for judged in cases {
        let explained = try judged.inquiry.explained(by: methods)
        for finding in try judged.findings(at: index, of: explained.entries, with: metrics) {
          evaluation.add(finding)
          try each(finding)
        }
      }
    }
    return evaluation
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
  /// - Returns: For each entry a finding by each metric; where a method or a metric does not apply, with the reason in
  ///   place of a number.
  /// - Throws: What the progress handler of the picture throws.
  package func findings(
    at index: Int, of entries: [Comparison.Entry], with metrics: [MetricExpression]
  ) throws -> [Finding] {
    try entries.flatMap { entry in
      try metrics.map { metric in
        let start = ContinuousClock.now
        let result = try inquiry.interruptible { try self.result(of: metric, for: entry) }
        return Finding(
          index: index, inquiry: inquiry, method: entry.expression, metric: metric, result: result,
          duration: ContinuousClock.now - start)
      }
    }
  }

  private func result(of metric: MetricExpression, for entry: Comparison.Entry) throws -> MetricResult {
    do {
      let attribution = try entry.outcome.get(), method = entry.expression.method
      if let unmet = metric.unmetNeed(by: inquiry.session.model, judging: method) { return .undefined(unmet.reason) }
      if metric.descriptor.needsObject, object == nil { return .undefined("no object is marked") }
      return try metric.metric.result(
        for: Explanation(attribution, by: method, in: inquiry.session, object: object))
    } catch {
      return .undefined(ExplainingError(error).description)
    }
  }
}
