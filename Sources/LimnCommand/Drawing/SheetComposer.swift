import AttributionKit
import Foundation
import Rendering

extension ComparisonSheet {
  /// A sheet about the network that `work` is for, its rows still to come.
  init(about work: Workload, layer: Layer?, score: String) {
    let classifier = work.classifier
    let file = URL(fileURLWithPath: classifier.origin.name).lastPathComponent
    let name = classifier.origin.title ?? file
    let input = "input \(Wording.extent(classifier.model.input.shape))"
    let recipe = work.takesPhotographs ? classifier.preprocessing.map { ", \($0.summary)" } ?? "" : ""
    var notes = ["Limn \(Version.current)", "score: \(score)"]
    if let layer { notes.append("layer: \(classifier.description(of: layer))") }
    self.init(title: name, subtitle: input + recipe, rows: [], footer: [notes.joined(separator: " · ")])
  }
}

extension Classifier {
  /// A layer with the reason for choosing it, where the network chose it.
  func description(of layer: Layer) -> String {
    guard let automatic = model.automaticLayer, automatic.layer == layer else { return "\(layer)" }
    return "\(layer), \(automatic.reason)"
  }
}
