public import AttributionKit
public import Explaining

extension Explainer {
  /// Finds the method that shows best what decides this network's answers to these photographs.
  ///
  /// A look at the first photographs drops methods that are too slow for the budget, whose map is empty, or whose map does not
  /// depend on the class or on the weights of the later layers. The rest, and the controls, are judged by insertion less deletion,
  /// photograph by photograph, until the budget is spent. Those that are told from the best one meanwhile are dropped; where
  /// there is no time to judge all on all photographs, the worse half is.
  ///
  /// - Parameters:
  ///   - pictures: the photographs; a dozen or more, so that differences can be told.
  ///   - question: what is asked about each of them; `nil` for the class of each marked object, or else the prediction.
  ///   - methods: the candidates; by default all that apply.
  ///   - marked: where things are in the pictures.
  ///   - budget: about how long it may take.
  ///   - progress: hears of what is done, and may end it by throwing.
  ///   - refused: called for a picture that cannot be used; without it, the first of these ends the work.
  /// - Returns: The method with the reasons.
  /// - Throws: ``ExplainingError``, or what one of the closures throws.
  public func recommend(
    _ pictures: [Picture], asking question: Question? = nil, among methods: [MethodExpression]? = nil,
    marked: MarkedObjects? = nil, budget: Duration = .seconds(120), progress: ProgressHandler? = nil,
    refused: ((_ picture: Picture, ExplainingError) throws -> Void)? = nil
  ) throws -> Recommendation {
    let queue = PictureQueue(pictures, workers: workers, pixelLimit: pixelLimit)
    var contest = try Contest(self, among: methods ?? candidates(), budget: budget)
    for index in pictures.indices where !contest.isOver {
      guard
        let (_, cases) = try judged(
          queue, at: index, asking: question, marked: marked, progress: progress, refused: refused)
      else { continue }
      try contest.judge(cases, at: index, before: pictures.count - index - 1)
    }
    return contest.recommendation
  }
}

extension Explainer {
  /// All methods that apply, and those of them that are quick and work on a layer also at the layers before it.
  fileprivate func candidates() throws -> [MethodExpression] {
    let all = try methods("all")
    guard layer == nil, let automatic = model.automaticLayer?.layer else { return all }
    // The last layer of each finer grid.
    var grids: [[Int]: Layer] = [:]
    for layer in model.layers where layer.isSpatial { grids[Array(layer.shape.dropFirst())] = layer }
    let finer = grids.filter { $0.key.reduce(1, *) > automatic.shape.dropFirst().reduce(1, *) }.values
      .sorted { $0.shape.dropFirst().reduce(1, *) < $1.shape.dropFirst().reduce(1, *) }.prefix(2)
    let quick = all.filter { !$0.isControl }.compactMap(\.descriptors.first)
      .filter { ($0.prototype is any LayerMethod) && $0.cost().isShared }
    return try all + finer.flatMap { layer in try quick.map { try MethodExpression($0, ["layer": layer.name]) } }
  }
}

/// Methods judged against each other, of which fewer and fewer are left.
private struct Contest {
  private(set) var dropped: [(method: MethodExpression, reason: String)] = []
  private var left: [MethodExpression]
  private let metrics: [MetricExpression]
  private var evaluation: Evaluation
  private let start = ContinuousClock.now
  private let budget: Duration
  private var photographs = 0
  /// How long the last photograph took.
  private var lastDuration = Duration.zero

  /// In how many steps a photograph is uncovered and covered.
  private static let steps = 20
  /// How many photographs methods are screened on.
  private static let screened = 2
  /// How few methods are judged on all photographs that there is time for.
  private static let fewestLeft = 6

  init(_ explainer: Explainer, among methods: [MethodExpression], budget: Duration) throws {
    let controls = try explainer.methods("controls").filter { control in
      !methods.contains { $0.identifier == control.identifier }
    }
    left = methods + controls
    metrics = try explainer.catalogue.metrics("insertion(steps=\(Self.steps)), deletion(steps=\(Self.steps))")
    evaluation = Evaluation(of: left, by: metrics)
    self.budget = budget
  }

  /// Whether another photograph would take longer than there is time for.
  var isOver: Bool {
    photographs > 0 && timeLeft < lastDuration || left.allSatisfy(\.isControl)
  }

  private var timeLeft: Duration { budget - (ContinuousClock.now - start) }

  var recommendation: Recommendation {
    Recommendation(left.map { ($0, numbers(of: $0)) }, dropped: dropped)
  }

  /// Judges the methods that are left on one more photograph, after which `rest` follow.
  mutating func judge(_ cases: [JudgedCase], at index: Int, before rest: Int) throws {
    if photographs == 0 {
      try dropSlow(cases)
      try dropDearest(cases)
    }
    let explained = try cases.map { try $0.inquiry.explained(by: left) }
    if photographs < Self.screened { try screen(explained) }
    let begin = ContinuousClock.now
    lastDuration = .zero
    for (judged, explained) in zip(cases, explained) {
      let entries = explained.entries.filter { entry in left.contains { $0.identifier == entry.expression.identifier } }
      for finding in try judged.findings(at: index, of: entries, with: metrics) { evaluation.add(finding) }
      for entry in entries { lastDuration += entry.duration }
    }
    photographs += 1
    lastDuration += ContinuousClock.now - begin
    dropTold()
    if lastDuration * rest > timeLeft { dropWorseHalf() }
  }

  /// Drops the methods of which a map on every photograph would take more than its share of the budget.
  private mutating func dropSlow(_ cases: [JudgedCase]) throws {
    guard let judged = cases.first else { return }
    let budget = budget, share = budget / 40, model = judged.inquiry.session.model, pass = try judged.passDuration()
    try drop { method in
      guard let duration = method.cost(on: model).duration(forward: pass) else { return nil }
      return duration > share
        ? "one map takes about \(Wording.roughly(duration)), more than a fortieth of the budget of \(Wording.roughly(budget))"
        : nil
    }
  }

  /// Drops the dearest methods where a look at the first photograph by all of them would take longer than there is time for.
  private mutating func dropDearest(_ cases: [JudgedCase]) throws {
    guard let judged = cases.first else { return }
    let model = judged.inquiry.session.model, pass = try judged.passDuration()
    // Screening runs a method twice more; insertion and deletion show the network a picture at each step and at both ends.
    let looks = left.map { method in
      (method.cost(on: model).duration(forward: pass) ?? .zero) * 3 + pass * (2 * (Self.steps + 1))
    }
    let order = left.indices.filter { !left[$0].isControl }.sorted { (looks[$0], $0) < (looks[$1], $1) }
    var time = timeLeft / cases.count
    for index in left.indices where left[index].isControl { time -= looks[index] }
    var dear: Set<String> = []
    for (rank, index) in order.enumerated() {
      time -= looks[index]
      if time < .zero, rank >= Self.fewestLeft { dear.insert(left[index].identifier) }
    }
    let budget = budget
    try drop { method in
      dear.contains(method.identifier)
        ? "a look at cheaper methods fills the budget of \(Wording.roughly(budget))" : nil
    }
  }

  /// Drops what a look at one photograph's maps speaks against.
  private mutating func screen(_ explained: [Explained]) throws {
    try drop { method in
      do { return try SanityScreen.reason(against: method, in: explained) } catch let error as AttributionError {
        return "\(error)"
      }
    }
  }

  /// Drops what the photographs so far tell from the best one.
  private mutating func dropTold() {
    let ratings = recommendation.ratings
    let told = ratings.filter { $0.isToldFromBest && !$0.isControl }
    for rating in told {
      dropped.append(
        (
          rating.method,
          "insertion less deletion is \(Wording.fixed(rating.mean, places: 2)) on \(photographs) photographs, "
            + "told from the best"
        ))
    }
    left.removeAll { method in told.contains { $0.method.identifier == method.identifier } }
  }

  /// Drops the half that does worse so far, where the photographs that follow would take too long for all.
  private mutating func dropWorseHalf() {
    let ratings = recommendation.ratings.filter { !$0.isControl }
    guard ratings.count > Self.fewestLeft else { return }
    for rating in ratings.dropFirst(max(Self.fewestLeft, (ratings.count + 1) / 2)) {
      let seen = photographs == 1 ? "the first photograph" : "\(photographs) photographs"
      dropped.append(
        (
          rating.method,
          "insertion less deletion is \(Wording.fixed(rating.mean, places: 2)) on \(seen), in the worse half: there is no "
            + "time for more"
        ))
      left.removeAll { $0.identifier == rating.method.identifier }
    }
  }

  /// Drops methods for a reason, controls aside.
  private mutating func drop(because reason: (MethodExpression) throws -> String?) throws {
    for method in left where !method.isControl {
      guard let reason = try reason(method) else { continue }
      dropped.append((method, reason))
      left.removeAll { $0.identifier == method.identifier }
    }
  }

  /// Insertion less deletion on each photograph.
  private func numbers(of method: MethodExpression) -> [Double?] {
    guard let index = evaluation.methods.firstIndex(where: { $0.identifier == method.identifier }) else { return [] }
    return zip(evaluation.values(of: index, by: 0), evaluation.values(of: index, by: 1)).map { insertion, deletion in
      insertion.flatMap { insertion in deletion.map { insertion - $0 } }
    }
  }
}
