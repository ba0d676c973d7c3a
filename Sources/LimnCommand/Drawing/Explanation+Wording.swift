import AttributionKit

extension Explanation {
  /// The target and how sure the network is of it: `tabby cat · 87.3 %`.
  var rowTitle: String {
    let value = Wording.significant(session.score.value)
    let certainty =
      if target.isNamedScore {
        value
      } else if target.contrast != nil {
        "logits differ by \(value)"
      } else {
        probability.map(Wording.percent) ?? "cosine \(value)"
      }
    return "\(targetName) · \(certainty)" + (target.places.map { " in \($0.name)" } ?? "")
  }

  /// One line for the terminal: the picture and what the network takes it for.
  var summary: String {
    guard !target.isSimilarity else { return "\(subject.name): \(rowTitle)" }
    let predictions = predictions(top: 3)
    guard let first = predictions.first else { return subject.name }
    if answer.hasPlaces {
      let shares = predictions.filter { ($0.share ?? 0) > 0 }.map {
        "\(classifier.names.name(of: $0.choice)) \(Wording.percent($0.share ?? 0))"
      }
      return "\(subject.name): \(shares.joined(separator: ", ")) of the pixels" + (regionName.map { " in \($0)" } ?? "")
    }
    let names = classifier.names
    let number = names.label(of: first.choice).map {
      "\($0) (\(names.side(of: first.choice) ?? "class \(first.index)"))"
    }
    return "\(subject.name): \(number ?? names.name(of: first.choice)), \(Wording.percent(first.probability))"
  }

  /// What the network takes the picture for, where that is not the target itself; nothing where it takes it for nothing.
  var predictionLine: String? {
    guard !target.isSimilarity, let prediction = predictions(top: 1).first else { return nil }
    if prediction.choice == target.choice, target.contrast == nil, !target.isNamedScore { return "predicted" }
    let name = classifier.names.name(of: prediction.choice)
    guard let share = prediction.share else { return "predicted: \(name) · \(Wording.percent(prediction.probability))" }
    return "predicted: \(name) · \(Wording.percent(share)) of the pixels"
  }

  /// What is differentiated: `logit`, `probability` or `cosine`.
  var scoreName: String { target.isSimilarity ? "cosine" : scoreKind.rawValue }

  /// The region asked about, where the user named one.
  private var regionName: String? { target.places.flatMap { $0.isPredicted ? nil : $0.name } }
}

extension AnsweredRegion.Places {
  /// Whether they are the places predicted as the target's class.
  var isPredicted: Bool { expression == "predicted" }

  /// What captions call them.
  var name: String {
    switch expression {
    case "predicted": "its \(Wording.percent(share)) of the pixels"
    case "all": "all pixels"
    default: expression
    }
  }
}

extension Workload {
  /// What is differentiated, for a sheet's footer.
  var scoreName: String {
    guard !isSimilarity else { return "cosine similarity" }
    return score.rawValue + (classifier.hasPlaces ? ", its mean over the region" : "")
  }
}
