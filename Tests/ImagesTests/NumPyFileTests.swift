import Foundation
import Images
import Tensors
import Testing

@Suite struct `NumPy files` {
  private func file(_ header: String, version: UInt8 = 1, _ content: [UInt8]) -> [UInt8] {
    let (low, high) = (UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8))
    return [0x93] + Array("NUMPY".utf8) + [version, 0, low, high] + (version > 1 ? [0, 0] : []) + Array(header.utf8)
      + content
  }

  private func header(_ descr: String, fortran: Bool = false, _ shape: String) -> String {
    "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n"
  }

  @Test func `are written as NumPy writes them`() {
    let bytes = NumPyFile.data(Tensor([1.5, -2], shape: [1, 2]))
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }"
    let expected =
      [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(text.utf8)
      + [UInt8](repeating: 0x20, count: 118 - 1 - text.utf8.count) + [0x0A] + [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0]
    #expect(bytes == expected)
  }

  @Test(arguments: [[], [0], [7], [3, 224, 224], [1, 1, 1, 1, 1, 1], [123_456, 2]])
  func `come back as they were stored`(shape: [Int]) throws {
    let tensor = Tensor((0..<shape.reduce(1, *)).map { Float($0) * 0.37 - 5 }, shape: shape)
    let bytes = NumPyFile.data(tensor)
    #expect((bytes.count - 4 * tensor.scalars.count) % 64 == 0)
    #expect(try NumPyFile.decode(bytes, named: "it") == tensor)
    try withTemporaryFolder { folder in
      try NumPyFile.write(tensor, to: folder + "/a.npy")
      #expect(try NumPyFile.read(contentsOf: folder + "/a.npy") == tensor)
    }
  }

  @Test(
    arguments: [
      ("<f4", [0, 0, 0xC0, 0x3F]), ("<f8", [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]), ("<f2", [0, 0x3E]),
    ] as [(String, [UInt8])])
  func `of other float types are converted`(descr: String, content: [UInt8]) throws {
    #expect(try NumPyFile.decode(file(header(descr, "(1,)"), content), named: "it").scalars == [1.5])
  }

  @Test func `of halves keep small, infinite and missing numbers`() throws {
    let content: [UInt8] = [0x01, 0x00, 0x00, 0x80, 0x00, 0xFC, 0x00, 0x7E]
    let scalars = try NumPyFile.decode(file(header("<f2", "(4,)"), content), named: "it").scalars
    #expect(scalars[0] == 0x1p-24 && scalars[1] == 0 && scalars[1].sign == .minus)
    #expect(scalars[2] == -.infinity && scalars[3].isNaN)
  }

  @Test func `of integers are converted`() throws {
    #expect(try NumPyFile.decode(file(header("|u1", "(2,)"), [0, 255]), named: "it").scalars == [0, 255])
    let minusTwo: [UInt8] = [0xFE, 0xFF, 0xFF, 0xFF]
    #expect(try NumPyFile.decode(file(header("<i4", "(1,)"), minusTwo), named: "it").scalars == [-2])
    let long = minusTwo + [0xFF, 0xFF, 0xFF, 0xFF]
    #expect(try NumPyFile.decode(file(header("<i8", "(1,)"), long), named: "it").scalars == [-2])
  }

  @Test(
    arguments: [
      ("|b1", [1], 1), ("|b1", [0], 0), ("|i1", [0xFE], -2), ("<i2", [0xFE, 0xFF], -2), (">i2", [0xFF, 0xFE], -2),
      ("<u2", [0, 0xFF], 65280), (">u2", [0xFF, 0], 65280), ("<u4", [0, 0, 1, 0], 65536),
      ("<u8", [1, 0, 0, 0, 0, 0, 0, 0], 1),
      (">f4", [0x3F, 0xC0, 0, 0], 1.5), ("=f4", [0, 0, 0xC0, 0x3F], 1.5),
    ] as [(String, [UInt8], Float)])
  func `of every width and byte order are converted`(descr: String, content: [UInt8], value: Float) throws {
    #expect(try NumPyFile.decode(file(header(descr, "(1,)"), content), named: "it").scalars == [value])
  }

  @Test(arguments: [1, 2, 3] as [UInt8])
  func `of all versions are read`(version: UInt8) throws {
    let tensor = try NumPyFile.decode(file(header("|u1", "(1, 2)"), version: version, [3, 4]), named: "it")
    #expect(tensor == Tensor([3, 4], shape: [1, 2]))
  }

  @Test func `in Fortran order are brought into C order`() throws {
    let tensor = try NumPyFile.decode(file(header("|u1", fortran: true, "(2, 3)"), [0, 3, 1, 4, 2, 5]), named: "it")
    #expect(tensor == Tensor([0, 1, 2, 3, 4, 5], shape: [2, 3]))
  }

  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False}", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)", "", "{}",
    "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000,)}",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "{'descr': '<f4'", "{'descr'", "((((",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
  ])
  func `with impossible headers are refused`(header: String) {
    #expect(throws: ImageError.self) { try NumPyFile.decode(file(header, [0, 0, 0, 0]), named: "it") }
  }

  @Test(arguments: ["<c8", "|O", "<U3", "<M8", "<f1", "<b4"])
  func `of other types are refused by name`(descr: String) {
    let error = #expect(throws: ImageError.self) {
      try NumPyFile.decode(file(header(descr, "(1,)"), [0, 0, 0, 0]), named: "it")
    }
    #expect(error?.description.contains(descr) == true)
  }

  @Test func `cut short anywhere are refused`() {
    let bytes = NumPyFile.data(Tensor([1, 2, 3], shape: [3]))
    for count in bytes.indices {
      #expect(throws: ImageError.self, "cut after \(count) bytes") {
        try NumPyFile.decode(Array(bytes[..<count]), named: "it")
      }
    }
  }
}
