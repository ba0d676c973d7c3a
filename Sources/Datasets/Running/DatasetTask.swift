package import AttributionKit
package import Evaluating
package import Explaining
import Foundation
import Images
package import Reporting

/// What is done with every picture of a data set.
package struct DatasetTask: Sendable {
  package let explainer: Explainer
  package let methods: [MethodExpression]
  package let metrics: [MetricExpression]
  /// What is asked; `nil` for the classes of the objects that are marked.
  package let question: Question?
  /// The targets as they were written.
  package let targets: [String]
  package let region: String?
  package let marked: MarkedObjects?
  package let saves: Set<Saved>
  package let numbers: NumberFormat
  package let style: DrawingStyle
  /// The network's file, hashed.
  package let networkHash: String
  /// What decides the results, but for the pictures, hashed.
  package let fingerprint: String
  /// The program beside Limn that computes maps, with its version; `nil` where there is none.
  package var runtime: String?

  /// What is kept of a picture.
  package enum Saved: String, CaseIterable, Sendable, Codable {
    /// Each map as an array.
    case npy
    /// All maps of a method in one store.
    case zarr
    /// Each map over its photograph.
    case overlays
    /// A contact sheet.
    case report
    /// What all pictures show together.
    case summary

    /// Whether it is made of what is kept of pictures, and decides nothing of that.
    var isMadeOfOthers: Bool { self == .zarr || self == .summary }
  }

  /// How maps are stored.
  package enum NumberFormat: String, CaseIterable, Sendable, Codable {
    case float32, float16

    var bytes: Int { self == .float32 ? 4 : 2 }
    var type: String { self == .float32 ? "<f4" : "<f2" }
  }

  /// - Parameters:
  ///   - explainer: the network, which computes on one thread.
  ///   - methods: what explains each picture.
  ///   - metrics: what judges the maps.
  ///   - question: what is asked; `nil` for the classes of the objects that are marked.
  ///   - targets: the targets as they were written.
  ///   - region: of a segmentation, the region as it was written.
  ///   - marked: where objects are.
  ///   - saves: what is kept.
  ///   - numbers: how maps are stored.
  ///   - style: how maps are drawn.
  ///   - networkHash: the network's file, hashed.
  ///   - identity: whatever else decides the results and is known to the caller alone: options as they were written.
  package init(
    _ explainer: Explainer, methods: [MethodExpression], metrics: [MetricExpression], question: Question?,
    targets: [String], region: String?, marked: MarkedObjects?, saves: Set<Saved>, numbers: NumberFormat,
    style: DrawingStyle, networkHash: String, identity: [String]
  ) {
    (self.explainer, self.methods, self.metrics, self.question) = (explainer, methods, metrics, question)
    (self.targets, self.region, self.marked, self.numbers) = (targets, region, marked, numbers)
    let saves = saves.contains(where: \.isMadeOfOthers) ? saves.union([.npy]) : saves
    self.saves = saves
    (self.style, self.networkHash) = (style, networkHash)
    let preprocessing = explainer.preprocessing.map { "\($0)" } ?? ""
    fingerprint = SHA256.hex(
      of: ([
        "limn \(Report.Versions.current.limn)", "oneDNN \(Report.Versions.current.oneDNN)", networkHash, preprocessing,
        "\(explainer.precision)", "\(explainer.outputShape)", explainer.layer ?? "",
        "\(question?.score ?? explainer.score)",
        region ?? "", numbers.rawValue, "\(style)",
      ] + methods.map(\.identifier) + ["by"] + metrics.map(\.identifier) + ["of"] + targets + ["kept"]
        + Saved.allCases.filter { $0 != .zarr && saves.contains($0) }.map(\.rawValue) + identity)
        .joined(separator: "\n"))
  }
}

extension DatasetTask {
  /// What a picture's results are named by.
  func key(of entry: DatasetEntry, _ bytes: [UInt8], _ objects: [MarkedObject]) throws -> String {
    var hash = SHA256()
    hash.update(fingerprint + entry.form + "\n")
    hash.update(SHA256.hex(of: bytes))
    hash.update("\n\(entry.columns.target ?? "")\n")
    for object in objects {
      hash.update(object.identity)
      if let path = object.maskPath { hash.update(try fileBytes(at: path)) }
    }
    return String(hash.hex().prefix(32))
  }

  /// The objects in a picture: those its own line marks, or else those marked for all.
  func objects(in entry: DatasetEntry) throws -> [MarkedObject] {
    var own: [MarkedObject] = []
    if let box = entry.columns.box {
      let numbers = box.split(separator: ",").map { Double($0.trimmed) }
      guard numbers.count == 4, let corners = Optional(numbers.compactMap { $0 }), corners.count == 4,
        corners[2] > corners[0], corners[3] > corners[1]
      else {
        throw ExplainingError(
          .data, "\(entry.name): the box '\(box)' is not left,top,right,bottom in pixels", about: .region)
      }
      own.append(MarkedObject(box: corners))
    }
    if let mask = entry.columns.mask {
      try InputFile.check(mask, as: "mask")
      own.append(MarkedObject(mask: mask))
    }
    return own.isEmpty ? marked?.objects(in: Picture(entry.name)) ?? [] : own
  }

  /// What is asked about a picture.
  func question(about entry: DatasetEntry, _ objects: [MarkedObject]) throws -> Question? {
    guard let target = entry.columns.target else {
      return question ?? (objects.isEmpty ? Question() : nil)
    }
    var own = question ?? Question()
    own.targets = [try TargetExpression(target)]
    return own
  }
}
