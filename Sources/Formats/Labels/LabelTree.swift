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
    let text = Self.withoutAssignment(text)
    let start = text.first { !$0.isWhitespace }
    let isBracketed = (start == "{" || start == "[") && !Self.isLinesInBrackets(text)
    guard isBracketed || text.contains(/(?m)^\s*(- |[\w"' -]+:(\s|$))/) else { return nil }
    guard let node = Self.node(text) else {
      guard isBracketed else { return nil }
      throw .init("looks like JSON and cannot be read as such: mend it, or give one name per line")
    }
    guard node.scalar == nil, let found = LabelTree.search(node, depth: 0) else {
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
    "id2label", "names", "label_names", "labels", "classes", "class_names", "categories", "vocab", "label2id",
    "class_to_idx", "class_indices", "class_label", "dtype", "label", "features", "dataset_info", "info",
  ]

  /// The names in a node, or under one of the usual keys in it.
  private static func search(_ node: Node, under key: String? = nil, depth: Int) -> LabelTree? {
    guard depth < 8 else { return nil }
    if let mapping = node.mapping {
      for (place, key) in keys.enumerated() {
        guard let inner = mapping[Node(key)], inner.scalar == nil,
          var found = search(inner, under: key, depth: depth + 1)
        else { continue }
        // A file may say it twice: `id2label` and `label2id`.
        for other in keys[(place + 1)...] {
          guard let second = mapping[Node(other)].flatMap({ search($0, under: other, depth: depth + 1) }),
            second.names.count == found.names.count, second.names != found.names
          else { continue }
          found.remarks.append("its '\(other)' contradicts '\(key)', which is followed")
          break
        }
        return found
      }
      return names(in: mapping, under: key)
    }
    guard let sequence = node.sequence else { return nil }
    // A data set's columns, of which one is the label.
    if let column = sequence.first(where: { $0.mapping?[Node("dtype")]?.mapping?[Node("class_label")] != nil }) {
      return search(column, depth: depth + 1)
    }
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

  /// A map from index to name or from name to index, which its key may tell.
  ///
  /// Where names are numbers themselves, what counts up is the index; where both do, plain numbers are rather than
  /// quoted ones.
  private static func names(in mapping: Node.Mapping, under parent: String?) -> LabelTree? {
    var (byIndex, byName): ([Int: String], [Int: String]) = ([:], [:])
    var areValuesPlain = true
    for (key, value) in mapping {
      guard let keyScalar = key.scalar else { return nil }
      if let index = Int(keyScalar.string), let name = name(value) { byIndex[index] = name }
      if let scalar = value.scalar, let index = Int(scalar.string) {
        byName[index] = keyScalar.string
        areValuesPlain = areValuesPlain && scalar.style == .plain && keyScalar.style != .plain
      }
    }
    func countsUp(_ entries: [Int: String]) -> Bool {
      (0...1).contains { Set(entries.keys) == Set($0..<$0 + mapping.count) }
    }
    let isByName: Bool
    switch (parent ?? "", byIndex.count == mapping.count, byName.count == mapping.count) {
    case (_, true, false): isByName = false
    case (_, false, true): isByName = true
    case (_, false, false): return nil
    case ("label2id", _, _), ("class_to_idx", _, _), ("class_indices", _, _): isByName = true
    case ("id2label", _, _): isByName = false
    default: isByName = countsUp(byName) && (areValuesPlain || !countsUp(byIndex))
    }
    guard let indexed = IndexedNames(isByName ? byName : byIndex) else { return nil }
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
