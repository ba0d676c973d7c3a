import Foundation
import Kernels
import NetworkDefinitions
import TestSupport
import Testing

/// Checkpoints are read as data: what they hold is found, and nothing that they say is done.
@Suite struct PickleTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ bytes: [UInt8]) throws -> WeightFile { try WeightFile(folder.write(bytes, to: "net.pth")) }

  private func refusal(_ bytes: [UInt8]) throws -> String {
    let error = #expect(throws: NetworkError.self) { try open(bytes) }
    return error.map { "\($0)" } ?? ""
  }

  private static let numbers: [Float] = [1, -2, 3.5, 4, 5, 6]

  /// Two tensors over one storage, the second of them transposed.
  private static let pair = PickleWriter.dictionary { writer in
    writer.text("a.weight")
    writer.tensor("0", count: 6, shape: [2, 2], strides: [2, 1])
    writer.text("b.weight")
    writer.tensor("0", count: 6, offset: 2, shape: [2, 2], strides: [1, 2])
  }

  @Test func `tensors share a storage, and lie in it as their strides say, in the new layout and the old`() throws {
    let bytes = PickleWriter.bytes(Self.numbers)
    for file in [
      PickleWriter.checkpoint(Self.pair, storages: ["0": bytes]),
      PickleWriter.legacy(Self.pair, storages: [("0", 4, bytes)]),
    ] {
      let weights = try open(file)
      #expect(weights.shapes == ["a.weight": [2, 2], "b.weight": [2, 2]])
      #expect(try weights.array(named: "a.weight").scalars == [1, -2, 3.5, 4])
      #expect(try weights.array(named: "b.weight").scalars == [3.5, 5, 4, 6])
      #expect(try weights.turnedMatrix(named: "b.weight").scalars == [3.5, 4, 5, 6])
    }
  }

  @Test func `numbers of other types and byte orders become single precision`() throws {
    let pickle = PickleWriter.dictionary { writer in
      writer.text("half")
      writer.tensor("0", "HalfStorage", count: 3, shape: [3], strides: [1])
      writer.text("brain")
      writer.tensor("1", "BFloat16Storage", count: 2, shape: [2], strides: [1])
    }
    let storages: [String: [UInt8]] = ["0": [0x3C, 0, 0xC0, 0, 0x35, 0x55], "1": [0x3F, 0x80, 0xC0, 0]]
    let weights = try open(PickleWriter.checkpoint(pickle, storages: storages, byteOrder: "big"))
    #expect(try weights.array(named: "half").scalars == [1, -2, 0.333251953125])
    #expect(try weights.array(named: "brain").scalars == [1, -2])
  }

  @Test func `a call in a pickle is not made`() throws {
    let marker = folder.path("marker")
    let pickle = PickleWriter.dictionary { writer in
      writer.text("state_dict")
      writer.raw([0x7D, 0x28])
      writer.text("a")
      writer.tensor("0", count: 6, shape: [2], strides: [1])
      writer.text("b")
      writer.tensor("0", count: 6, shape: [3], strides: [1])
      writer.raw([0x75])
      writer.text("hook")
      writer.global("posix", "system")
      writer.text("touch \(marker)")
      writer.raw([0x85, 0x52])
    }
    let weights = try open(PickleWriter.checkpoint(pickle, storages: ["0": PickleWriter.bytes(Self.numbers)]))
    #expect(weights.shapes == ["a": [2], "b": [3]])
    #expect(!FileManager.default.fileExists(atPath: marker))
  }

  @Test func `a file without tensors says what it holds`() throws {
    var writer = PickleWriter()
    writer.global("sklearn.svm._classes", "SVC")
    writer.raw([0x29, 0x81, 0x2E])
    #expect(try refusal(writer.bytes).contains("sklearn.svm._classes.SVC"))
    let keys = PickleWriter.dictionary { writer in
      writer.text("epoch")
      writer.integer(3)
    }
    #expect(try refusal(PickleWriter.checkpoint(keys, storages: [:])).contains("its keys are epoch"))
  }

  @Test(arguments: [
    (0, [4, 2], [2, 1]), (5, [2], [1]), (0, [2], [6]), (0, [2, 2], [1, 1]), (-1, [2], [1]),
    (0, [2], [-1]), (0, [1 << 40, 1 << 40], [1 << 40, 1]), (0, [-2], [1]), (Int.max, [2], [1]),
  ])
  func `a tensor that does not lie within its numbers is refused by name`(
    offset: Int, shape: [Int], strides: [Int]
  ) throws {
    let pickle = PickleWriter.dictionary { writer in
      writer.text("good")
      writer.tensor("0", count: 6, shape: [2], strides: [1])
      writer.text("bad.weight")
      writer.tensor("0", count: 6, offset: offset, shape: shape, strides: strides)
    }
    let sentence = try refusal(PickleWriter.checkpoint(pickle, storages: ["0": PickleWriter.bytes(Self.numbers)]))
    #expect(sentence.contains("'bad.weight'") && sentence.contains("does not lie within its 6 numbers"))
  }

  @Test func `a tensor that repeats its numbers, or is kept with the opposite sign, is refused by what it is`() throws {
    func sentence(_ strides: [Int], bit: String? = nil) throws -> String {
      let pickle = PickleWriter.dictionary { writer in
        writer.text("good")
        writer.tensor("0", count: 6, shape: [2], strides: [1])
        writer.text("bad.weight")
        writer.tensor("0", count: 6, shape: [3, 2], strides: strides, bit: bit)
      }
      return try refusal(PickleWriter.checkpoint(pickle, storages: ["0": PickleWriter.bytes(Self.numbers)]))
    }
    #expect(try sentence([0, 1]).contains("'bad.weight' of 3 × 2 repeats numbers"))
    #expect(try sentence([2, 1], bit: "neg").contains("resolve_neg()"))
  }

  @Test func `pickles that would fill memory are refused`() throws {
    // A list of lists without end, and tuples of themselves, twice as large with every instruction.
    let lists = [UInt8](repeating: 0x5D, count: 3_000_000) + [0x2E]
    #expect(try refusal([0x80, 2] + lists).contains("more values than any network has"))
    let doubled = [0x80, 2, 0x29] + Array(repeatElement([0x32, 0x86] as [UInt8], count: 100_000).joined()) + [0x2E]
    #expect(try refusal(doubled).contains("no tensors"))
    let marks = [0x80, 2] + [UInt8](repeating: 0x28, count: 3_000_000)
    #expect(try refusal(marks).contains("more values than any network has"))
  }

  @Test func `compressed archives and those without a pickle are told`() throws {
    #expect(try refusal(PickleWriter.archive([("net/data.pkl", Self.pair)], method: 8)).contains("compressed"))
    #expect(try refusal(PickleWriter.archive([("readme", [1])])).contains("without a data.pkl"))
  }

  @Test func `files that are cut short or changed anywhere are read or refused, and crash nothing`() throws {
    let bytes = PickleWriter.bytes(Self.numbers)
    var random = RepeatableGenerator(state: 11)
    for whole in [
      PickleWriter.checkpoint(Self.pair, storages: ["0": bytes]),
      PickleWriter.legacy(Self.pair, storages: [("0", 4, bytes)]),
    ] {
      for length in 0..<whole.count { try tryReading(Array(whole.prefix(length))) }
      for _ in 0..<2000 {
        var changed = whole
        for _ in 0...Int.random(in: 0..<3, using: &random) {
          changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        try tryReading(changed)
      }
    }
  }

  private func tryReading(_ bytes: [UInt8]) throws {
    do {
      let weights = try open(bytes)
      for name in weights.tensors.keys { _ = try? weights.array(named: name).scalars }
    } catch is NetworkError {}
  }
}

/// Numbers that are the same in every run.
private struct RepeatableGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 31
  }
}
