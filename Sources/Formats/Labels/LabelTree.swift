import Foundation
import Yams

/// Names in JSON, YAML or a Python literal, all of which a reader of YAML reads.
struct LabelTree {
  let names: [String]
  var remarks: [String] = []

  /// `nil` where the text is none of these; it is then read as lines.
  ///
  /// - Throws: `LabelsFault` where it is plainly meant to be one but holds no names.
  init?(_ text: String) throws(LabelsFault) {
    let start = text.first { !$0.isWhitespace }
    let isBracketed = start == "{" || start == "["
    guard isBracketed || text.contains(/(?m)^\s*(- |[\w"' -]+:(\s|$))/) else { return nil }
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch {
      guard isBracketed else { return nil }
      throw .init("looks like JSON and cannot be read as such: mend it, or give one name per line")
    }
    guard let node, node.scalar == nil, let found = LabelTree.search(node, depth: 0) else {
      guard isBracketed else { return nil }
      throw .init(
        "is JSON without names where they are looked for: a list of names, a map such as {\"0\": \"cat\"}, or one under "
          + "'id2label', 'names', 'classes', 'labels' or 'categories'")
    }
    self = found
  }

  private init(names: [String], remarks: [String] = []) {
    (self.names, self.remarks) = (names, remarks)
  }

  private static let keys = [
    "id2label", "names", "label_names", "labels", "classes", "class_names", "categories",
    "label2id", "class_to_idx",
    "label", "features", "info",
  ]

  /// The names in a node, or under one of the usual keys in it.
  private static func search(_ node: Node, depth: Int) -> LabelTree? {
    guard depth < 6 else { return nil }
    if let mapping = node.mapping {
      for key in keys {
        if let inner = mapping[Node(key)], inner.scalar == nil,
          let found = search(inner, depth: depth + 1)
        {
          return found
        }
      }
      return names(in: mapping)
    }
    guard let sequence = node.sequence else { return nil }
    if sequence.count == 1, sequence[0].scalar == nil {
      return search(sequence[0], depth: depth + 1)
    }
    let names = sequence.compactMap(name)
    guard names.count == sequence.count, !names.isEmpty else { return nil }
    // Records with numbers of their own, as COCO's categories, go by these.
    let numbers = sequence.compactMap { record in
      ["id", "index", "idx", "class_id"].lazy.compactMap { record.mapping?[Node($0)]?.scalar }.first
        .flatMap { Int($0.string) }
    }
    guard numbers.count == names.count, Set(numbers).count == names.count else {
      return LabelTree(names: names)
    }
    let ordered = zip(numbers, names).sorted { $0.0 < $1.0 }
    let (first, last) = (ordered[0].0, ordered[ordered.count - 1].0)
    var remarks: [String] = []
    if last - first + 1 != names.count {
      remarks.append(
        "its numbers run from \(first) to \(last) with gaps, and the names are taken in their order"
      )
    } else if first != 0 {
      remarks.append("the names are numbered from \(first), and the first is taken for output 0")
    }
    return LabelTree(names: ordered.map(\.1), remarks: remarks)
  }

  /// A map from index to name or from name to index.
  private static func names(in mapping: Node.Mapping) -> LabelTree? {
    var (byIndex, byName): ([Int: String], [Int: String]) = ([:], [:])
    for (key, value) in mapping {
      guard let key = key.scalar?.string else { return nil }
      if let index = Int(key), let name = name(value) { byIndex[index] = name }
      if let index = value.scalar.flatMap({ Int($0.string) }) { byName[index] = key }
    }
    let count = mapping.count
    // Names that are numbers themselves: what counts up from 0 is the index.
    let entries = byIndex.count == count ? byIndex : byName.count == count ? byName : [:]
    guard let indexed = IndexedNames(entries) else { return nil }
    return LabelTree(names: indexed.names, remarks: indexed.remarks)
  }

  /// A name: a text, the second of Keras' `["n01440764", "tench"]`, or a record's.
  private static func name(_ node: Node) -> String? {
    if let scalar = node.scalar { return scalar.string }
    if let sequence = node.sequence {
      let texts = sequence.compactMap { $0.scalar?.string }
      return texts.first { $0.wholeMatch(of: /n\d{8}/) == nil }
    }
    guard let mapping = node.mapping else { return nil }
    return ["display_name", "name", "label", "class_name", "class", "title", "text"].lazy
      .compactMap { mapping[Node($0)]?.scalar?.string }.first
  }
}
