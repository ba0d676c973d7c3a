import FileKinds
public import Foundation
import Yams

/// The names of classes as people's files hold them, and what was made of the file.
///
/// Read are: one name per line; JSON, YAML and Python literals, whether lists, maps from index to name or from name to
/// index, Keras' `imagenet_class_index.json`, Hugging Face's `id2label`, Ultralytics' `names`, COCO's `categories` and
/// lists of records with names; tables of comma-, semicolon- or tab-separated values; TensorFlow's label maps.
public struct LabelsFile: Hashable, Sendable {
  /// In the order of the network's outputs.
  public let names: [String]
  /// The lines as they stand in a file of lines, which name classes too; empty for other files.
  public private(set) var lines: [String] = []
  /// What people should know about how the file was read, as clauses.
  public private(set) var remarks: [String] = []

  /// Reads the file's content.
  ///
  /// - Throws: ``LabelsFault``, whose sentence follows the file's name.
  public init(_ data: Data) throws(LabelsFault) {
    guard let decoded = DecodedText(data) else {
      throw Self.refusal(data)
    }
    let text = decoded.text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    if let refusal = Self.refusal(text) { throw refusal }
    if text.contains("item {") || text.contains("item{"), let map = LabelMap(text) {
      self.init(names: map.names, remarks: map.remarks)
    } else if let structured = try LabelTree(text) {
      self.init(names: structured.names, remarks: structured.remarks)
    } else if let table = LabelTable(text) {
      self.init(names: table.names, remarks: table.remarks)
    } else {
      let plain = LabelLines(text)
      self.init(names: plain.names, lines: plain.lines, remarks: plain.remarks)
    }
    if let remark = decoded.remark { remarks.append(remark) }
    guard !names.isEmpty else {
      throw .init("names no classes: give a text file with one name per line")
    }
  }

  /// What a file is that holds no text.
  private static func refusal(_ data: Data) -> LabelsFault {
    let kind = data.withUnsafeBytes { FileKind(of: $0) }
    switch kind.use {
    case .picture: return .init("is \(kind.rawValue): give it as the image, and as labels a text with the names")
    case .array,
      .model where kind == .pickle:
      return .init("is \(kind.rawValue): write the names in it to a text file, one per line, in Python")
    case .model: return .init("is \(kind.rawValue): give it as the model, and as labels a text with the names")
    default:
      let words = kind == .unknown ? "holds no text" : "is \(kind.rawValue)"
      return .init("\(words): give a text file with one name per line")
    }
  }

  /// What a text is that is written for something else than names; a list whose first line begins as markup is none.
  private static func refusal(_ text: String) -> LabelsFault? {
    let kind = Array(text.utf8).withUnsafeBytes { FileKind(markedIn: $0) }
    switch kind {
    case .web: return .init("is a web page: download the file itself rather than the page that shows it")
    case .largeFilePointer: return .init("is a Git LFS pointer: fetch the file itself with `git lfs pull`")
    case .xml where text.contains("</"), .svg:
      return .init("is \(kind?.rawValue ?? ""): give a text file with one name per line")
    default: return nil
    }
  }

  /// The names in one line that holds all of them, `cat,dog,owl`; `nil` where no separator parts it into `count`.
  public static func parted(_ line: String, into count: Int) -> [String]? {
    guard count > 1 else { return nil }
    for separator in [",", ";", "|", "\t", " "] as [Character] {
      let names = line.split(separator: separator).map { $0.trimmingCharacters(in: .whitespaces) }
      if names.count == count, !names.contains("") { return names }
    }
    return nil
  }

  private init(names: [String], lines: [String] = [], remarks: [String] = []) {
    (self.names, self.lines, self.remarks) = (names, lines, remarks)
  }
}

/// Why a file's names cannot be used, as words that follow the file's name.
public struct LabelsFault: Error, Hashable {
  /// The words, with the remedy.
  public let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// TensorFlow's label maps: `item { id: 1 name: 'cat' }`.
struct LabelMap {
  let names: [String]
  var remarks: [String] = []

  init?(_ text: String) {
    var entries: [Int: String] = [:]
    for item in text.matches(of: /item\s*\{([^}]*)\}/) {
      guard let id = item.1.firstMatch(of: /\bid\s*:\s*(\d+)/).flatMap({ Int($0.1) }),
        let name = item.1.firstMatch(of: /display_name\s*:\s*["']([^"']*)["']/)?.1
          ?? item.1.firstMatch(of: /\bname\s*:\s*["']([^"']*)["']/)?.1
      else { return nil }
      entries[id] = String(name)
    }
    guard let indexed = IndexedNames(entries) else { return nil }
    (names, remarks) = (indexed.names, indexed.remarks)
  }
}

/// Names by their index, put in order.
struct IndexedNames {
  let names: [String]
  var remarks: [String] = []

  /// `nil` where there are none, or an index is negative or far beyond the number of names.
  init?(_ entries: [Int: String]) {
    guard let least = entries.keys.min(), let greatest = entries.keys.max(), least >= 0,
      greatest < max(2 * entries.count, 128)
    else { return nil }
    let first = least == 1 && entries[0] == nil ? 1 : 0
    names = (first...greatest).map { entries[$0] ?? "class \($0)" }
    if first == 1 {
      remarks.append("the names are numbered from 1, and the first is taken for output 0")
    }
    let gaps = names.count - entries.count
    if gaps > 0 { remarks.append("\(gaps) numbers between the names have none") }
  }
}
