import Foundation
import TestSupport
import Testing
import Tokenizers

/// Texts as tokens, against Hugging Face's library and SentencePiece; `Tests/Tools/tokenizer_cases.py` made the files.
@Suite struct TokenizerTests {
  struct Expected: Decodable {
    let text: String
    let tokens: [Int]
  }

  static let cases = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/Tokenizers")

  private static func expected(_ name: String) throws -> [Expected] {
    try JSONDecoder().decode(
      [Expected].self, from: Data(contentsOf: cases.appendingPathComponent("\(name)/expected.json")))
  }

  @Test(arguments: [("clip", 77), ("spiece", 64), ("unigram", 64), ("gemma", 64)])
  func `every text has the library's tokens`(name: String, limit: Int) throws {
    let tokenizer = try Tokenizer(inFolder: Self.cases.appendingPathComponent(name).path)
    let expected = try Self.expected(name)
    #expect(expected.count > 30)
    for line in expected {
      #expect(try tokenizer.tokens(of: line.text, limit: limit).tokens == line.tokens, "\(name): \(line.text)")
    }
  }

  @Test func `CLIP's two older files say the same as the one`() throws {
    let folder = try TemporaryFolder()
    for name in ["vocab.json", "merges.txt"] {
      try folder.write(Data(contentsOf: Self.cases.appendingPathComponent("clip/\(name)")), to: name)
    }
    let tokenizer = try Tokenizer(inFolder: folder.url.path)
    for line in try Self.expected("clip") {
      #expect(try tokenizer.tokens(of: line.text, limit: 77).tokens == line.tokens, "\(line.text)")
    }
    #expect(try tokenizer.padding.token == tokenizer.tokens(of: "", limit: 77).tokens[1] && !tokenizer.padding.isLeft)
  }

  @Test func `what is too long is cut before the mark of the end, and counted`() throws {
    let tokenizer = try Tokenizer(inFolder: Self.cases.appendingPathComponent("clip").path)
    let whole = try tokenizer.tokens(of: "a photo of a dog", limit: 77)
    let cut = try tokenizer.tokens(of: "a photo of a dog", limit: whole.tokens.count - 2)
    #expect(whole.cut == 0 && cut.cut == 2)
    #expect(cut.tokens == whole.tokens.dropLast(3) + whole.tokens.suffix(1))
    #expect(throws: TokenizerError.self) { try tokenizer.tokens(of: String(repeating: "a", count: 30_000), limit: 77) }
  }

  @Test func `pieces that differ in bytes alone are different pieces`() throws {
    let json = #"{"a": "\u00e9", "vocab": {"é": 1, "e\u0301": 2, "😀": 3, "\ud83d\ude01": 4}}"#
    let members = try #require(try ByteJSON(Array(json.utf8))["vocab"].members)
    #expect(members.map(\.value.integer) == [1, 2, 3, 4] && Set(members.map(\.key)).count == 4)
    #expect(try ByteJSON(Array(json.utf8))["a"].bytes == [0xC3, 0xA9])
    for damaged in ["", "{", "[1,", "{\"a\" 1}", "nul", "[1] 2", "\"\\u12\"", String(repeating: "[", count: 99)] {
      #expect(throws: TokenizerError.self, "\(damaged)") { try ByteJSON(Array(damaged.utf8)) }
    }
  }

  @Test(arguments: [
    (#"{"model": {"type": "WordPiece", "vocab": {}}}"#, "WordPiece"),
    (#"{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": ["a b"]}}"#, "the pair 'a b'"),
    (#"{"model": {"type": "BPE", "vocab": {}, "merges": []}, "normalizer": {"type": "Nmt"}}"#, "cleaning 'Nmt'"),
    (#"{"model": {"type": "BPE", "vocab": {}, "merges": []}, "pre_tokenizer": {"type": "Bert"}}"#, "'Bert'"),
    (#"{"model": {"type": "Unigram", "vocab": [["a", 0]]}}"#, "unknown"), ("{", "JSON"),
  ])
  func `what cannot be read is named`(json: String, part: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(json, to: "tokenizer.json")
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(inFolder: folder.url.path) }
    #expect("\(error!)".contains(part) && "\(error!)".contains("tokenizer.json"), "\(error!)")
  }

  @Test func `a folder without a tokenizer says what one would be`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(inFolder: folder.url.path) }
    #expect("\(error!)".contains("spiece.model") && !Tokenizer.isIn(folder: folder.url.path))
    try folder.write([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], to: "spiece.model")
    #expect(throws: TokenizerError.self) { try Tokenizer(inFolder: folder.url.path) }
  }
}
