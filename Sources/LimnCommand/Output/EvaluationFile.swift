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
    case json, csv, page
    case figure(FigureFormat)

    /// Whether every number stands in it.
    var holdsNumbers: Bool { self == .json || self == .csv }
  }

  /// Makes sure that the file can be written, and that none of `inputs` is.
  init(_ path: String, apartFrom inputs: [String]) throws {
    kind = try Self.kind(of: path)
    place = try OutputPlace(path, apartFrom: inputs)
  }

  /// What a file's ending says.
  static func kind(of path: String) throws(Failure) -> Kind {
    let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
    switch ending {
    case "json": return .json
    case "csv": return .csv
    case "html", "htm": return .page
    default:
      guard let format = FigureFormat(fileExtension: ending) else {
        throw .usage("'\(path)' has no extension that tells what to write: json, csv, html, png, jpg, pdf or svg")
      }
      return .figure(format)
    }
  }

  func write(
    _ evaluation: Evaluation, _ numbers: [EvaluationReport.Measurement], about explainer: Explainer
  ) throws {
    try place.write(Self.data(evaluation, numbers, about: explainer, as: kind, call: CommandText.current))
  }

  /// The bytes of a file of this kind; `call` is what makes it again.
  static func data(
    _ evaluation: Evaluation, _ numbers: [EvaluationReport.Measurement], about explainer: Explainer, as kind: Kind,
    call: String?
  ) throws -> [UInt8] {
    switch kind {
    case .json: Array(try ReportJSON.encode(EvaluationReport(evaluation, numbers, about: explainer)))
    case .csv: Array(EvaluationReport(evaluation, numbers, about: explainer).csv.utf8)
    case .page: try EvaluationPage.data(evaluation, about: explainer, command: call)
    case .figure(let format):
      try PlotSheet(evaluation, about: explainer).render(
        as: format, scale: format == .png || format == .jpeg ? 1.5 : 1, workers: explainer.workers)
    }
  }
}
