public import AttributionKit
import Images
import Tensors

extension Explainer {
  /// What the network takes a picture for.
  ///
  /// - Parameters:
  ///   - picture: a photograph, or an array.
  ///   - region: of a segmentation, which part of the picture the answer is about; all of it without one.
  /// - Returns: The answer, its classes ranked.
  /// - Throws: ``ExplainingError`` where the picture cannot be used.
  public func predict(_ picture: Picture, region: RegionExpression? = nil) throws(ExplainingError) -> AnsweredPicture {
    let subject = try subject(picture)
    return try answer(subject, region: region, Activity(picture: picture.name, index: 0, count: 1, passes: nil), nil)
  }

  /// Explains pictures for some targets by some methods, all as people write them.
  ///
  /// - Parameters:
  ///   - pictures: photographs, or arrays.
  ///   - targets: classes by number or by name, differences of two, `prediction`, `top:3`.
  ///   - score: what the score of a class is; the logit, unless the network's manifest says otherwise.
  ///   - region: of a segmentation, where it is asked: `120,80,310,240`, a mask image, `all`.
  ///   - methods: expressions separated by commas; the standard ones for the network without them.
  ///   - progress: hears of what is done, and may end it by throwing.
  /// - Returns: One for each picture and target, in that order.
  /// - Throws: ``ExplainingError``, or what `progress` throws.
  public func explain(
    _ pictures: Picture..., targets: [String] = ["prediction"], score: ScoreKind? = nil, region: String? = nil,
    methods: String? = nil, progress: ProgressHandler? = nil
  ) throws -> [Explained] {
    let question = Question(
      try targets.map { try TargetExpression($0) }, score: score, region: try region.map { try RegionExpression($0) })
    return try explain(pictures, question, by: self.methods(methods), progress: progress)
  }

  /// Explains pictures, all asked the same question.
  ///
  /// - Parameters:
  ///   - pictures: photographs, or arrays; each is decoded while the one before it is explained.
  ///   - question: what is asked about each of them.
  ///   - methods: what explains it.
  ///   - progress: hears of what is done, and may end it by throwing.
  /// - Returns: One for each picture and target, in that order.
  /// - Throws: ``ExplainingError``, or what `progress` throws.
  public func explain(
    _ pictures: [Picture], _ question: Question, by methods: [MethodExpression], progress: ProgressHandler? = nil
  ) throws -> [Explained] {
    var all: [Explained] = []
    try explain(
      PictureQueue(pictures, workers: workers, pixelLimit: pixelLimit), asking: { _ in question }, by: methods,
      progress: progress,
      each: { all.append($0) })
    return all
  }

  /// Explains pictures one after the other and hands over each result at once: nothing is kept.
  ///
  /// - Parameters:
  ///   - queue: the pictures.
  ///   - question: what is asked about the picture of this index.
  ///   - methods: what explains it.
  ///   - progress: hears of what is done, and may end it by throwing.
  ///   - answered: called for each picture, before any method runs.
  ///   - refused: called for a picture that cannot be used, in its place; without it, the first of these ends the work.
  ///   - each: called for each picture and target, in that order.
  /// - Throws: ``ExplainingError``, or what one of the closures throws.
  public func explain(
    _ queue: PictureQueue, asking question: (_ index: Int) -> Question, by methods: [MethodExpression],
    progress: ProgressHandler? = nil, answered: (AnsweredPicture) throws -> Void = { _ in },
    refused: ((_ picture: Picture, ExplainingError) throws -> Void)? = nil, each: (Explained) throws -> Void
  ) throws {
    for index in queue.pictures.indices {
      let question = question(index)
      let views: [AnsweredPicture]
      do { views = try answers(queue, at: index, region: question.region, progress: progress) } catch {
        guard let refused, let reason = error as? ExplainingError, reason.isAboutPicture else { throw error }
        try refused(queue.pictures[index], reason)
        continue
      }
      for picture in views {
        try answered(picture)
        let inquiries: [Inquiry]
        do { inquiries = try picture.inquiries(question) } catch {
          guard let refused, error.isAboutPlaces else { throw error }
          try refused(queue.pictures[index], error)
          break
        }
        for inquiry in inquiries { try each(inquiry.explained(by: methods)) }
      }
    }
  }

  /// Shows the network one of several pictures; the next is decoded meanwhile.
  ///
  /// - Parameters:
  ///   - queue: the pictures.
  ///   - index: which of them.
  ///   - region: of a segmentation, which part of the picture is asked about.
  ///   - progress: hears that the picture is begun, and of the passes of methods that explain it.
  /// - Returns: What the network answered, seen from the first input that is attributed to.
  /// - Throws: ``ExplainingError`` where the picture cannot be used, or what `progress` throws.
  public func answer(
    _ queue: PictureQueue, at index: Int, region: RegionExpression? = nil, progress: ProgressHandler? = nil
  ) throws -> AnsweredPicture {
    try answers(queue, at: index, region: region, from: attributedInputs.prefix(1), progress: progress)[0]
  }

  /// The same, seen from each of the inputs that are attributed to.
  package func answers(
    _ queue: PictureQueue, at index: Int, region: RegionExpression? = nil, from inputs: ArraySlice<String>? = nil,
    progress: ProgressHandler? = nil
  ) throws -> [AnsweredPicture] {
    let picture = queue.pictures[index]
    let activity = Activity(picture: picture.name, index: index, count: queue.pictures.count, passes: nil)
    try progress?(activity)
    let raster = try explaining { try queue.raster(index) }
    var shown = try subject(picture, at: raster)
    if !companions.isEmpty { shown = shown.filling(model.input.name) }
    return try (inputs ?? attributedInputs[...]).map { name in
      let seen = try seen(from: name, instead: shown)
      return try seen.explainer.answer(seen.subject, region: region, activity, progress)
    }
  }

  private func answer(
    _ subject: Subject, region: RegionExpression?, _ activity: Activity, _ progress: ProgressHandler?
  ) throws(ExplainingError) -> AnsweredPicture {
    guard isScored else { throw unscored }
    let region = try answeredRegion(region, of: subject), interruption = Interruption()
    var options = SessionOptions(
      colors: subject.preprocessing.map { InputColors($0, channels: grid?.channels ?? 1) }, memoryLimit: memoryLimit
    ) { passes in
      try interruption.keeping {
        try progress?(
          Activity(picture: activity.picture, index: activity.index, count: activity.count, passes: passes))
      }
    } pictures: {
      try pictures(in: $0)
    }
    options.classNamed = { [names] in try names.choice(named: $0).index }
    // Asked for its own answer; of numbers, for the first.
    let head = detectionHead
    let own: any Target =
      if let head {
        LikeliestDetection(head: head)
      } else if names.areNumbers {
        ClassLogit(index: 0)
      } else {
        RankedLogit.prediction
      }
    let target: any Target = hasPlaces ? RegionMean(of: own) : own
    let start = ContinuousClock.now
    let session = try explaining {
      try ExplanationSession(
        of: model, on: inputs(with: subject), for: target, by: model.input.name, options: options)
    }
    let duration = ContinuousClock.now - start
    // A class that the network rules out before its softmax has the logit −∞, and the probability 0.
    let ruledOut = model.explained.link == .softmax ? -Float.infinity : .nan, logits = session.logits.scalars
    guard logits.contains(where: \.isFinite), logits.allSatisfy({ $0.isFinite || $0 == ruledOut }) else {
      throw .data(
        "the network answers \(subject.name) with numbers that are infinite or none (NaN), of which nothing can be "
          + "explained: " + session.whereNumbersEnd, about: .output)
    }
    // Rectifiers make zeros of what is no number: the answer itself may look sound.
    if let layer = model.damagedLayer {
      throw .data(
        "the weights of the network's layer '\(layer.name)' hold numbers that are infinite or none (NaN), so that no answer "
          + "of it counts; look for a better copy of its file")
    }
    var detections: Detections?
    if let head { detections = try Detections(head, session.outputs, on: subject, from: detectionThreshold) }
    let answer =
      detections.map { Answer($0.head.best(in: session.outputs), names: names, in: $0.head) }
      ?? Answer(session, names: names, region: region?.weights)
    return AnsweredPicture(
      explainer: self, subject: subject, answer: answer, region: region, detections: detections, session: session,
      forwardDuration: duration, interruption: interruption)
  }

  /// The part of a picture that the network is asked about, where it answers for parts at all.
  func answeredRegion(
    _ region: RegionExpression?, of subject: Subject
  ) throws(ExplainingError) -> AnsweredRegion? {
    guard hasPlaces else {
      if region != nil { throw regionRefusal }
      return nil
    }
    let region = region ?? (names.areNumbers ? .everywhere : .predicted)
    if names.areNumbers, case .predicted = region.area {
      throw .usage(
        "numbers that are no scores of classes are predicted nowhere: choose a place, or all", about: .region)
    }
    let weights = try region.weights(on: subject, height: outputShape[1], width: outputShape[2])
    return AnsweredRegion(expression: region.text, weights: weights, picture: subject.name)
  }

  /// Why nothing can be asked of a network that is only listed.
  private var unscored: ExplainingError {
    // Where the network's reader knows why, that says more.
    if let reason = notes.first(where: { $0.setting == .outputOrAnswer }) {
      return .data(reason.sentence, about: .outputOrAnswer)
    }
    let output = model.explained
    return .data(
      "the output '\(output.name)' is \(Wording.extent(output.shape)), neither one score for each class nor a map of them "
        + "over the image: it may hold boxes of a detector, features or the steps of a sequence; explain another output, one of "
        + "its steps, or a value before it, of "
        + "which the list of layers shows the names, or take it for plain numbers", about: .outputStepOrAnswer)
  }

  /// Why a region cannot be asked about.
  private var regionRefusal: ExplainingError {
    .usage(
      "a region is for networks that answer for each place of a picture, and this one's output is "
        + "\(Wording.extent(outputShape)): leave it out", about: .region)
  }
}

extension Explainer {
  /// What black and white are in the network's input, where somebody said how photographs are prepared.
  package var toldColors: InputColors? {
    guard !isPreprocessingAssumed, let preprocessing else { return nil }
    return InputColors(preprocessing, channels: grid?.channels ?? 1)
  }
}

extension InputColors {
  /// What the recipe makes of black and of white.
  fileprivate init(_ recipe: Preprocessing, channels: Int) {
    func value(of sample: Float) -> [Float] {
      (0..<channels).map { channel in
        let (mean, deviation) = (recipe.mean[min(channel, recipe.mean.count - 1)], recipe.deviation)
        return (sample * recipe.scale - mean) / deviation[min(channel, deviation.count - 1)]
      }
    }
    self.init(black: value(of: 0), white: value(of: 255))
  }
}

extension ExplanationSession {
  /// Where numbers that are none come up first, and what can be done, in words.
  fileprivate var whereNumbersEnd: String {
    if let layer = model.damagedLayer {
      return "the weights of its layer '\(layer.name)' hold such numbers; look for a better copy of its file"
    }
    let first = model.layers.first { layer in
      (try? activation(at: layer))?.scalars.allSatisfy(\.isFinite) == false
    }
    return (first.map { "they come up in its layer '\($0.name)'" } ?? "look for a division by zero")
      + "; check how the picture is prepared, or explain a value before that"
  }
}
