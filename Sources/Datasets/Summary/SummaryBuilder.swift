import AttributionKit
import Explaining
import Foundation
import Images
import Reporting
import Tensors

/// Sums up maps as pictures come: of each class a mean and some of the maps, of all pictures the most remarkable.
///
/// Holds no more than a number of maps that does not grow with the set.
struct SummaryBuilder {
  private let folder: ResultFolder
  private let methods: [String]
  private var classes: [String: ClassMaps] = [:]
  private var focused = Extremes(greatest: true), scattered = Extremes(greatest: false)
  private var disputed = Extremes(greatest: true)
  private var held = 0

  /// The most maps of a class that are looked at for lots, and of all classes.
  private static let mapsPerClass = 96, maps = 24_000

  private struct ClassMaps {
    let index: Int?
    let name: String
    var count = 0
    var sum = [Float](repeating: 0, count: CoarseMap.side * CoarseMap.side)
    /// Those with the least keys, which are hashes: a sample that does not depend on the order.
    var sample: [(key: String, map: [Float], picture: SummaryReport.Remarkable)] = []
  }

  /// The pictures with the greatest values, or with the least.
  private struct Extremes {
    let sign: Float
    private(set) var pictures: [SummaryReport.Remarkable] = []

    init(greatest: Bool) { sign = greatest ? 1 : -1 }

    mutating func offer(_ picture: SummaryReport.Remarkable) {
      guard picture.value.isFinite else { return }
      let sign = sign
      let all = (pictures + [picture]).sorted { (-sign * $0.value, $0.index) < (-sign * $1.value, $1.index) }
      pictures = Array(all.prefix(12))
    }
  }

  /// Of the methods, the first that is no control is summed up; controls are not asked whether they agree.
  init(_ folder: ResultFolder, _ methods: [MethodExpression]) {
    self.folder = folder
    let asked = methods.filter { method in method.descriptors.contains { $0.family != .controls } }
    self.methods = (asked.isEmpty ? methods : asked).map(\.identifier)
  }

  mutating func add(_ line: ResultLine) {
    guard case .explained(let record, _, _) = line.outcome, let target = record.targets.first else { return }
    let maps = methods.map { method -> Tensor? in
      guard let file = target.methods.first(where: { $0.method == method })?.map,
        let data = folder.contents(of: file.file)
      else { return nil }
      return try? NumPyFile.decode([UInt8](data), named: file.file)
    }
    guard let first = maps.first.flatMap({ $0 }).flatMap({ CoarseMap(of: $0) }) else { return }
    let name =
      target.target.label ?? target.target.side ?? target.target.index.map { "class \($0)" } ?? target.target.expression
    func picture(_ value: Float) -> SummaryReport.Remarkable {
      SummaryReport.Remarkable(
        index: line.index, image: line.image, name: name, value: value, thumbnail: target.thumbnail?.file)
    }
    keep(first, record.key, target.target.index, name, picture(first.focus))
    focused.offer(picture(first.focus))
    scattered.offer(picture(first.focus))
    let coarse = maps.compactMap { $0 }.compactMap { CoarseMap(of: $0)?.values }
    if let agreement = Self.agreement(coarse) { disputed.offer(picture(1 - agreement)) }
  }

  private mutating func keep(
    _ map: CoarseMap, _ key: String, _ index: Int?, _ name: String, _ picture: SummaryReport.Remarkable
  ) {
    var own = classes[name] ?? ClassMaps(index: index, name: name)
    own.count += 1
    for place in own.sum.indices { own.sum[place] += map.values[place] }
    if map.values.contains(where: { $0 > 0 }) {
      let limit = min(Self.mapsPerClass, own.sample.count + max(0, Self.maps - held))
      let place = own.sample.firstIndex { $0.key > key } ?? own.sample.count
      if place < limit {
        own.sample.insert((key, map.values, picture), at: place)
        held += 1
        if own.sample.count > limit {
          own.sample.removeLast()
          held -= 1
        }
      }
    }
    classes[name] = own
  }

  /// The mean rank correlation of all pairs; `nil` of fewer than two.
  private static func agreement(_ maps: [[Float]]) -> Float? {
    var similarities: [Float] = []
    for i in maps.indices {
      for j in maps.indices where j > i {
        if let similarity = Correlation.spearman(maps[i], maps[j]) { similarities.append(similarity) }
      }
    }
    return similarities.isEmpty ? nil : similarities.reduce(0, +) / Float(similarities.count)
  }

  /// What all of it comes to; neighbours are found by the features in the list of all results.
  func summary(_ lines: String) throws -> SummaryReport {
    let ordered = classes.values.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
    var split = ordered.compactMap(Self.split).sorted { $0.separation > $1.separation }
    var (focused, scattered, disputed) = (focused.pictures, scattered.pictures, disputed.pictures)
    let asked =
      (focused + scattered + disputed).map(\.index) + split.flatMap { $0.lots.flatMap { $0.pictures.map(\.index) } }
    let neighbors = try Neighbors(of: Set(asked), in: lines, folder)
    func told(_ pictures: [SummaryReport.Remarkable]) -> [SummaryReport.Remarkable] {
      pictures.map { picture in
        var picture = picture
        picture.nearest = neighbors.nearest[picture.index]
        return picture
      }
    }
    (focused, scattered, disputed) = (told(focused), told(scattered), told(disputed))
    split = split.map { one in
      SummaryReport.SplitClass(
        index: one.index, name: one.name, separation: one.separation, eigenvalues: one.eigenvalues,
        lots: one.lots.map { SummaryReport.Lot(maps: $0.maps, mean: $0.mean, pictures: told($0.pictures)) })
    }
    return SummaryReport(
      method: methods.first ?? "",
      classes: ordered.map {
        SummaryReport.ClassSummary(
          index: $0.index, name: $0.name, pictures: $0.count, mean: Self.scaled($0.sum, by: Float($0.count)))
      }, split: split, mostFocused: focused, leastFocused: scattered, mostDisputed: disputed)
  }

  private static func scaled(_ sum: [Float], by count: Float) -> [Float] { sum.map { $0 / max(count, 1) } }

  /// The lots of a class, where there are two.
  private static func split(_ own: ClassMaps) -> SummaryReport.SplitClass? {
    guard let clusters = MapClusters(own.sample.map(\.map)) else { return nil }
    let lots = (0..<2).map { lot -> SummaryReport.Lot in
      let members = own.sample.indices.filter { clusters.lots[$0] == lot }
      var sum = [Float](repeating: 0, count: CoarseMap.side * CoarseMap.side)
      for member in members { for place in sum.indices { sum[place] += own.sample[member].map[place] } }
      func typicality(_ member: Int) -> Float { zip(own.sample[member].map, sum).reduce(0) { $0 + $1.0 * $1.1 } }
      let typical = members.sorted { (typicality($1), $0) < (typicality($0), $1) }
      return SummaryReport.Lot(
        maps: members.count, mean: scaled(sum, by: Float(members.count)),
        pictures: typical.prefix(4).map { own.sample[$0].picture })
    }
    return SummaryReport.SplitClass(
      index: own.index, name: own.name, separation: clusters.separation, eigenvalues: clusters.eigenvalues, lots: lots)
  }
}

/// The pictures that the network sees most alike, for some of a set.
struct Neighbors {
  private(set) var nearest: [Int: [SummaryReport.Neighbor]] = [:]

  /// Finds the neighbours of those asked for, in the list of all results.
  init(of asked: Set<Int>, in lines: String, _ folder: ResultFolder) throws {
    var features: [Int: [Float]] = [:]
    try Self.forEach(in: lines, folder) { line, own in if asked.contains(line.index) { features[line.index] = own } }
    try Self.forEach(in: lines, folder) { line, own in
      for (index, other) in features where index != line.index {
        guard let similarity = Correlation.cosine(own, other) else { continue }
        let neighbor = SummaryReport.Neighbor(index: line.index, image: line.image, similarity: similarity)
        nearest[index, default: []].append(neighbor)
        nearest[index]?.sort { ($1.similarity, $0.index) < ($0.similarity, $1.index) }
        if nearest[index]?.count ?? 0 > 4 { nearest[index]?.removeLast() }
      }
    }
  }

  private static func forEach(
    in lines: String, _ folder: ResultFolder, _ body: (ResultLine, [Float]) -> Void
  ) throws {
    let reader = try FileDescriptorReader(lines) { false }
    while let text = try reader.next() {
      let line = try ResultLine(text)
      guard case .explained(let record, _, _) = line.outcome, let file = record.features,
        let data = folder.contents(of: file.file),
        let tensor = try? NumPyFile.decode([UInt8](data), named: file.file)
      else { continue }
      body(line, tensor.scalars)
    }
  }
}
