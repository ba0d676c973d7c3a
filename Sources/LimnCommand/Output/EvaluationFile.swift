import Evaluating
import Explaining
import Foundation
import Images
import Rendering
import Reporting

/// Where an evaluation goes, and as what.
struct EvaluationFile {
  let kind: Kind
  private let place: OutputPlace

  var path: String { place.path }

  enum Kind: Equatable {
    case json, csv
    case figure(FigureFormat)

    /// Whether every number stands in it.
    var holdsNumbers: Bool { self == .json || self == .csv }
  }

  /// Makes sure that the file can be written, and that none of `inputs` is.
  init(_ path: String, apartFrom inputs: [String]) throws {
    let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
    switch ending {
    case "json": kind = .json
    case "csv": kind = .csv
    default:
      guard let format = FigureFormat(fileExtension: ending) else {
        throw Failure.usage(
          "'\(path)' has no extension that tells what to write: json, csv, png, jpg, pdf or svg")
      }
      kind = .figure(format)
    }
    place = try OutputPlace(path, apartFrom: inputs)
  }

  func write(
    _ evaluation: Evaluation, _ numbers: [EvaluationReport.Measurement], about explainer: Explainer
  ) throws {
    switch kind {
    case .json: try place.write(ReportJSON.encode(EvaluationReport(evaluation, numbers, about: explainer)))
    case .csv: try place.write(Array(EvaluationReport(evaluation, numbers, about: explainer).csv.utf8))
    case .figure(let format):
      try place.write(
        PlotSheet(evaluation, about: explainer).render(
          as: format, scale: format == .png || format == .jpeg ? 1.5 : 1, workers: explainer.workers))
    }
  }
}
