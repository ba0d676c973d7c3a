import AttributionKit
import Evaluating
import Explaining
import Foundation
package import Reporting

/// Takes the results of pictures in order and makes of them what is about all: the list, the table, the metrics, the store
/// and the contact sheet.
///
/// A run hands over what it has just made, and a merge what the runs before it have made: so both come to the same.
/// Everything is begun in the run's own hidden folder, and takes its place at the end, the manifest last.
final class Collector {
  private let folder: ResultFolder
  private var manifest: DatasetManifest
  /// `""`, or the folder of a shard with a slash.
  private let prefix: String
  private let lines: LineFile
  // Of a shard, only the list.
  private let table: ResultTable?
  private let store: ZarrStore?
  private var sheet: ContactSheet?
  private var evaluation: Evaluation?
  private var summary: SummaryBuilder?

  /// - Parameters:
  ///   - folder: where everything goes.
  ///   - manifest: what is known before the first picture.
  ///   - methods: those of the manifest.
  ///   - metrics: those of the manifest.
  /// - Throws: ``StorageError``.
  init(
    _ folder: ResultFolder, _ manifest: DatasetManifest, methods: [MethodExpression], metrics: [MetricExpression]
  ) throws {
    (self.folder, self.manifest) = (folder, manifest)
    prefix = manifest.shard.map { "shards/\($0.folderName)/" } ?? ""
    lines = try LineFile("\(folder.staging)/results.jsonl")
    guard manifest.shard == nil else {
      (table, store) = (nil, nil)
      return
    }
    table = try ResultTable("\(folder.staging)/results.csv", manifest.metrics)
    let saves = Set(manifest.settings.saves)
    store =
      saves.contains(.zarr)
      ? try ZarrStore(
        "\(folder.staging)/maps.zarr", manifest.methods.map(\.expression), manifest.settings.numbers, of: folder) : nil
    if !metrics.isEmpty { evaluation = Evaluation(of: methods, by: metrics) }
    if saves.contains(.summary) { summary = SummaryBuilder(folder, methods) }
    if saves.contains(.report) { sheet = try ContactSheet(folder, manifest) }
  }

  /// The next picture of the set.
  func add(_ line: ResultLine) throws {
    try lines.write(line.text)
    manifest.pictures += 1
    switch line.outcome {
    case .unusable: manifest.unusable += 1
    case .explained(let record, _, _):
      manifest.explained += 1
      for target in record.targets {
        try store?.append(target)
        manifest.rows += 1
        judge(target, of: line.index)
      }
    }
    try table?.add(line, firstRow: manifest.rows)
    try sheet?.add(line)
    summary?.add(line)
  }

  private func judge(_ target: PictureRecord.Target, of index: Int) {
    for method in target.methods {
      for metric in manifest.metrics {
        evaluation?.add(
          method.metrics?[metric], picture: index, method: method.method, metric: metric,
          because: method.undefined?[metric])
      }
    }
  }

  /// Puts everything in its place.
  ///
  /// - Parameter set: the whole set.
  /// - Returns: The manifest, as it was written.
  /// - Throws: ``StorageError``.
  func finish(_ set: DatasetManifest.Whole) throws -> DatasetManifest {
    let file = "\(prefix)results.jsonl", earlier = try? DatasetManifest(in: folder.path)
    manifest.results = DatasetManifest.Results(file: file, bytes: lines.bytes, sha256: try lines.finish())
    manifest.set = set
    let metrics = evaluation.map { MetricsReport($0) }, summary = try summary?.summary(lines.path)
    // What an earlier run with other settings has made of all pictures would speak of other rows than the manifest does; what
    // was kept of each picture stays.
    let stale = manifest.shard == nil ? earlier?.wholes.subtracting(manifest.wholes) ?? [] : []
    // What the manifest says is there whenever the manifest is.
    unlink("\(folder.path)/\(prefix)\(DatasetManifest.name)")
    for name in stale { try? FileManager.default.removeItem(atPath: "\(folder.path)/\(name)") }
    try folder.move(lines.path, to: file)
    if let table {
      try table.finish()
      try folder.move(table.path, to: "results.csv")
    }
    if let store {
      try store.finish()
      try folder.replaceFolder("maps.zarr", by: "\(folder.staging)/maps.zarr")
    }
    if let metrics { try folder.write(Array(ReportJSON.encode(metrics)), to: "metrics.json") }
    if let summary { try folder.write(Array(ReportJSON.encode(summary)), to: "summary.json") }
    try sheet?.finish(manifest, metrics: metrics, summary: summary)
    try folder.write(Array(ReportJSON.encode(manifest)), to: prefix + DatasetManifest.name)
    return manifest
  }
}

extension DatasetManifest {
  /// What a run has made of all pictures together.
  fileprivate var wholes: Set<String> {
    let saves = Set(settings.saves)
    return Set(
      (saves.contains(.zarr) ? ["maps.zarr"] : []) + (saves.contains(.report) ? ["report.html", "report"] : [])
        + (saves.contains(.summary) ? ["summary.json"] : []) + (metrics.isEmpty ? [] : ["metrics.json"]))
  }
}

/// How methods do by metrics, over all pictures: `metrics.json`.
package struct MetricsReport: Codable, Sendable {
  package var version = 1
  package let photographs: Int
  package let targets: Int
  package let metrics: [EvaluationReport.Metric]

  init(_ evaluation: Evaluation) {
    (photographs, targets) = (evaluation.photographs, evaluation.targets)
    metrics = EvaluationReport.Metric.all(of: evaluation)
  }
}

/// A row for each picture, target and method: `results.csv`.
final class ResultTable {
  private let file: LineFile
  private let metrics: [String]
  var path: String { file.path }

  init(_ path: String, _ metrics: [String]) throws {
    (file, self.metrics) = (try LineFile(path), metrics)
    let columns = [
      "row", "index", "image", "target", "class", "label", "probability", "score", "method", "status", "minimum",
      "maximum",
      "map", "error",
    ]
    try file.write((columns + metrics).map(TableCell.written).joined(separator: ","))
  }

  /// Adds the rows of a picture, with which the store has `rows`.
  func add(_ line: ResultLine, firstRow rows: Int) throws {
    func write(_ cells: [String?]) throws {
      try file.write(cells.map { $0.map(TableCell.written) ?? "" }.joined(separator: ","))
    }
    switch line.outcome {
    case .unusable(let reason):
      let blank = [String?](repeating: nil, count: 10)
      try write([nil, "\(line.index)", line.image] + blank + [reason] + metrics.map { _ in nil })
    case .explained(let record, _, _):
      for (number, target) in record.targets.enumerated() {
        let row = rows - record.targets.count + number
        let target = (target.target, target.score, target.methods)
        for method in target.2 {
          try write(
            [
              "\(row)", "\(line.index)", line.image, target.0.expression, target.0.index.map { "\($0)" },
              target.0.label,
              target.0.probability.map { "\($0)" }, "\(target.1.value)", method.method, method.status,
              method.minimum.map { "\($0)" }, method.maximum.map { "\($0)" }, method.map?.file, method.error,
            ] + metrics.map { metric in method.metrics?[metric].map { "\($0)" } })
        }
      }
    }
  }

  func finish() throws { _ = try file.finish() }
}

/// A cell of a table whose columns commas part.
enum TableCell {
  /// In quotes where it must be.
  static func written(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }
}
