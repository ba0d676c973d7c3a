import Foundation
import Tensors
import Testing

/// `limn pipe`, as another program speaks with it; Tests/Tools/check_python.py tries the module that does.
@Suite struct PipeTests {
  let folder: Folder
  let talk: Conversation

  init() throws {
    folder = try Folder()
    talk = try Conversation(in: folder)
  }

  /// A running `limn pipe`.
  final class Conversation {
    let process = Process()
    private let input = Pipe(), output = Pipe()
    private var number = 0

    init(in folder: Folder) throws {
      process.executableURL = Command.executable
      process.arguments = ["pipe"]
      process.currentDirectoryURL = folder.url
      (process.standardInput, process.standardOutput) = (input, output)
      process.standardError = FileHandle.nullDevice
      try process.run()
    }

    deinit { end() }

    func end() {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }

    /// The answer to a request, with its frames.
    func ask(_ action: String, _ fields: [String: Any] = [:], frames: [Data] = []) throws -> (
      body: [String: Any], frames: [Data]
    ) {
      number += 1
      let message = fields.merging(["id": number, "action": action, "frames": frames.map(\.count)]) { given, _ in given
      }
      let text = try JSONSerialization.data(withJSONObject: message)
      let head = withUnsafeBytes(of: UInt32(text.count).littleEndian) { Data($0) }
      for part in [head, text] + frames { try input.fileHandleForWriting.write(contentsOf: part) }
      let length = try read(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      let reply = try #require(JSONSerialization.jsonObject(with: read(length)) as? [String: Any])
      #expect(reply["id"] as? Int == number)
      let counts = try #require(reply["frames"] as? [Int])
      return (try #require(reply["body"] as? [String: Any]), try counts.map(read))
    }

    private func read(_ count: Int) throws -> Data {
      var data = Data()
      while data.count < count {
        guard let more = try output.fileHandleForReading.read(upToCount: count - data.count), !more.isEmpty else {
          throw CocoaError(.fileReadUnknown)
        }
        data += more
      }
      return data
    }
  }

  @Test func `an explanation's numbers are the command's`() throws {
    let model = try talk.ask("open").body
    #expect(model["title"] as? String != nil)
    let answer = try talk.ask(
      "explain",
      ["model": model["number"] ?? 0, "images": [["name": "house"]], "arguments": ["--methods=grad-cam,gradient"]])
    let results = try #require(answer.body["results"] as? [[String: Any]])
    let entries = try #require(results.first?["entries"] as? [[String: Any]])
    #expect(entries.map { $0["method"] as? String } == ["grad-cam", "gradient"] && answer.frames.count == 2)
    #expect(try Command.run(["explain", "house", "-o", "map.npy"], in: folder).status == 0)
    let expected = try folder.array("map.npy")
    let values = answer.frames[0].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    #expect(values == expected.scalars && entries[0]["shape"] as? [Int] == expected.shape)
    let page = try talk.ask("render", ["results": [results[0]["number"] ?? 0], "path": "a.html", "call": "mine()"])
    #expect(page.frames[0].starts(with: Data("<!doctype html>".utf8)))
    #expect(String(decoding: page.frames[0], as: UTF8.self).contains(#""command":"mine()""#))
  }

  @Test func `what cannot be done is said, and the next request is met`() throws {
    let model = try talk.ask("open").body
    for (action, fields, status, words) in [
      ("open", ["arguments": ["--model=nosuch.onnx"]], 66, "nosuch.onnx"),
      ("open", ["arguments": ["--fit=sideways"]], 64, "sideways"),
      ("explain", ["model": 99, "images": []], 64, "has been closed"),
      (
        "explain", ["model": model["number"] ?? 0, "images": [["name": "house"]], "arguments": ["--methods=grad-kam"]],
        64,
        "did you mean"
      ),
      ("render", ["results": [99], "path": "a.html"], 64, "has been released"),
      (
        "predict", ["model": model["number"] ?? 0, "images": [["name": "x", "frame": 0, "shape": [2, 2]]]], 70,
        "no pixels"
      ),
    ] as [(String, [String: Any], Int, String)] {
      let answer = try talk.ask(action, fields).body
      #expect(
        answer["status"] as? Int == status && (answer["problem"] as? String)?.contains(words) == true, "\(answer)")
    }
    #expect(try talk.ask("methods").body["version"] != nil)
  }

  @Test func `it ends with the program that speaks to it`() throws {
    _ = try talk.ask("hello")
    talk.end()
    #expect(!talk.process.isRunning && talk.process.terminationStatus == 0)
  }
}
