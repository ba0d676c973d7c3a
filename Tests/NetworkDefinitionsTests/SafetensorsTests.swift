import GraphEngine
import Kernels
import NetworkDefinitions
import TestSupport
import Tensors
import Testing

@Suite struct SafetensorsTests {
  private func read(_ tensors: [StoredTensor], alignment: Int = 8) throws -> SafetensorsFile {
    let file = try TemporaryFile(safetensors(tensors, alignment: alignment))
    return try SafetensorsFile(file.path)
  }

  private func bytes<T: FixedWidthInteger>(_ numbers: [T]) -> [UInt8] {
    numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian, Array.init) }
  }

  @Test(arguments: [8, 1]) func `single precision is read as it is, wherever it lies`(alignment: Int) throws {
    let numbers: [Float] = [1, -0.5, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 1 / 3, -0]
    // Names of every length bring the data to every offset when nothing pads the header.
    for length in 1...5 {
      let name = String(repeating: "n", count: length)
      let file = try read([StoredTensor(name, Tensor(numbers, shape: [2, 3]))], alignment: alignment)
      #expect(file.shapes == [name: [2, 3]])
      #expect(try file.array(named: name).scalars.map(\.bitPattern) == numbers.map(\.bitPattern))
    }
  }

  @Test(arguments: 2...5) func `a length that begins as a pickle does is a length`(version: Int) throws {
    let entry = #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#
    let length = version << 8 | 0x80
    let header = entry + String(repeating: " ", count: length - entry.utf8.count - 1) + "}"
    let data = safetensors(header: header, data: bytes([1.5, 2].map { Float($0).bitPattern }), alignment: 1)
    try #require(data.prefix(2) == [0x80, UInt8(version)])
    let file = try TemporaryFile(data)
    #expect(try WeightFile(file.path).array(named: "w").scalars == [1.5, 2])
  }

  @Test func `half, brain and double precision become single`() throws {
    let file = try read([
      StoredTensor(
        "half", type: "F16", shape: [6], bytes: bytes([0x3C00, 0xC000, 0x0001, 0x7BFF, 0x8000, 0x3555] as [UInt16])),
      StoredTensor("brain", type: "BF16", shape: [3], bytes: bytes([0x3F80, 0xC000, 0x3EAB] as [UInt16])),
      StoredTensor(
        "double", type: "F64", shape: [2, 1],
        bytes: bytes([1.0 / 3, -1e300].map(\.bitPattern))),
    ])
    #expect(try file.array(named: "half").scalars == [1, -2, 0x1p-24, 65504, -0.0, 0.333251953125])
    #expect(try file.array(named: "half").scalars[4].sign == .minus)
    #expect(try file.array(named: "brain").scalars == [1, -2, 0.333984375])
    #expect(try file.array(named: "double").scalars == [1 / 3, -.infinity])
    #expect(try file.array(named: "double").shape == [2, 1])
  }

  @Test func `memory of the file is used as it is, and outlives the reader`() throws {
    var array: NDArray?
    do {
      let file = try read([StoredTensor("w", .ramp([64, 64]))])
      let (a, b) = (try file.array(named: "w"), try file.array(named: "w"))
      #expect(a.storage.pointer == b.storage.pointer, "nothing was copied")
      array = a
    }
    #expect(array?.scalars == Tensor.ramp([64, 64]).scalars)
  }

  @Test func `tensors of types that no layer takes may be there`() throws {
    let file = try read([
      StoredTensor("steps", type: "I64", shape: [], bytes: bytes([42] as [Int64])),
      StoredTensor("future", type: "F4", shape: [3], bytes: [1, 2]), StoredTensor("w", .ramp([2])),
    ])
    #expect(try file.array(named: "w").count == 2)
    let error = #expect(throws: NetworkError.self) { try file.array(named: "steps") }
    #expect(error == .unsupportedElementType(tensor: "steps", type: "I64"))
    #expect(throws: NetworkError.self) { try file.array(named: "nowhere") }
  }

  @Test func `weights go from the file into a network`() throws {
    let definition = NetworkDefinition.cifarResnet20
    let weights = try definition.randomWeights()
    let file = try TemporaryFile(safetensors(weights))
    let x = NDArray(Tensor.ramp([1, 3, 32, 32]))
    let (direct, mapped) = try (
      Network(definition, weights: weights), Network(definition, weights: SafetensorsFile(file.path))
    )
    let outputs = try [direct, mapped].map { try Plan($0.graph()).outputs(for: [x])[0].scalars }
    #expect(outputs[0] == outputs[1])
  }
}

/// Files that are damaged, or made to do damage.
@Suite struct DamagedSafetensorsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let header: String
    var data = 8

    init(_ says: String, _ header: String, data: Int = 8) {
      (testDescription, self.header, self.data) = (says, header, data)
    }
  }

  static func entry(_ type: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]") -> String {
    #"{"a":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  static let cases = [
    Case("lies outside the file", entry("F32", "[4]", "[0,16]")),
    Case("lies outside the file", entry("F32", "[2]", "[8,0]")),
    Case("lies outside the file", entry("F32", "[2]", "[-8,0]")),
    Case("lies outside the file", entry("F32", "[2]", "[0]")),
    Case("lies outside the file", entry("F32", "[2]", "[0,4,8]")),
    Case("lies outside the file", entry("F32", "[2]", "[0,9223372036854775807]")),
    Case("has 8 bytes", entry("F32", "[3]")),
    Case("has 8 bytes", entry("F32", "[]")),
    Case("has 8 bytes", entry("F32", "[4611686018427387904]")),
    Case("no tensor can have the shape", entry("F32", "[-2]")),
    Case("no tensor can have the shape", entry("F32", "[4294967296,4294967296]")),
    Case("belong to no tensor", entry("F32", "[1]", "[0,4]")),
    Case("belong to no tensor", entry("F32", "[1]", "[4,8]")),
    Case("belong to no tensor", "{}"),
    Case(
      "overlaps another",
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#),
    Case(
      "overlaps another",
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#),
    Case("does not describe 'a'", #"{"a":{"dtype":"F32","shape":[2]}}"#),
    Case("does not describe 'a'", #"{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}"#),
    Case("no list of tensors", entry("F32", "[2.5]")),
    Case("no list of tensors", entry("F32", "[99999999999999999999]")),
    Case("does not describe 'a'", entry("F32", "null")),
    Case("does not describe 'a'", #"{"a":[1,2,3]}"#),
    Case("does not describe '__metadata__'", #"{"__metadata__":{"a":1}}"#, data: 0),
    Case("no list of tensors", #"{"a":"#),
    Case("no list of tensors", "{]" + String(repeating: "[", count: 10_000)),
    Case("damaged or cut off", "[1,2]"),
  ]

  @Test(arguments: cases) func `a header that does not fit the data is refused in one sentence`(damage: Case) throws {
    let file = try TemporaryFile(safetensors(header: damage.header, data: [UInt8](repeating: 0, count: damage.data)))
    let error = #expect(throws: NetworkError.self) { try SafetensorsFile(file.path) }
    #expect(error.map { "\($0)" }?.contains(damage.testDescription) == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test(arguments: [
    (Array("PK\u{3}\u{4}archive".utf8), "PyTorch checkpoint"), ([0x80, 0x02, 0x8A, 0x0A, 1, 2, 3, 4, 5], "pickle"),
    (Array("<!DOCTYPE html>".utf8), "web page"), (Array("version https://git-lfs.github.com".utf8), "LFS"),
    ([UInt8](repeating: 0xFF, count: 64), "damaged or cut off"), ([1, 2, 3], "only 3 bytes"), ([], "empty"),
  ]) func `files of other kinds are refused with what they are`(bytes: [UInt8], says: String) throws {
    let file = try TemporaryFile(bytes)
    let error = #expect(throws: NetworkError.self) { try SafetensorsFile(file.path) }
    #expect("\(error!)".contains(says), "\(error!)")
  }

  @Test(arguments: [("/no/such/file", "no file"), ("/tmp", "folder"), ("/dev/zero", "ordinary file")])
  func `what is no file is refused`(path: String, says: String) {
    let error = #expect(throws: NetworkError.self) { try SafetensorsFile(path) }
    #expect("\(error!)".contains(says))
  }

  private let tensors = [
    StoredTensor("conv1.weight", .ramp([2, 3])), StoredTensor("h", type: "F16", shape: [2], bytes: [0, 0x3C, 1, 2]),
    StoredTensor("steps", type: "I64", shape: [], bytes: [1, 0, 0, 0, 0, 0, 0, 0]), StoredTensor("b", .ramp([4])),
  ]

  @Test func `a file cut anywhere is refused`() throws {
    let whole = safetensors(tensors)
    let file = try TemporaryFile(whole)
    #expect(try SafetensorsFile(file.path).shapes.count == 4)
    for length in 0..<whole.count {
      try file.write(Array(whole.prefix(length)))
      #expect(throws: NetworkError.self, "\(length)") { try SafetensorsFile(file.path) }
    }
    try file.write(whole + [0])
    #expect(throws: NetworkError.self) { try SafetensorsFile(file.path) }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `flipped bits are refused or harmless`(seed: UInt64) throws {
    let whole = safetensors(tensors), file = try TemporaryFile()
    var generator = SplitMix64(seed: seed)
    var (refused, read) = (0, 0)
    for _ in 0..<1500 {
      var damaged = whole
      for _ in 0...Int.random(in: 0...2, using: &generator) {
        let place = Int.random(in: 0..<damaged.count, using: &generator)
        damaged[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
      }
      try file.write(damaged)
      do {
        let weights = try SafetensorsFile(file.path)
        for (name, shape) in weights.shapes {
          guard let array = try? weights.array(named: name) else { continue }
          #expect(array.scalars.count == shape.reduce(1, *))
          read += 1
        }
      } catch { refused += error is NetworkError ? 1 : 0 }
    }
    #expect(refused > 100 && read > 100)
  }
}
