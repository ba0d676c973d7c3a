import AttributionKit
public import Images

extension Detections {
  /// The targets that a question means, given what was found.
  ///
  /// - Parameters:
  ///   - question: boxes, classes, or both.
  ///   - answer: the classes with their best rows.
  ///   - title: what the picture is called.
  /// - Returns: A target for each box and class.
  /// - Throws: ``ExplainingError`` where there is no such box or class.
  func targets(
    of question: Question, _ answer: Answer, on title: String
  ) throws(ExplainingError) -> [NamedTarget] {
    guard question.reference == nil else {
      throw .usage("a detector makes no embedding of a picture, which another could be like", about: .reference)
    }
    let names = answer.names
    guard !question.boxes.isEmpty else {
      return try each(question.targets) { (expression) throws(ExplainingError) in
        switch expression {
        case .top(let count):
          guard count <= listed.count else {
            throw .data("'top:\(count)' asks for more boxes than the \(listed.count) found in \(title)", about: .box)
          }
          return listed.prefix(count).map { target($0, written: count == 1 ? "prediction" : nil, names) }
        default:
          let choice = try choice(expression, answer)
          guard let best = head.best(in: outputs)[choice.index] else {
            throw .data("no box in \(title) is of the class '\(names.name(of: choice))'", about: .target)
          }
          return [target(best, written: text(of: expression), names)]
        }
      }
    }
    return try each(question.boxes) { (box) throws(ExplainingError) in
      let found = try detections(box, on: title)
      return try each(found) { (detection) throws(ExplainingError) in
        try each(question.targets) { (expression) throws(ExplainingError) in
          if case .top(1) = expression { return [target(detection, written: nil, names)] }
          return [try self.target(detection, about: expression, answer, title)]
        }
      }
    }
  }

  /// The detections that an expression means.
  private func detections(_ box: BoxExpression, on title: String) throws(ExplainingError) -> [Detection] {
    switch box {
    case .all:
      guard !listed.isEmpty else { throw .data("no box was found in \(title)", about: .box) }
      return listed
    case .number(let number):
      guard listed.indices.contains(number - 1) else {
        let count = listed.count
        throw .data(
          count == 0
            ? "there is no box \(number): none was found in \(title)"
            : "there is no box \(number): \(count == 1 ? "one was" : "\(count) were") found in \(title), numbered from 1",
          about: .box)
      }
      return [listed[number - 1]]
    case .row(let row):
      guard (0..<head.rows).contains(row) else {
        throw .data("there is no row \(row): the network's output has \(head.rows), from 0 to \(head.rows - 1)")
      }
      let all = head.best(ofRow: row, in: outputs)
      return [all]
    case .area(let left, let top, let right, let bottom):
      guard head.boxes != nil else {
        throw .usage("the network's boxes are not known, which could overlap one: name a row, row:1234", about: .box)
      }
      let area = Rectangle(left: left, top: top, right: right, bottom: bottom)
      // What is in the list, if any of that is meant; else any row at all.
      var best = nearest(to: area, among: listed)
      if best.map({ $0.1 < 0.3 }) ?? true {
        let all = head.detections(in: outputs).filter { head.detectable.contains($0.classIndex) }
        best = nearest(to: area, among: all)
      }
      guard let best, best.1 > 0 else {
        throw .data(
          "no box of the network's overlaps \(Int(left)),\(Int(top)),\(Int(right)),\(Int(bottom)) in \(title)",
          about: .box)
      }
      return [best.0]
    }
  }

  /// The detection that overlaps a rectangle most, the likelier of equal ones, and by which share.
  private func nearest(to area: Rectangle, among detections: [Detection]) -> (Detection, Double)? {
    detections.map { ($0, place(of: $0)?.overlap(with: area) ?? 0) }
      .max { ($0.1, $0.0.probability) < ($1.1, $1.0.probability) }
  }

  /// A class of a box, or why one rather than another.
  private func target(
    _ detection: Detection, about expression: TargetExpression, _ answer: Answer, _ title: String
  ) throws(ExplainingError) -> NamedTarget {
    guard !head.isEndToEnd else {
      let choice = try choice(expression, answer)
      guard choice.index == detection.classIndex else {
        throw .usage(
          "a row of this network has one class of its own, and this one's is "
            + "'\(answer.names.name(of: Choice(index: detection.classIndex)))'", about: .target)
      }
      return target(detection, written: text(of: expression), answer.names)
    }
    let choice = try choice(expression, answer)
    return target(
      head.detection(of: detection.row, as: choice.index, in: outputs), written: text(of: expression), answer.names)
  }

  private func choice(_ expression: TargetExpression, _ answer: Answer) throws(ExplainingError) -> Choice {
    switch expression {
    case .classes(let text), .expected(let text): try answer.names.choice(named: text)
    case .top(let count):
      throw .usage("'top:\(count)' of one box: name its class, or the number of another box", about: .target)
    case .similarity, .score:
      throw .usage("a detector is asked about a box, or a class", about: .target)
    }
  }

  private func text(of expression: TargetExpression) -> String? {
    switch expression {
    case .classes(let text), .expected(let text): text
    case .top, .similarity, .score: nil
    }
  }

  private func target(_ detection: Detection, written text: String?, _ names: ClassNames) -> NamedTarget {
    let number = number(of: detection)
    return NamedTarget(
      expression: text ?? number.map { "box \($0)" } ?? "row \(detection.row)", detection, number: number,
      place: place(of: detection), parts: parts(of: detection), in: head)
  }

  /// The results of all elements, one after the other.
  private func each<Element>(
    _ elements: [Element], _ body: (Element) throws(ExplainingError) -> [NamedTarget]
  ) throws(ExplainingError) -> [NamedTarget] {
    var all: [NamedTarget] = []
    for element in elements { all += try body(element) }
    return all
  }
}

extension DetectionHead {
  /// A row with its likeliest class.
  fileprivate func best(ofRow row: Int, in outputs: Outputs) -> Detection {
    if heatMap == nil, let own = detections(in: outputs).first(where: { $0.row == row }) { return own }
    return detectable.map { detection(of: row, as: $0, in: outputs) }.max { $0.probability < $1.probability }
      ?? detection(of: row, as: 0, in: outputs)
  }
}

extension Rectangle {
  /// The area that two rectangles share by the area that they cover together, from 0 to 1.
  public func overlap(with other: Rectangle) -> Double {
    let common =
      max(0, min(right, other.right) - max(left, other.left))
      * max(0, min(bottom, other.bottom) - max(top, other.top))
    let together = max(0, width) * max(0, height) + other.width * other.height - common
    return together > 0 ? common / together : 0
  }
}
