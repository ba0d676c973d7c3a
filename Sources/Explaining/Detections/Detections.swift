public import AttributionKit
public import Images

/// What a detector found in a picture.
public struct Detections: Sendable {
  /// What the network's rows mean.
  public let head: DetectionHead
  /// The boxes that are likely enough, the likeliest first and none beside a likelier one of its class that it overlaps.
  public let listed: [Detection]
  /// Whether none was likely enough, so that the likeliest few are listed all the same.
  public let isFaint: Bool
  /// The least probability of a box in the list, unless it is faint.
  public let threshold: Float
  /// What the picture's numbers told of the rows, or did not tell.
  public let notes: [Note]
  /// What the network answered.
  let outputs: Outputs
  /// Where the input lies on what people count pixels of.
  let frame: ImageGeometry

  /// From which share of two boxes of one class they are taken for one object.
  public static let overlap: Float = 0.5
  /// How many boxes are listed at most.
  public static let limit = 100
  /// How many are listed where none is likely enough.
  public static let faintLimit = 5

  /// - Parameters:
  ///   - head: what the network's rows mean.
  ///   - outputs: what it answered.
  ///   - subject: the picture.
  ///   - threshold: the least probability of a box in the list.
  /// - Throws: ``ExplainingError`` where the picture has no places.
  init(
    _ head: DetectionHead, _ outputs: Outputs, on subject: Subject, from threshold: Float
  ) throws(ExplainingError) {
    frame = try subject.frame
    self.threshold = threshold
    let settled = head.settled(by: outputs, height: frame.inputHeight, width: frame.inputWidth)
    notes = settled.settling(of: head, on: subject.name)
    let head = settled
    self.head = head
    self.outputs = outputs
    let all = head.detections(in: outputs).filter { head.detectable.contains($0.classIndex) }
    let likely = all.filter { $0.probability >= threshold }
    isFaint = likely.isEmpty
    if likely.isEmpty {
      // Of thousands, only the likeliest can be in the list.
      let most = all.sorted { $0.probability > $1.probability }.prefix(500)
      listed = Array(most).suppressed(overlap: Self.overlap, limit: Self.faintLimit)
    } else {
      listed = likely.suppressed(overlap: Self.overlap, limit: Self.limit)
    }
  }

  /// The width and height, in pixels, of what places are counted in: the photograph, or the array itself.
  package var extent: (width: Int, height: Int) { (frame.originalWidth, frame.originalHeight) }

  /// Where a detection's box lies in the photograph, in its pixels, what sticks out cut off; `nil` where it has none.
  public func place(of detection: Detection) -> Rectangle? {
    guard let box = detection.box else { return nil }
    let (first, last) = (
      frame.original(inputX: Double(box.left), y: Double(box.top)),
      frame.original(inputX: Double(box.right), y: Double(box.bottom))
    )
    func across(_ x: Double) -> Double { min(max(x.isFinite ? x : 0, 0), Double(frame.originalWidth)) }
    func down(_ y: Double) -> Double { min(max(y.isFinite ? y : 0, 0), Double(frame.originalHeight)) }
    return Rectangle(left: across(first.x), top: down(first.y), right: across(last.x), bottom: down(last.y))
  }

  /// The number of a detection in the list, from 1; `nil` where it is not there.
  public func number(of detection: Detection) -> Int? {
    listed.firstIndex { $0.row == detection.row && $0.classIndex == detection.classIndex }.map { $0 + 1 }
  }

  /// The likeliest detection, listed or not.
  var best: Detection? { listed.first }
}

/// The likeliest row of a detector, about its likeliest class.
struct LikeliestDetection: Target {
  let head: DetectionHead

  func score(of outputs: Outputs) throws -> Score { try pinned(to: outputs).score(of: outputs) }

  func pinned(to outputs: Outputs) throws -> any Target {
    let best = head.best(in: outputs).enumerated()
      .compactMap { head.detectable.contains($0.offset) ? $0.element : nil }
      .max { ($0.probability, $0.logit) < ($1.probability, $1.logit) }
    return DetectionScore(.logit(best?.classIndex ?? head.detectable.lowerBound), of: best?.row ?? 0, in: head)
  }
}
