public import AttributionKit
public import Explaining
import Images

extension Inquiry {
  /// The target and how sure the network is of it: `tabby cat · 87.3 %`.
  public var title: String {
    let value = Wording.significant(session.score.value)
    let certainty =
      if target.contrast != nil, !target.isNamedScore {
        (isAboutNumbers ? "" : "logits ") + "differ by \(value)"
      } else if target.isNamedScore || isAboutNumbers {
        value
      } else {
        probability.map(Wording.percent) ?? "cosine \(value)"
      }
    return "\(targetName) · \(certainty)" + (target.places.map { " in \($0.name)" } ?? "")
  }

  /// The picture and what the network takes it for, in one line: `photo.jpg: tabby cat (class 281), 87.3 %`.
  public var summary: String {
    let (subject, answer, names) = (picture.subject, picture.answer, picture.explainer.names)
    guard !target.isSimilarity else { return "\(subject.name): \(title)" }
    if let detections = picture.detections { return "\(subject.name): \(detections.words(names))" }
    if names.areNumbers { return "\(subject.name): \(numbers)" + (regionName.map { ", means in \($0)" } ?? "") }
    let predictions = picture.predictions(top: 3)
    guard let first = predictions.first else { return subject.name }
    if answer.hasPlaces {
      let shares = predictions.filter { ($0.share ?? 0) > 0 }.map {
        "\(names.name(of: $0.choice)) \(Wording.percent($0.share ?? 0))"
      }
      return "\(subject.name): \(shares.joined(separator: ", ")) of the pixels" + (regionName.map { " in \($0)" } ?? "")
    }
    let number = names.label(of: first.choice).map {
      "\($0) (\(names.side(of: first.choice) ?? "class \(first.index)"))"
    }
    return "\(subject.name): \(number ?? names.name(of: first.choice)), \(Wording.percent(first.probability ?? 0))"
  }

  /// Whether the network's numbers are no scores of classes, and one of them is asked about.
  private var isAboutNumbers: Bool { picture.explainer.names.areNumbers && !target.isSimilarity }

  /// The first of the network's numbers with their names: `age 31.2, weight 70`.
  private var numbers: String {
    let names = picture.explainer.names, shown = picture.predictions(top: 5)
    let list = shown.map { "\(names.name(of: $0.choice)) \(Wording.significant($0.logit))" }.joined(separator: ", ")
    return list + (names.count > shown.count ? " and \(names.count - shown.count) more" : "")
  }

  /// What the network takes the picture for, where that is not the target itself; nothing where it takes it for nothing.
  var predictionLine: String? {
    if let box = target.box { return box.words }
    guard !target.isSimilarity, !isAboutNumbers, let prediction = picture.predictions(top: 1).first else { return nil }
    if prediction.choice == target.choice, target.contrast == nil, !target.isNamedScore {
      return target.expectation == .met ? "predicted, as expected" : "predicted"
    }
    let name = picture.explainer.names.name(of: prediction.choice)
    guard let share = prediction.share else {
      return "predicted: \(name) · \(Wording.percent(prediction.probability ?? 0))"
    }
    return "predicted: \(name) · \(Wording.percent(share)) of the pixels"
  }

  /// What is differentiated: `logit`, `probability`, `number` or `cosine`.
  var scoreName: String { target.isSimilarity ? "cosine" : isAboutNumbers ? "number" : score.rawValue }

  /// The same in the words of a sheet's footer.
  var scorePhrase: String {
    guard reference == nil else { return "cosine similarity" }
    return scoreName + (picture.explainer.hasPlaces ? ", its mean over the region" : "")
  }

  /// A layer with the reason for choosing it, where the network chose it: of a detector, for the box's own scale.
  public func description(of layer: Layer) -> String {
    guard let automatic = session.model.automaticLayer, automatic.layer == layer else { return "\(layer)" }
    return "\(layer), \(automatic.reason)"
  }

  /// The region asked about, where the user named one.
  private var regionName: String? { target.places.flatMap { $0.isPredicted ? nil : $0.name } }
}

extension NamedTarget.FoundBox {
  /// Where it is, in words: `120, 80 – 310, 240 · row 1234`.
  fileprivate var words: String {
    if let turned = parts.turned {
      func number(_ value: Double) -> String { Wording.fixed(value, places: 0) }
      return
        "\(number(turned.width)) × \(number(turned.height)) around \(number(turned.x)), \(number(turned.y)), turned by "
        + "\(number(turned.angle))° · row \(detection.row)"
    }
    let edges = place.map { place in
      [place.left, place.top, place.right, place.bottom].map { Wording.fixed($0, places: 0) }
    }
    let row = "row \(detection.row)"
    return edges.map { "\($0[0]), \($0[1]) – \($0[2]), \($0[3]) · \(row)" } ?? row
  }
}

extension Detections {
  /// The first few boxes with their probabilities: `3 boxes: dog 93 %, cat 81 %, dog 40 %`.
  fileprivate func words(_ names: ClassNames) -> String {
    let shown = listed.prefix(3).map {
      "\(names.name(of: Choice(index: $0.classIndex))) \(Wording.percent($0.probability))"
    }
    guard !isFaint else {
      return "no box of \(Wording.percent(threshold)) or more; the likeliest: \(shown.joined(separator: ", "))"
    }
    return "\(listed.count) \(listed.count == 1 ? "box" : "boxes"): \(shown.joined(separator: ", "))"
      + (listed.count > 3 ? " and \(listed.count - 3) more" : "")
  }
}

extension AnsweredRegion.Places {
  /// What captions call them.
  var name: String {
    switch expression {
    case RegionExpression.predicted.text: "its \(Wording.percent(share)) of the pixels"
    case RegionExpression.everywhere.text: "all pixels"
    default: expression
    }
  }
}

extension Wording {
  /// How nearly attributions add up: `sum 3.21 of 3.2 (0.3 % off)`.
  package static func completeness(_ completeness: Completeness) -> String {
    let share = completeness.expected == 0 ? nil : percent(abs(completeness.error / completeness.expected))
    return "sum \(significant(completeness.sum)) of \(significant(completeness.expected))"
      + (share.map { " (\($0) off)" } ?? "")
  }

  /// Where an attribution lives: the layer with its grid, or how many activations were guided.
  package static func place(of attribution: Attribution) -> String {
    if let coverage = attribution.coverage {
      return "\(coverage.crossed) of \(coverage.activations) activations guided"
    }
    return "\(attribution.layer.name) · \(attribution.height) × \(attribution.width)"
  }
}
