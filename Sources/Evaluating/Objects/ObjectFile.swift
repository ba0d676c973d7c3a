import Explaining
import Foundation

/// A JSON file that says where things are in photographs.
struct ObjectFile {
  private(set) var objects: [String: [MarkedObject]] = [:]
  private let path: String

  init(_ data: Data, named path: String) throws(ExplainingError) {
    self.path = path
    guard let content = try? JSONSerialization.jsonObject(with: data) else {
      throw ExplainingError(.data, "\(path) is no JSON file: give COCO's objects, or a folder of masks")
    }
    if let coco = content as? [String: Any], let marks = coco["annotations"] as? [[String: Any]] {
      try read(coco: coco, marks)
    } else if let list = content as? [[String: Any]] {
      try read(list: list)
    } else {
      throw ExplainingError(
        .data,
        "\(path) holds no objects: it has neither COCO's 'annotations' nor a list with a 'file' in each entry")
    }
  }

  private mutating func read(coco: [String: Any], _ marks: [[String: Any]]) throws(ExplainingError) {
    var names: [Int: String] = [:], files: [Int: String] = [:], extents: [Int: (width: Int, height: Int)] = [:]
    for category in coco["categories"] as? [[String: Any]] ?? [] {
      if let id = category["id"] as? Int, let name = category["name"] as? String { names[id] = name }
    }
    for image in coco["images"] as? [[String: Any]] ?? [] {
      guard let id = image["id"] as? Int, let name = image["file_name"] as? String else { continue }
      files[id] = name
      if let width = image["width"] as? Int, let height = image["height"] as? Int, width > 0, height > 0 {
        extents[id] = (width, height)
      }
    }
    for mark in marks {
      guard let image = mark["image_id"] as? Int, let file = files[image] else { continue }
      // A class that is said and not known is none that the network has.
      let category = (mark["category_id"] as? Int).flatMap { names[$0] } ?? mark["category_id"].map { "category \($0)" }
      try add(mark, to: file, called: category.map { [$0] } ?? [], extent: extents[image])
    }
  }

  private mutating func read(list: [[String: Any]]) throws(ExplainingError) {
    for entry in list {
      guard let file = (entry["file"] ?? entry["file_name"] ?? entry["image"]) as? String else {
        throw ExplainingError(.data, "\(path): an entry has no 'file', the name of its photograph")
      }
      try add(entry, to: file, called: Self.names(of: entry))
    }
  }

  /// What an entry calls its class: the network's own names before others, words before numbers.
  private static func names(of entry: [String: Any]) -> [String] {
    let keys =
      ["label", "class", "name", "category"]
      + entry.keys.filter { $0.hasSuffix("_name") && $0 != "file_name" || $0.hasSuffix("_label") }.sorted()
    let values = keys.compactMap { entry[$0] }
    let readable =
      values.compactMap { $0 as? String }.filter { !$0.isEmpty } + values.compactMap { $0 as? Int }.map(String.init)
    // A class that cannot be read is none that the network has.
    let others = values.filter { !($0 is NSNull) && $0 as? String != "" }.map { "\($0)" }
    return readable.isEmpty ? others : readable
  }

  private mutating func add(
    _ mark: [String: Any], to file: String, called names: [String], extent: (width: Int, height: Int)? = nil
  ) throws(ExplainingError) {
    let name = URL(fileURLWithPath: file).lastPathComponent
    guard let outline = try outline(of: mark, in: name) else {
      throw ExplainingError(.data, "\(path): an object in \(name) has neither a 'bbox' nor a 'segmentation'")
    }
    objects[name, default: []].append(MarkedObject(names: names, outline: outline, extent: extent))
  }

  private func outline(of mark: [String: Any], in name: String) throws(ExplainingError) -> MarkedObject.Outline? {
    if let runs = mark["segmentation"] as? [String: Any] {
      guard let size = runs["size"] as? [Int], size.count == 2, let mask = Self.runs(runs["counts"], size) else {
        throw ExplainingError(.data, "\(path): the run lengths of an object in \(name) do not fill its 'size'")
      }
      return .runs(mask)
    }
    let polygons = mark["segmentation"].map { Self.lists(in: $0) { $0.count >= 6 && $0.count % 2 == 0 } } ?? []
    if !polygons.isEmpty { return .polygons(polygons) }
    let boxKey = mark.keys.sorted().first { $0.hasPrefix("bbox") }
    let boxes = boxKey.flatMap { mark[$0] }.map { Self.lists(in: $0) { $0.count == 4 } } ?? []
    return boxes.isEmpty ? nil : .boxes(boxes)
  }

  private static func runs(_ counts: Any?, _ size: [Int]) -> RunLengths? {
    // COCO gives the height first.
    if let numbers = counts as? [Int] { return RunLengths(width: size[1], height: size[0], counts: numbers) }
    return (counts as? String).flatMap { RunLengths(width: size[1], height: size[0], text: $0) }
  }

  /// The innermost lists of numbers, however deep they lie.
  private static func lists(in value: Any, where isRight: ([Double]) -> Bool) -> [[Double]] {
    guard let list = value as? [Any] else { return [] }
    let numbers = list.compactMap { ($0 as? NSNumber)?.doubleValue }
    if numbers.count == list.count { return isRight(numbers) && numbers.allSatisfy(\.isFinite) ? [numbers] : [] }
    return list.flatMap { lists(in: $0, where: isRight) }
  }
}
