import AttributionKit
import Explaining
import Foundation
package import Reporting

/// What a folder of results holds: the last file that a run writes.
///
/// Nothing in it tells when or where it was made: the same run writes the same bytes.
package struct DatasetManifest: Codable, Sendable {
  /// The version of its form: raised where a field is taken away or means something else.
  package var version = 1
  package var network: Network
  package var methods: [Named]
  package var metrics: [String]
  package var settings: Settings
  /// What decides the results, but for the pictures, hashed.
  package var fingerprint: String
  /// The part of the set that this is; missing where it is all of it.
  package var shard: Shard?
  /// The whole set.
  package var set: Whole
  /// How many pictures of it are told of here.
  package var pictures = 0
  package var explained = 0
  package var unusable = 0
  /// How many pictures and targets were explained.
  package var rows = 0
  package var results: Results
  package var versions: Report.Versions

  package struct Network: Codable, Sendable, Hashable {
    /// As it was named.
    package let name: String
    package let sha256: String
    package let output: [Int]
  }

  package struct Named: Codable, Sendable, Hashable {
    package let expression: String
    package let title: String
    /// Where its files lie.
    package let folder: String
  }

  package struct Settings: Codable, Sendable, Hashable {
    package let targets: [String]
    package let region: String?
    package let preprocessing: String?
    package let precision: String
    package let numbers: DatasetTask.NumberFormat
    package let saves: [DatasetTask.Saved]
    /// The program beside Limn that computes maps, with its version.
    package let runtime: String?
  }

  package struct Whole: Codable, Sendable, Hashable {
    package let pictures: Int
    /// The names of all pictures in their order, hashed.
    package let sha256: String
  }

  package struct Results: Codable, Sendable, Hashable {
    package let file: String
    package let bytes: Int
    package let sha256: String
  }

  init(_ task: DatasetTask, shard: Shard?) {
    let explainer = task.explainer
    network = Network(name: explainer.origin.name, sha256: task.networkHash, output: explainer.outputShape)
    methods = task.methods.map {
      Named(expression: $0.identifier, title: $0.title, folder: MethodFolder.name(of: $0.identifier))
    }
    metrics = task.metrics.map(\.identifier)
    settings = Settings(
      targets: task.targets, region: task.region, preprocessing: explainer.preprocessing?.summary,
      precision: explainer.precision == .bfloat16 ? "bf16" : "float32", numbers: task.numbers,
      saves: DatasetTask.Saved.allCases.filter(task.saves.contains), runtime: task.runtime)
    (fingerprint, self.shard, versions) = (task.fingerprint, shard, .current)
    set = Whole(pictures: 0, sha256: "")
    results = Results(file: "", bytes: 0, sha256: "")
  }

  static let name = "manifest.json"

  /// Reads a manifest; `nil` where there is none in the folder.
  ///
  /// - Throws: ``ExplainingError`` where it is damaged.
  init?(in folder: String) throws {
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(Self.name)") else { return nil }
    do { self = try JSONDecoder().decode(Self.self, from: data) } catch {
      throw ExplainingError(.data, "\(folder)/\(Self.name) is no manifest of results: run that part again")
    }
  }
}
