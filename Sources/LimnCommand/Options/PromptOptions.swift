import Foundation
import Images

/// What `--classes` was given: an array of vectors, a file of texts, or texts.
struct PromptOptions {
  private let words: [String]

  init(_ words: [String]) { self.words = words }

  /// The array's file.
  var vectors: String? {
    words.first { $0.lowercased().hasSuffix(".npy") }
  }

  /// The texts, those of a file among them.
  ///
  /// - Throws: A failure of usage where a file is among them that cannot be meant, or none is left.
  func texts() throws -> [String] {
    guard vectors == nil else {
      guard words.count == 1 else {
        throw Failure.usage("--classes takes an array of vectors or texts, and everything up to the next option")
      }
      return []
    }
    return try words.flatMap { word -> [String] in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: word, isDirectory: &isFolder) else { return [word] }
      guard !isFolder.boolValue, let data = FileManager.default.contents(atPath: word), data.count < 8 << 20,
        let text = String(data: data, encoding: .utf8), !text.contains("\0")
      else {
        throw Failure.usage(
          "--classes takes everything up to the next option for texts, '\(word)' too, which is a file of another kind: put "
            + "photographs before it")
      }
      let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
      guard !lines.isEmpty else { throw Failure.usage("--classes \(word): the file has no line with a text") }
      return lines
    }
  }
}
